"""Which steps run past their due date, and of which of them nobody has said why."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_

from approvals.clock.moment import Moment
from approvals.records.step import StepRecord
from approvals.vocabulary import StepStatus

IS_OPEN = StepRecord.status == StepStatus.OPEN


def is_overdue(at: Moment) -> ColumnElement[bool]:
    """Running, and past its promise or past the law's limit: red or deep red."""
    return and_(IS_OPEN, or_(StepRecord.promised_due < at.today, StepRecord.statutory_due < at.today))


def is_unexplained(at: Moment) -> ColumnElement[bool]:
    return and_(is_overdue(at), StepRecord.late_reason.is_(None))
