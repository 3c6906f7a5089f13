"""What runs now, counted: how many steps on the desks and how many running applications are alike.

The database itself adds a row for whatever changes (triggers of the migrations), so that no way of writing a step can
forget it, and the sum of the rows is right at every moment; the worker puts them together. Rows are added and never
written over, so that no two decisions wait for each other's counters.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Case, Select, Subquery, case, func, select
from sqlalchemy.orm import Mapped, mapped_column

from approvals.records.application import RUNNING, Application
from approvals.records.base import Code, Key, Record, Whole, word
from approvals.records.step import ON_DESK, StepRecord
from approvals.vocabulary import ApplicationStatus, LateReason, StepStatus


class DeskCount(Record):
    """So many steps more, or fewer, that departments have and that agree in everything which is counted of them."""

    __tablename__ = "desk_counts"

    id: Mapped[Key]
    department_code: Mapped[Code] = mapped_column(index=True)
    revision_id: Mapped[int] = mapped_column(Whole)
    key: Mapped[Code]
    status: Mapped[StepStatus] = mapped_column(word(StepStatus))
    assignee_id: Mapped[int | None] = mapped_column(Whole)
    promised_due: Mapped[date | None]
    statutory_due: Mapped[date | None]
    late_reason: Mapped[LateReason | None] = mapped_column(word(LateReason))
    number: Mapped[int]


class RunningCount(Record):
    """So many running applications more, or fewer, whose clocks stand alike."""

    __tablename__ = "running_counts"

    id: Mapped[Key]
    revision_id: Mapped[int] = mapped_column(Whole)
    is_accepted: Mapped[int]
    """1 or 0, as it is reckoned with."""
    is_granted: Mapped[int]
    is_stopped: Mapped[int]
    promised_due: Mapped[date | None]
    statutory_due: Mapped[date | None]
    number: Mapped[int]


DESK = (
    *("department_code", "revision_id", "key", "status", "assignee_id"),
    *("promised_due", "statutory_due", "late_reason"),
)
CLOCKS = ("revision_id", "is_accepted", "is_granted", "is_stopped", "promised_due", "statutory_due")
"""What tells one count from another."""
CELLS: dict[type[DeskCount] | type[RunningCount], tuple[str, ...]] = {DeskCount: DESK, RunningCount: CLOCKS}


def _yes(what: Any) -> Case[int]:
    return case((what, 1), else_=0)


def counted(kind: type[DeskCount] | type[RunningCount], *wanted: Any) -> Subquery:
    """The cells that are not empty, with their `number`."""
    cell, number = [getattr(kind, name) for name in CELLS[kind]], func.sum(kind.number)
    return select(*cell, number.label("number")).where(*wanted).group_by(*cell).having(number != 0).subquery()


def there(kind: type[DeskCount] | type[RunningCount]) -> Select[Any]:
    """The same, counted from the steps and applications themselves: for whoever checks or begins anew."""
    own: dict[str, Any] = (
        {name: getattr(StepRecord, name) for name in DESK if name != "revision_id"}
        | {"revision_id": Application.revision_id}
        if kind is DeskCount
        else {
            "revision_id": Application.revision_id,
            "is_accepted": _yes(Application.accepted_at.is_not(None)),
            "is_granted": _yes(Application.status == ApplicationStatus.GRANTED),
            "is_stopped": _yes(Application.clock_stopped_at.is_not(None)),
            "promised_due": Application.clock_promised,
            "statutory_due": Application.clock_statutory,
        }
    )
    cell = [own[name].label(name) for name in CELLS[kind]]
    query = select(*cell, func.count().label("number")).group_by(*(own[name] for name in CELLS[kind]))
    if kind is RunningCount:
        return query.where(Application.status.in_(RUNNING))
    return query.join(Application, StepRecord.application_id == Application.id).where(StepRecord.status.in_(ON_DESK))
