"""Phrases: reasons and words that are used again, a department's or one's own."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Code, Key, Record


class Phrase(Record):
    """`account_id` is whose own it is; none: everybody of the department uses it."""

    __tablename__ = "phrases"
    __table_args__ = (Index("ix_phrases_place", "department_code", "account_id"),)

    id: Mapped[Key]
    department_code: Mapped[Code] = mapped_column(ForeignKey("departments.code"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    words: Mapped[str] = mapped_column(String(300))
