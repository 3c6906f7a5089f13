"""The steps that departments have now: the list that every figure of the board about steps leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, cast, func, or_, select, true
from sqlalchemy.orm import Session

from approvals.clock.calendar import ONE_DAY
from approvals.clock.moment import Moment, local_date
from approvals.permissions import Actor, check
from approvals.queries.overdue import is_open, is_overdue, is_unexplained
from approvals.queries.paging import Page, page_of
from approvals.queries.queue import STOPPED_AT
from approvals.queries.standing import Standing, items_by_revision, standing
from approvals.records.application import Application
from approvals.records.late_reason import LateReasonGiven
from approvals.records.live import DeskCount, counted
from approvals.records.people import Account, department_names
from approvals.records.step import DUE, ON_DESK, STANDS, StepRecord
from approvals.vocabulary import LateReason, StepStatus
from services.item import Item, Text

COMING = 5
"""Working days after today that are looked ahead at."""


class Part(StrEnum):
    """Which of them are looked at."""

    RUNNING = "running"
    LATE = "late"
    SOON = "soon"
    """Due today or on one of the coming days."""
    FREE = "free"
    STOPPED = "stopped"
    UNEXPLAINED = "unexplained"
    """Late, and nobody has said why."""


@dataclass(frozen=True, slots=True)
class OpenStep:
    """One step that a department has; `holder` is who of it has taken it."""

    number: str
    key: str
    title: str
    item: Text
    department: Text
    step: Text
    holder: str | None
    status: StepStatus
    standing: Standing
    promised_due: date | None
    statutory_due: date | None
    is_overdue: bool
    late_reason: LateReason | None
    late_note: str


@dataclass(frozen=True, slots=True)
class OpenSteps:
    """`counts` are of the department and the person asked for, whichever part and day of them is shown; so is `late`,
    how many are late for which reason.
    """

    page: Page[OpenStep]
    counts: Mapping[Part, int]
    late: Mapping[LateReason, int]

    @property
    def all(self) -> int:
        return self.counts[Part.RUNNING] + self.counts[Part.STOPPED]


def coming_days(at: Moment) -> tuple[date, ...]:
    """The working days after today that are looked ahead at."""
    return tuple(at.calendar.add_working_days(at.today, count) for count in range(1, COMING + 1))


def next_due(of: Any = StepRecord) -> ColumnElement[Any]:
    return func.coalesce(of.promised_due, of.statutory_due)


def is_due_within(at: Moment, of: Any = StepRecord) -> ColumnElement[bool]:
    """Running, not late, and due by the last of the coming days. `of`: the columns of a step, or of what is counted."""
    is_in_time = or_(of.statutory_due.is_(None), of.statutory_due >= at.today)
    return and_(is_open(of), next_due(of).between(at.today, coming_days(at)[-1]), is_in_time)


def is_due(day: date, at: Moment, of: Any = StepRecord) -> ColumnElement[bool]:
    """Running, and due on this working day or on a rest day just before it."""
    before = at.calendar.numbered(at.calendar.number(day - ONE_DAY))
    return and_(is_open(of), before < next_due(of), day >= next_due(of))


def parts(at: Moment, of: Any = StepRecord) -> Mapping[Part, ColumnElement[bool]]:
    return {
        Part.RUNNING: is_open(of),
        Part.LATE: is_overdue(at, of),
        Part.SOON: is_due_within(at, of),
        Part.FREE: and_(is_open(of), of.assignee_id.is_(None)),
        Part.STOPPED: ~is_open(of),
        Part.UNEXPLAINED: is_unexplained(at, of),
    }


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which steps; None and empty: it does not matter."""

    part: Part | None
    department: str
    holder: int | None
    day: date | None
    why: LateReason | None

    def there(self, of: Any) -> list[ColumnElement[bool]]:
        """Whose they are."""
        found: list[ColumnElement[bool]] = []
        if self.department:
            found.append(of.department_code == self.department)
        if self.holder is not None:
            found.append(of.assignee_id == self.holder)
        return found

    def shown(self, at: Moment, of: Any) -> list[ColumnElement[bool]]:
        """Which of these are looked at."""
        found: list[ColumnElement[bool]] = []
        if self.part is not None:
            found.append(parts(at, of)[self.part])
        if self.day is not None:
            found.append(is_due(self.day, at, of))
        if self.why is not None:
            found.append(and_(is_overdue(at, of), of.late_reason == self.why))
        return found


