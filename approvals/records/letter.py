"""Letters to applicants, as in-portal messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.application import Application
from approvals.records.base import Key, Record


class Letter(Record):
    """One letter per event and recipient. Its words are made when it is read, in the reader's language."""

    __tablename__ = "letters"
    __table_args__ = (UniqueConstraint("application_id", "sequence", "recipient_id"),)

    id: Mapped[Key]
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    sequence: Mapped[int]
    recipient_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    application: Mapped[Application] = relationship()


class LetterDelivery(Record):
    """That a letter went out by a channel: one row for an event, a recipient and a channel."""

    __tablename__ = "letter_deliveries"
    __table_args__ = (UniqueConstraint("letter_id", "sequence", "channel"),)

    id: Mapped[Key]
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"))
    sequence: Mapped[int]
    """Of the event the letter told then: one that is told anew goes out anew."""
    channel: Mapped[str] = mapped_column(String(16))
    message_id: Mapped[str] = mapped_column(String(200))
    sent_at: Mapped[datetime]
