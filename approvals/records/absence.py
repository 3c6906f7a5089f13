"""Absences: who of a department is away, from when until when, and which colleague stands in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, Text, and_
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Key, Record


class Absence(Record):
    """`first` and `last` are whole days; written once, and ended early at most once."""

    __tablename__ = "absences"
    __table_args__ = (
        Index("ix_absences_account", "account_id", "last"),
        Index("ix_absences_deputy", "deputy_id", "last"),
    )

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    deputy_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    first: Mapped[date]
    last: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    ended_at: Mapped[datetime | None]


def away_on(day: date) -> ColumnElement[bool]:
    """Of absences: it is in force on that day."""
    return and_(Absence.first <= day, Absence.last >= day, Absence.ended_at.is_(None))
