"""Checkpoints: signed Merkle roots over the heads of the trail, and the heads each of them covers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Digest, Record

COUNTER = "checkpoints"
"""The counter that numbers them without gaps; whoever makes one holds it."""


class Checkpoint(Record):
    """What was signed, column by column. Triggers of the first migration refuse update and delete."""

    __tablename__ = "checkpoints"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    heads: Mapped[int]
    """How many applications it covers."""
    events: Mapped[int]
    """How many events they have that no earlier checkpoint covers."""
    root: Mapped[Digest]
    previous: Mapped[Digest]
    """Hash of the checkpoint before it; empty for the first."""
    key: Mapped[Digest]
    signature: Mapped[str] = mapped_column(String(128))


class CheckpointHead(Record):
    """The head of one application's chain as a checkpoint found it: a leaf of its tree, by application id. Append-only
    likewise.
    """

    __tablename__ = "checkpoint_heads"
    __table_args__ = (UniqueConstraint("application_id", "length"),)

    checkpoint: Mapped[int] = mapped_column(ForeignKey("checkpoints.sequence"), primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(64))
    """The application's number: what people know it by, and what a proof must name."""
    since: Mapped[int]
    """Length that the checkpoints before it cover: this one covers the events behind it, up to `length`."""
    length: Mapped[int]
    head: Mapped[Digest]
