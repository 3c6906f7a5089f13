"""The steps that departments have now: the list that every figure of the board about steps leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from approvals.clock.calendar import ONE_DAY
from approvals.clock.moment import Moment, local_date
from approvals.permissions import Actor, check
from approvals.queries.overdue import IS_OPEN, is_overdue, is_unexplained
from approvals.queries.paging import Page, paged
from approvals.queries.queue import STOPPED_AT, WORKED_ON
from approvals.queries.standing import Standing, items_by_revision, standing
from approvals.records.application import Application
from approvals.records.late_reason import LateReasonGiven
from approvals.records.people import Account, department_names
from approvals.records.step import StepRecord
from approvals.vocabulary import LateReason, StepStatus
from services.item import Item, Text

COMING = 5
"""Working days after today that are looked ahead at."""
DUE = func.coalesce(StepRecord.promised_due, StepRecord.statutory_due)


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


def is_due_within(at: Moment) -> ColumnElement[bool]:
    """Running, not late, and due by the last of the coming days."""
    is_in_time = or_(StepRecord.statutory_due.is_(None), StepRecord.statutory_due >= at.today)
    return and_(IS_OPEN, DUE.between(at.today, coming_days(at)[-1]), is_in_time)


def is_due(day: date, at: Moment) -> ColumnElement[bool]:
    """Running, and due on this working day or on a rest day just before it."""
    before = at.calendar.numbered(at.calendar.number(day - ONE_DAY))
    return and_(IS_OPEN, before < DUE, day >= DUE)


def parts(at: Moment) -> Mapping[Part, ColumnElement[bool]]:
    return {
        Part.RUNNING: IS_OPEN,
        Part.LATE: is_overdue(at),
        Part.SOON: is_due_within(at),
        Part.FREE: and_(IS_OPEN, StepRecord.assignee_id.is_(None)),
        Part.STOPPED: ~IS_OPEN,
        Part.UNEXPLAINED: is_unexplained(at),
    }


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
    there: list[ColumnElement[bool]] = [StepRecord.status.in_(WORKED_ON)]
    if department:
        there.append(StepRecord.department_code == department)
    if holder is not None:
        there.append(StepRecord.assignee_id == holder)
    known = parts(at)
    by_reason = {each: and_(is_overdue(at), StepRecord.late_reason == each) for each in LateReason}
    asked = [func.count().filter(each) for each in (*known.values(), *by_reason.values())]
    counted = session.execute(select(*asked).where(*there)).one()
    wanted = list(there)
    if part is not None:
        wanted.append(known[part])
    if day is not None:
        wanted.append(is_due(day, at))
    if why is not None:
        wanted.append(by_reason[why])
    query, number, total = paged(
        session,
        select(*COLUMNS, is_overdue(at).label("is_overdue"))
        .join(Application, StepRecord.application_id == Application.id)
        .outerjoin(Account, StepRecord.assignee_id == Account.id)
        .where(*wanted)
        .order_by(case((IS_OPEN, 0), else_=1), DUE.is_(None), DUE, StepRecord.id),
        page,
    )
    rows = session.execute(query).all()
    items = items_by_revision(session, (row.revision_id for row in rows))
    names = department_names(session)
    shown = tuple(_row(row, items[row.revision_id], names, at) for row in rows)
    counts = dict(zip(known, counted[: len(known)], strict=True))
    late = dict(zip(by_reason, counted[len(known) :], strict=True))
    return OpenSteps(Page(shown, number, total), counts, late)


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
