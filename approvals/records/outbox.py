"""What must still leave the house: written with the change, sent by the worker afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Index, String, Text, and_, or_
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Code, Key, Record, Whole

PAPER = "paper"
"""The kind that makes the certificate of a granted application."""
REMAKE = "remake"
"""The kind that reissues a certificate whose signature is good no more."""


class Parcel(Record):
    """One thing to do later. The broker's message is only a hint: the sweep finds every parcel that is due and not
    done.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_open", "done_at", "due_at"),)

    id: Mapped[Key]
    kind: Mapped[Code]
    key: Mapped[str] = mapped_column(String(120), unique=True)
    """The same fact announced twice is one parcel."""
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    application_id: Mapped[int | None] = mapped_column(Whole, index=True)
    """What it is about; none for what concerns a person alone."""
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None]
    """Set after the last attempt: a dead letter that the office sees."""
    error: Mapped[str | None] = mapped_column(Text)


def has_failed() -> ColumnElement[bool]:
    """It is open, and an attempt ended badly or none of them ever ended."""
    return and_(Parcel.done_at.is_(None), or_(Parcel.error.is_not(None), Parcel.failed_at.is_not(None)))
