"""The board: every running application with its light, what turns yellow next, and what each department has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, func, literal, null, or_, select
from sqlalchemy.orm import Session

from approvals.clock.ladder import ladder
from approvals.clock.moment import Moment, local_date
from approvals.permissions import Actor, check
from approvals.queries.open_steps import coming_days, is_due, next_due, number_of
from approvals.queries.overdue import is_open, is_overdue, is_unexplained
from approvals.queries.paging import PER_PAGE, page_of
from approvals.queries.standing import Standing, items_by_revision, light_column, standing, warnings_of
from approvals.records.application import DUE, RUNNING, STANDS, Application
from approvals.records.dates import morning
from approvals.records.live import DeskCount, RunningCount, counted
from approvals.records.people import Account, Organisation, department_names
from approvals.records.step import ON_DESK, StepRecord
from approvals.vocabulary import ApplicationStatus, LateReason, Light, StepStatus
from services.item import Item, Limit, Text

Ts = TypeVarTuple("Ts")


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
        return max(1, -(-self.total // PER_PAGE))


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
    green turns yellow on one of the days `turning` (of `coming_days`), or what was granted; else all that run. A page
    past the end means the last one.
    """
    check(by, "application:oversee")
    asked = [*_matching(search.strip()), *_at(department)]
    days = coming_days(at)
    items = _items(session)
    shown_light = _light(items, at, EACH)
    turns = _turns(items, days, at, EACH)
    counts, turned, granted = _counts(session, items, asked, days, at)
    is_green = and_(Application.status != ApplicationStatus.GRANTED, shown_light == Light.GREEN.value)
    found = [Application.status.in_(RUNNING), *asked]
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
    query, number = page_of(_joined(select(*COLUMNS)).where(*wanted).order_by(*order), page, total)
    rows = session.execute(query).all()
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
        page=number,
        total=total,
    )


COLUMNS = (
    Application.id,
    Application.number,
    Application.title,
    Application.revision_id,
    Application.status,
    Application.submitted_at,
    Application.accepted_at,
    Application.clock_promised,
    Application.clock_statutory,
    Application.clock_stopped_at,
    func.coalesce(Organisation.name, "").label("organisation"),
    Account.name.label("person"),
)


def _joined(query: Select[*Ts]) -> Select[*Ts]:
    return (
        query.select_from(Application)
        .join(Account, Application.applicant_id == Account.id)
        .outerjoin(Organisation, Application.organisation_id == Organisation.id)
    )


@dataclass(frozen=True, slots=True)
class Clocks:
    """The columns of the clocks that count: of each running application, or of what is counted of all of them."""

    revision: Any
    is_accepted: Any
    is_granted: Any
    is_stopped: Any
    promised: Any
    statutory: Any
    number: Any

    @property
    def due(self) -> ColumnElement[Any]:
        return func.coalesce(self.promised, self.statutory)


EACH = Clocks(
    Application.revision_id,
    case((Application.accepted_at.is_not(None), 1), else_=0),
    Application.status == ApplicationStatus.GRANTED,
    Application.clock_stopped_at.is_not(None),
    Application.clock_promised,
    Application.clock_statutory,
    func.count(),
)


def _all() -> Clocks:
    cells = counted(RunningCount).c
    return Clocks(
        cells.revision_id,
        cells.is_accepted,
        cells.is_granted == 1,
        cells.is_stopped == 1,
        cells.promised_due,
        cells.statutory_due,
        cast(func.sum(cells.number), Integer),
    )


def _items(session: Session) -> dict[int, Item]:
    return items_by_revision(session, session.scalars(select(counted(RunningCount).c.revision_id).distinct()))


def _first_limit(item: Item) -> Limit:
    return next(iter(item.steps.values())).promised


def _light(items: Mapping[int, Item], at: Moment, of: Clocks) -> ColumnElement[str]:
    return light_column(
        is_stopped=of.is_stopped,
        promised_due=of.promised,
        statutory_due=of.statutory,
        warnings=_warnings(items, at, of),
        at=at,
    )


def _warnings(items: Mapping[int, Item], at: Moment, of: Clocks) -> dict[date, ColumnElement[bool]]:
    accepted = {(revision, 1): item.promised for revision, item in items.items()}
    before = {(revision, 0): _first_limit(item) for revision, item in items.items()}
    return warnings_of({**accepted, **before}, of.revision, of.is_accepted, at=at)


