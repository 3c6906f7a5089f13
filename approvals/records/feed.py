"""Feeds of due dates: which secret address shows whose dates to a calendar program."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from approvals.records.base import Digest, Key, Record
from approvals.records.people import Account


class Feed(Record):
    """One person's, for what is their own or for an organisation they act for. Of its address only the hash is kept; of
    those for the same person and organisation one at most is not revoked.
    """

    __tablename__ = "feeds"

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    token_hash: Mapped[Digest] = mapped_column(unique=True)
    language: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship()
