"""Saved views: a filter of the queue under a name of one's own."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Key, Record
from approvals.records.secrecy import Secret


class SavedView(Record):
    """One person's. Of several at most one is the default, with which the queue opens."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str] = mapped_column(String(40))
    filters: Mapped[str] = mapped_column(Secret)
    """Written like an address behind its question mark; what is looked for may be a person's."""
    is_default: Mapped[bool] = mapped_column(default=False)
