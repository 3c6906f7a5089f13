"""Why steps are past their due date, as the department stated."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint, insert
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.base import Key, Record, word
from approvals.vocabulary import LateReason


class LateReasonGiven(Record):
    """One statement; the database refuses to change or delete it. Of a step and round the newest holds."""

    __tablename__ = "late_reasons"
    __table_args__ = (UniqueConstraint("step_id", "number"),)

    id: Mapped[Key]
    step_id: Mapped[int] = mapped_column(ForeignKey("steps.id"))
    number: Mapped[int]
    """Of the step's, in order, over all rounds."""
    round: Mapped[int]
    reason: Mapped[LateReason] = mapped_column(word(LateReason))
    note: Mapped[str] = mapped_column(Text, default="")
    by_account: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime] = mapped_column(index=True)


LATE_REASONS = insert(LateReasonGiven.__table__)  # type: ignore[arg-type]  # declared as FromClause, it is a Table
