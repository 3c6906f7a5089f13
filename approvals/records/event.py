"""The trail: one hash chain of events per application, which the database refuses to change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Digest, Key, Record


class EventRecord(Record):
    """`data` holds codes and salted digests, never a personal value. Triggers of the first migration refuse update and
    delete.
    """

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("application_id", "sequence"),)

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    sequence: Mapped[int]
    kind: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    by_account: Mapped[int | None]
    by_role: Mapped[str] = mapped_column(String(16))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[Digest]
    hash: Mapped[Digest]
