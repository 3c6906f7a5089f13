"""The trail: one hash chain of events per application, which the database refuses to change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Digest, Record


class EventRecord(Record):
    """`data` holds codes and salted digests, never a personal value. Triggers of the first migration refuse update and
    delete.

    Its place in its chain is its only name: no column is left that the hash does not cover.
    """

    __tablename__ = "events"

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    by_account: Mapped[int | None]
    by_role: Mapped[str] = mapped_column(String(16))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[Digest]
    hash: Mapped[Digest]
