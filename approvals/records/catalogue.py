"""What is published is kept: item revisions, calendar years and local closures as rows."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Code, Digest, Key, Record


class ItemRevision(Record):
    """One published form of an item, immutable: running applications hold on to it."""

    __tablename__ = "item_revisions"
    __table_args__ = (UniqueConstraint("item_code", "sha256"),)

    id: Mapped[Key]
    item_code: Mapped[Code] = mapped_column(index=True)
    number: Mapped[int]
    sha256: Mapped[Digest]
    content: Mapped[str] = mapped_column(Text, deferred=True)
    published_at: Mapped[datetime]


class CalendarNotice(Record):
    """A year of the calendar as the office loaded it. The newest row of a year wins over the file of that year."""

    __tablename__ = "calendar_notices"

    id: Mapped[Key]
    year: Mapped[int] = mapped_column(Integer, index=True)
    source: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text)
    loaded_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    loaded_at: Mapped[datetime]


class Closure(Record):
    """Days on which the city's offices are closed by local order, `first` and `last` included. They are no working
    days, whatever a notice says; a lifted one counts for nothing and stays as history.
    """

    __tablename__ = "closures"
    __table_args__ = (CheckConstraint("first <= last", name="days_in_order"),)

    id: Mapped[Key]
    first: Mapped[date]
    last: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200))
    declared_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    declared_at: Mapped[datetime]
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    lifted_at: Mapped[datetime | None]
