"""The board: every running application with its light, what turns yellow next, and what each department has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, null, or_, select
from sqlalchemy.orm import Session, aliased

from approvals.clock.ladder import ladder
from approvals.clock.moment import Moment, local_date
from approvals.permissions import Actor, check
from approvals.queries.open_steps import DUE, coming_days, is_due
from approvals.queries.overdue import IS_OPEN, is_overdue, is_unexplained
from approvals.queries.standing import Standing, items_by_revision, light_column, standing, warnings_of
from approvals.records.application import Application
from approvals.records.correction import Correction
from approvals.records.dates import morning
from approvals.records.pause import PauseRecord
from approvals.records.people import Account, Organisation, department_names
from approvals.records.step import StepRecord
from approvals.vocabulary import ApplicationStatus, LateReason, Light, StepStatus
from services.item import Item, Limit, Text

Ts = TypeVarTuple("Ts")

PAGE = 20
RUNNING = (
    ApplicationStatus.SUBMITTED,
    ApplicationStatus.RETURNED,
    ApplicationStatus.IN_REVIEW,
    ApplicationStatus.GRANTED,
)
BEGUN = (StepStatus.OPEN, StepStatus.RETURNED, StepStatus.PAUSED)

First = aliased(StepRecord)
"""The step that accepts: before acceptance its clock is the application's."""


@dataclass(frozen=True, slots=True)
class OpenStep:
    """One step that somebody has now: the department's `holder`, where somebody took it. `standing` is None while it
    stands still; `late_reason` is why it is overdue, where somebody has said so.
    """

    department: Text
    title: Text
    holder: str | None
    status: StepStatus
    standing: Standing | None
    is_overdue: bool
    late_reason: LateReason | None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """`standing` is None once it is granted: only the certificate is still to come. `yellow_on` is the day on which a
    green light turns, where it is one of the coming days.
    """

    number: str
    title: str
    item: Text
    applicant: str
    status: ApplicationStatus
    submitted_at: datetime
    promised_due: date | None
    statutory_due: date | None
    standing: Standing | None
    yellow_on: date | None
    open_steps: tuple[OpenStep, ...]


@dataclass(frozen=True, slots=True)
class DepartmentLoad:
    """Steps a department has: running, of these nobody's yet, past a limit, past it without a stated reason, and due on
    each of the coming days; and standing still.
    """

    code: str
    name: Text
    open: int
    free: int
    overdue: int
    unexplained: int
    stopped: int
    nearest_due: date | None
    due: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """`counts` by light, `turning` by the coming day on which green turns yellow, and `granted` are of all that matches
    search and department; `total` of what is shown.
    """

    rows: tuple[BoardRow, ...]
    counts: Mapping[Light, int]
    turning: Mapping[date, int]
    granted: int
    loads: tuple[DepartmentLoad, ...]
    department: str
    search: str
    page: int
    total: int

    @property
    def running(self) -> int:
        return sum(self.counts.values()) + self.granted

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def board(
    session: Session,
    *,
    lights: Sequence[Light] = (),
    turning: Sequence[date] = (),
    granted_only: bool = False,
    department: str = "",
    search: str = "",
    page: int = 1,
    by: Actor,
    at: Moment,
) -> Board:
    """As many queries for ten thousand applications as for none. Shown are those with one of the lights, or those whose
    green turns yellow on one of the days `turning` (of `coming_days`), or what was granted; else all that run.
    """
    check(by, "application:oversee")
    found = [Application.status.in_(RUNNING), *_matching(search.strip()), *_at(department)]
    days = coming_days(at)
    items = _items(session)
    shown_light = _light(items, at)
    turns = _turns(items, days, at)
    counts, granted = _counts(session, found, shown_light)
    is_green = and_(Application.status != ApplicationStatus.GRANTED, shown_light == Light.GREEN.value)
    turned = _turning(session, [*found, is_green], turns, days)
    wanted, order, total = list(found), _order(), sum(counts.values()) + granted
    if granted_only:
        wanted, total = [*found, Application.status == ApplicationStatus.GRANTED], granted
    elif turning:
        wanted += [is_green, turns.in_([days.index(day) for day in turning])]
        order, total = (turns, *_order()), sum(turned[day] for day in turning)
    elif lights:
        wanted.append(Application.status != ApplicationStatus.GRANTED)
        wanted.append(shown_light.in_([str(each) for each in lights]))
        total = sum(counts[each] for each in lights)
    rows = session.execute(
        _joined(select(*COLUMNS)).where(*wanted).order_by(*order).limit(PAGE).offset((page - 1) * PAGE)
    ).all()
    names = department_names(session)
    opened = _open_steps(session, {row.id: items[row.revision_id] for row in rows}, names, at)
    return Board(
        rows=tuple(_row(row, items[row.revision_id], opened.get(row.id, ()), at) for row in rows),
        counts=counts,
        turning=turned,
        granted=granted,
        loads=_loads(session, names, days, at),
        department=department,
        search=search.strip(),
        page=page,
        total=total,
    )


