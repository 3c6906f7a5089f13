"""Which steps run past their due date, and of which of them nobody has said why."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from approvals.clock.moment import Moment
from approvals.records.step import StepRecord
from approvals.vocabulary import StepStatus


def is_open(of: Any = StepRecord) -> ColumnElement[bool]:
    """`of`: the columns of a step, or of what is counted of steps."""
    return of.status == StepStatus.OPEN  # type: ignore[no-any-return]


def is_overdue(at: Moment, of: Any = StepRecord) -> ColumnElement[bool]:
    """Running, and past its promise or past the law's limit: red or deep red."""
    return and_(is_open(of), or_(of.promised_due < at.today, of.statutory_due < at.today))


def is_unexplained(at: Moment, of: Any = StepRecord) -> ColumnElement[bool]:
    return and_(is_overdue(at, of), of.late_reason.is_(None))
