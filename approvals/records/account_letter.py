"""Letters about an account and its mandates, beside those about applications."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.base import Key, Record
from approvals.records.person_event import PersonEventRecord


class AccountLetter(Record):
    """One per event of the trail of accounts, which is about one account. Its words are made when it is read."""

    __tablename__ = "account_letters"

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("person_events.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    event: Mapped[PersonEventRecord] = relationship()