PROMISED_DUE = case((Application.accepted_at.is_not(None), Application.promised_due), else_=First.promised_due)
STATUTORY_DUE = case((Application.accepted_at.is_not(None), Application.statutory_due), else_=First.statutory_due)
STOPPED_AT = case(
    (
        Application.accepted_at.is_not(None),
        select(PauseRecord.began_at)
        .where(
            PauseRecord.application_id == Application.id, PauseRecord.step_id.is_(None), PauseRecord.ended_at.is_(None)
        )
        .limit(1)
        .scalar_subquery(),
    ),
    else_=select(Correction.asked_at)
    .where(Correction.application_id == Application.id, Correction.answered_at.is_(None))
    .limit(1)
    .scalar_subquery(),
)
"""Since when the clock that counts for the application stands still."""
NEXT_DUE = func.coalesce(PROMISED_DUE, STATUTORY_DUE)

COLUMNS = (
    Application.id,
    Application.number,
    Application.title,
    Application.revision_id,
    Application.status,
    Application.submitted_at,
    Application.accepted_at,
    PROMISED_DUE.label("promised_due"),
    STATUTORY_DUE.label("statutory_due"),
    STOPPED_AT.label("stopped_at"),
    First.key.label("first_key"),
    func.coalesce(Organisation.name, "").label("organisation"),
    Account.name.label("person"),
)


def _joined(query: Select[*Ts]) -> Select[*Ts]:
    return (
        query.select_from(Application)
        .join(First, and_(First.application_id == Application.id, First.position == 0))
        .join(Account, Application.applicant_id == Account.id)
        .outerjoin(Organisation, Application.organisation_id == Organisation.id)
    )


def _items(session: Session) -> dict[int, Item]:
    running = select(Application.revision_id).where(Application.status.in_(RUNNING)).distinct()
    return items_by_revision(session, session.scalars(running))


def _first_limit(item: Item) -> Limit:
    return next(iter(item.steps.values())).promised


def _light(items: Mapping[int, Item], at: Moment) -> ColumnElement[str]:
    return light_column(
        is_stopped=STOPPED_AT.is_not(None),
        promised_due=PROMISED_DUE,
        statutory_due=STATUTORY_DUE,
        warnings=_warnings(items, at),
        at=at,
    )


def _warnings(items: Mapping[int, Item], at: Moment) -> dict[date, ColumnElement[bool]]:
    accepted = {(revision, 1): item.promised for revision, item in items.items()}
    before = {(revision, 0): _first_limit(item) for revision, item in items.items()}
    is_accepted = case((Application.accepted_at.is_not(None), 1), else_=0)
    return warnings_of({**accepted, **before}, Application.revision_id, is_accepted, at=at)


def _turns(items: Mapping[int, Item], days: Sequence[date], at: Moment) -> ColumnElement[Any]:
    """On which of the coming days, counted from 0, a light that is green today turns yellow; null: on none of them."""
    branches = [
        (and_(until >= NEXT_DUE, whose), literal(index))
        for index, day in enumerate(days)
        for until, whose in _warnings(items, Moment(morning(day), at.calendar)).items()
    ]
    return case(*branches) if branches else null()


def _turning(
    session: Session, green: Sequence[ColumnElement[bool]], turns: ColumnElement[Any], days: Sequence[date]
) -> dict[date, int]:
    found = session.execute(_joined(select(turns, func.count())).where(*green).group_by(turns))
    counted: dict[int | None, int] = {row[0]: row[1] for row in found}
    return {day: counted.get(index, 0) for index, day in enumerate(days)}


def _counts(
    session: Session, found: Sequence[ColumnElement[bool]], shown_light: ColumnElement[str]
) -> tuple[dict[Light, int], int]:
    is_granted = Application.status == ApplicationStatus.GRANTED
    rows = session.execute(
        _joined(select(is_granted, shown_light, func.count())).where(*found).group_by(is_granted, shown_light)
    )
    counts, granted = dict.fromkeys(Light, 0), 0
    for was_granted, its_light, count in rows:
        if was_granted:
            granted += count
        else:
            counts[Light(its_light)] += count
    return counts, granted