def open_steps(
    session: Session,
    *,
    part: Part | None = None,
    department: str = "",
    holder: int | None = None,
    day: date | None = None,
    why: LateReason | None = None,
    page: int = 1,
    by: Actor,
    at: Moment,
) -> OpenSteps:
    """What runs before what stands, then what is due first; `holder`: who has it, `day`: what is due on it, `why`: what
    is late for this reason. As many queries for ten thousand steps as for none.
    """
    check(by, "application:oversee")
    asked = Asked(part, department, holder, day, why)
    cells = counted(DeskCount, *asked.there(DeskCount)).c
    by_part = parts(at, cells)
    by_reason = {each: and_(is_overdue(at, cells), cells.late_reason == each) for each in LateReason}
    shown = and_(true(), *asked.shown(at, cells))
    wanted = (*by_part.values(), *by_reason.values(), shown)
    *numbers, total = session.execute(select(*(number_of(cells, each) for each in wanted))).one()
    query, number = page_of(
        select(*COLUMNS, is_overdue(at).label("is_overdue"))
        .join(Application, StepRecord.application_id == Application.id)
        .outerjoin(Account, StepRecord.assignee_id == Account.id)
        .where(StepRecord.status.in_(ON_DESK), *asked.there(StepRecord), *asked.shown(at, StepRecord))
        .order_by(STANDS, DUE.nulls_last(), StepRecord.id),
        page,
        total,
    )
    rows = session.execute(query).all()
    items = items_by_revision(session, (row.revision_id for row in rows))
    names = department_names(session)
    told = tuple(_row(row, items[row.revision_id], names, at) for row in rows)
    counts = dict(zip(by_part, numbers, strict=False))
    late = dict(zip(by_reason, numbers[len(by_part) :], strict=True))
    return OpenSteps(Page(told, number, total), counts, late)


def number_of(cells: Any, wanted: ColumnElement[bool]) -> ColumnElement[int]:
    """How many steps the cells have together of which this is true."""
    return func.coalesce(cast(func.sum(cells.number).filter(wanted), Integer), 0)


STATED = (
    select(LateReasonGiven.note)
    .where(LateReasonGiven.step_id == StepRecord.id, LateReasonGiven.round == StepRecord.round)
    .order_by(LateReasonGiven.number.desc())
    .limit(1)
    .scalar_subquery()
)
"""In words, why it is late."""

COLUMNS = (
    Application.number,
    Application.title,
    Application.revision_id,
    StepRecord.key,
    StepRecord.department_code,
    StepRecord.status,
    StepRecord.promised_due,
    StepRecord.statutory_due,
    Account.name.label("holder"),
    STOPPED_AT.label("stopped_at"),
    StepRecord.late_reason,
    STATED.label("late_note"),
)


def _row(row: Any, item: Item, names: Mapping[str, Text], at: Moment) -> OpenStep:
    step = item.steps[row.key]
    stopped = local_date(row.stopped_at) if row.status is not StepStatus.OPEN and row.stopped_at else None
    return OpenStep(
        number=row.number,
        key=row.key,
        title=row.title,
        item=item.name,
        department=names[row.department_code],
        step=step.title,
        holder=row.holder,
        status=row.status,
        standing=standing(step.promised, row.promised_due, row.statutory_due, stopped_since=stopped, at=at),
        promised_due=row.promised_due,
        statutory_due=row.statutory_due,
        is_overdue=bool(row.is_overdue),
        late_reason=row.late_reason,
        late_note=row.late_note or "",
    )