def _turns(items: Mapping[int, Item], days: Sequence[date], at: Moment, of: Clocks) -> ColumnElement[Any]:
    """On which of the coming days, counted from 0, a light that is green today turns yellow; null: on none of them."""
    branches = [
        (and_(until >= of.due, whose), literal(index))
        for index, day in enumerate(days)
        for until, whose in _warnings(items, Moment(morning(day), at.calendar), of).items()
    ]
    return case(*branches) if branches else null()


def _counts(
    session: Session,
    items: Mapping[int, Item],
    found: Sequence[ColumnElement[bool]],
    days: Sequence[date],
    at: Moment,
) -> tuple[dict[Light, int], dict[date, int], int]:
    """By light, by the coming day on which green turns, and granted, in one query: of everything as it is kept, or of
    what a filter finds.
    """
    of = EACH if found else _all()
    told = (of.is_granted, _light(items, at, of), _turns(items, days, at, of))
    query = select(*told, of.number).group_by(*told)
    if found:
        query = _joined(query).where(Application.status.in_(RUNNING), *found)
    counts, turning, granted = dict.fromkeys(Light, 0), dict.fromkeys(days, 0), 0
    for was_granted, its_light, turns, count in session.execute(query):
        if was_granted:
            granted += count
            continue
        counts[Light(its_light)] += count
        if turns is not None and its_light == Light.GREEN.value:
            turning[days[turns]] += count
    return counts, turning, granted


def _order() -> tuple[ColumnElement[Any], ...]:
    """What runs before what stands or is granted; then by the day it is due."""
    return STANDS, DUE.nulls_last(), Application.id.expression


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
        StepRecord.status.in_(ON_DESK),
    )
    return [theirs.exists()]


def _row(row: Any, item: Item, open_steps: tuple[OpenStep, ...], at: Moment) -> BoardRow:
    is_granted = row.status is ApplicationStatus.GRANTED
    promised = item.promised if row.accepted_at else _first_limit(item)
    since = local_date(row.clock_stopped_at) if row.clock_stopped_at else None
    dues = row.clock_promised, row.clock_statutory
    told = None if is_granted else standing(promised, *dues, stopped_since=since, at=at)
    return BoardRow(
        number=row.number,
        title=row.title,
        item=item.name,
        applicant=row.organisation or row.person,
        status=row.status,
        submitted_at=row.submitted_at,
        promised_due=row.clock_promised,
        statutory_due=row.clock_statutory,
        standing=told,
        yellow_on=_yellow_on(promised, row, at) if told and told.light is Light.GREEN else None,
        open_steps=open_steps,
    )


def _yellow_on(promised: Limit, row: Any, at: Moment) -> date | None:
    rungs = ladder(promised, row.clock_promised, row.clock_statutory, at.calendar)
    return rungs[0].since if rungs and rungs[0].since <= coming_days(at)[-1] else None


def _open_steps(
    session: Session, items: Mapping[int, Item], names: Mapping[str, Text], at: Moment
) -> dict[int, tuple[OpenStep, ...]]:
    """The steps that are somebody's now, of the applications on one page."""
    steps = session.execute(
        select(StepRecord, Account.name)
        .outerjoin(Account, StepRecord.assignee_id == Account.id)
        .where(StepRecord.application_id.in_(items), StepRecord.status.in_(ON_DESK))
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
    cells = counted(DeskCount).c
    running = is_open(cells)
    rows = session.execute(
        select(
            cells.department_code,
            number_of(cells, running),
            number_of(cells, and_(running, cells.assignee_id.is_(None))),
            number_of(cells, is_overdue(at, cells)),
            number_of(cells, is_unexplained(at, cells)),
            number_of(cells, ~running),
            func.min(next_due(cells)).filter(running),
            *(number_of(cells, is_due(day, at, cells)) for day in days),
        ).group_by(cells.department_code)
    )
    loads = (
        DepartmentLoad(code, names[code], running, free, overdue, unexplained, stopped, nearest, tuple(coming))
        for code, running, free, overdue, unexplained, stopped, nearest, *coming in rows
    )
    return tuple(sorted(loads, key=lambda each: (-each.overdue, -each.open, each.code)))