def _order() -> tuple[ColumnElement[Any], ...]:
    """What runs before what stands or is granted; then by the day it is due."""
    is_waiting = or_(Application.status == ApplicationStatus.GRANTED, STOPPED_AT.is_not(None))
    return case((is_waiting, 1), else_=0), NEXT_DUE.is_(None), NEXT_DUE, Application.id.expression


def _matching(search: str) -> list[ColumnElement[bool]]:
    if not search:
        return []
    return [
        or_(
            Application.number.contains(search.upper(), autoescape=True),
            Application.title.contains(search, autoescape=True),
            Organisation.name.contains(search, autoescape=True),
            Organisation.credit_code == search.upper(),
        )
    ]


def _at(department: str) -> list[ColumnElement[bool]]:
    """Applications of which the department has a step on its desk."""
    if not department:
        return []
    theirs = select(StepRecord.id).where(
        StepRecord.application_id == Application.id,
        StepRecord.department_code == department,
        StepRecord.status.in_(BEGUN),
    )
    return [theirs.exists()]


def _row(row: Any, item: Item, open_steps: tuple[OpenStep, ...], at: Moment) -> BoardRow:
    is_granted = row.status is ApplicationStatus.GRANTED
    promised = item.promised if row.accepted_at else item.steps[row.first_key].promised
    since = local_date(row.stopped_at) if row.stopped_at else None
    told = None if is_granted else standing(promised, row.promised_due, row.statutory_due, stopped_since=since, at=at)
    return BoardRow(
        number=row.number,
        title=row.title,
        item=item.name,
        applicant=row.organisation or row.person,
        status=row.status,
        submitted_at=row.submitted_at,
        promised_due=row.promised_due,
        statutory_due=row.statutory_due,
        standing=told,
        yellow_on=_yellow_on(promised, row, at) if told and told.light is Light.GREEN else None,
        open_steps=open_steps,
    )


def _yellow_on(promised: Limit, row: Any, at: Moment) -> date | None:
    rungs = ladder(promised, row.promised_due, row.statutory_due, at.calendar)
    return rungs[0].since if rungs and rungs[0].since <= coming_days(at)[-1] else None


def _open_steps(
    session: Session, items: Mapping[int, Item], names: Mapping[str, Text], at: Moment
) -> dict[int, tuple[OpenStep, ...]]:
    """The steps that are somebody's now, of the applications on one page."""
    steps = session.execute(
        select(StepRecord, Account.name)
        .outerjoin(Account, StepRecord.assignee_id == Account.id)
        .where(StepRecord.application_id.in_(items), StepRecord.status.in_(BEGUN))
        .order_by(StepRecord.promised_due, StepRecord.position)
    )
    found: dict[int, list[OpenStep]] = {}
    for step, holder in steps:
        limits = items[step.application_id].steps[step.key]
        is_running = step.status is StepStatus.OPEN
        told = standing(limits.promised, step.promised_due, step.statutory_due, at=at) if is_running else None
        is_overdue = step.is_late(at.today)
        department = names[step.department_code]
        opened = OpenStep(department, limits.title, holder, step.status, told, is_overdue, step.late_reason)
        found.setdefault(step.application_id, []).append(opened)
    return {application: tuple(steps) for application, steps in found.items()}


def _loads(session: Session, names: Mapping[str, Text], days: Sequence[date], at: Moment) -> tuple[DepartmentLoad, ...]:
    """Of all departments with work, most overdue first, in one walk over what they have."""
    rows = session.execute(
        select(
            StepRecord.department_code,
            func.count().filter(IS_OPEN),
            func.count().filter(IS_OPEN, StepRecord.assignee_id.is_(None)),
            func.count().filter(is_overdue(at)),
            func.count().filter(is_unexplained(at)),
            func.count().filter(~IS_OPEN),
            func.min(DUE).filter(IS_OPEN),
            *(func.count().filter(IS_OPEN, is_due(day, at)) for day in days),
        )
        .where(StepRecord.status.in_(BEGUN))
        .group_by(StepRecord.department_code)
    )
    loads = (
        DepartmentLoad(code, names[code], running, free, overdue, unexplained, stopped, nearest, tuple(coming))
        for code, running, free, overdue, unexplained, stopped, nearest, *coming in rows
    )
    return tuple(sorted(loads, key=lambda each: (-each.overdue, -each.open, each.code)))
