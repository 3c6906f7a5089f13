"""Supervision records (监察记录): what the ladder noticed, whom it told, and what was answered."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Code, Key, Record, word
from approvals.records.part import OfOffice
from approvals.vocabulary import Rung


class SupervisionRecord(OfOffice, Record):
    """One rung of one clock, once for every due date. The fields are those of GB/T 39046-2020 (监察)."""

    __tablename__ = "supervision_records"
    __table_args__ = (
        UniqueConstraint("application_id", "subject", "rung", "due"),
        Index("ix_supervision_records_department", "department_code", "id"),
        Index("ix_supervision_records_rung", "rung", "answered_at", "id"),
    )

    id: Mapped[Key]
    """Shown as 监察编号."""
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"))
    subject: Mapped[Code]
    """Key of the step whose clock it is; empty for the whole application."""
    department_code: Mapped[Code] = mapped_column(ForeignKey("departments.code"))
    rung: Mapped[Rung] = mapped_column(word(Rung))
    due: Mapped[date]
    """The due date that comes near or has passed."""
    at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    answered_at: Mapped[datetime | None]
