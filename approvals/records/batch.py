"""Batches: what somebody does to many steps at once, and what came of each of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.base import Key, Record, word
from approvals.records.people import Account
from approvals.vocabulary import BatchVerb, LateReason, Outcome

WAITING = text("done_at IS NULL AND refusal IS NULL")
"""A part of the index: what is still to do does not grow with what was done."""


class Batch(Record):
    """Prepared until `begun_at`; from then on its terms stand, and whatever is waiting is carried out."""

    __tablename__ = "batches"

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    verb: Mapped[BatchVerb] = mapped_column(word(BatchVerb))
    to_account: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    outcome: Mapped[Outcome | None] = mapped_column(word(Outcome))
    reason: Mapped[str] = mapped_column(Text, default="")
    """Of the decision, or the note to the colleague."""
    conditions: Mapped[str] = mapped_column(Text, default="")
    late_reason: Mapped[LateReason | None] = mapped_column(word(LateReason))
    """Why those are decided only now that are past their due date and of which nobody has said it."""
    late_note: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship(foreign_keys=[account_id])
    entries: Mapped[list[BatchEntry]] = relationship(order_by="BatchEntry.position")


class BatchEntry(Record):
    """One step; done once, or refused once."""

    __tablename__ = "batch_entries"
    __table_args__ = (
        UniqueConstraint("batch_id", "position"),
        Index("ix_batch_entries_waiting", "batch_id", "position", postgresql_where=WAITING, sqlite_where=WAITING),
    )

    id: Mapped[Key]
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    position: Mapped[int]
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"))
    round: Mapped[int]
    """In which it was chosen: what was mended since is not decided unseen."""
    done_at: Mapped[datetime | None]
    refusal: Mapped[str | None] = mapped_column(String(64))
    """The name of what stood against it."""
