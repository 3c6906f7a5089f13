"""The board: every running application with its light, and how much each department has open and overdue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from approvals.clock.moment import Moment, local_date
from approvals.permissions import Actor, check
from approvals.queries.standing import Standing, items_by_revision, light_column, standing, warnings_of
from approvals.records.application import Application
from approvals.records.correction import Correction
from approvals.records.pause import PauseRecord
from approvals.records.people import Account, Organisation, department_names
from approvals.records.step import StepRecord
from approvals.vocabulary import ApplicationStatus, Light, StepStatus
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
    """One step that somebody has now. `standing` is None while it stands still."""

    department: Text
    title: Text
    status: StepStatus
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """`standing` is None once it is granted: only the certificate is still to come."""

    number: str
    title: str
    item: Text
    applicant: str
    status: ApplicationStatus
    submitted_at: datetime
    promised_due: date | None
    statutory_due: date | None
    standing: Standing | None
    open_steps: tuple[OpenStep, ...]


@dataclass(frozen=True, slots=True)
class DepartmentLoad:
    """Steps a department has: running, standing still, and past their promise."""

    code: str
    name: Text
    open: int
    stopped: int
    overdue: int
    nearest_due: date | None


@dataclass(frozen=True, slots=True)
class Board:
    """`counts` by light and `granted` are of all that matches search and department; `total` of what is shown."""

    rows: tuple[BoardRow, ...]
    counts: Mapping[Light, int]
    granted: int
    loads: tuple[DepartmentLoad, ...]
    lights: tuple[Light, ...]
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
    department: str = "",
    search: str = "",
    page: int = 1,
    by: Actor,
    at: Moment,
) -> Board:
    """As many queries for ten thousand applications as for none. No lights: every running application."""
    check(by, "application:oversee")
    found = [Application.status.in_(RUNNING), *_matching(search.strip()), *_at(department)]
    items = _items(session)
    shown_light = _light(items, at)
    counts, granted = _counts(session, found, shown_light)
    wanted = list(found)
    if lights:
        wanted += [
            Application.status != ApplicationStatus.GRANTED,
            shown_light.in_([str(each) for each in lights]),
        ]
    rows = session.execute(
        _joined(select(*COLUMNS)).where(*wanted).order_by(*_order()).limit(PAGE).offset((page - 1) * PAGE)
    ).all()
    names = department_names(session)
    opened = _open_steps(session, {row.id: items[row.revision_id] for row in rows}, names, at)
    return Board(
        rows=tuple(_row(row, items[row.revision_id], opened.get(row.id, ()), at) for row in rows),
        counts=counts,
        granted=granted,
        loads=_loads(session, names, at),
        lights=tuple(lights),
        department=department,
        search=search.strip(),
        page=page,
        total=sum(counts[each] for each in lights) if lights else sum(counts.values()) + granted,
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
    accepted = {(revision, 1): item.promised for revision, item in items.items()}
    before = {(revision, 0): _first_limit(item) for revision, item in items.items()}
    is_accepted = case((Application.accepted_at.is_not(None), 1), else_=0)
    return light_column(
        is_stopped=STOPPED_AT.is_not(None),
        promised_due=PROMISED_DUE,
        statutory_due=STATUTORY_DUE,
        warnings=warnings_of({**accepted, **before}, Application.revision_id, is_accepted, at=at),
        at=at,
    )


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
    next_due = func.coalesce(PROMISED_DUE, STATUTORY_DUE)
    is_waiting = or_(Application.status == ApplicationStatus.GRANTED, STOPPED_AT.is_not(None))
    return case((is_waiting, 1), else_=0), next_due.is_(None), next_due, Application.id.expression


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
    return BoardRow(
        number=row.number,
        title=row.title,
        item=item.name,
        applicant=row.organisation or row.person,
        status=row.status,
        submitted_at=row.submitted_at,
        promised_due=row.promised_due,
        statutory_due=row.statutory_due,
        standing=None
        if is_granted
        else standing(promised, row.promised_due, row.statutory_due, stopped_since=since, at=at),
        open_steps=open_steps,
    )


def _open_steps(
    session: Session, items: Mapping[int, Item], names: Mapping[str, Text], at: Moment
) -> dict[int, tuple[OpenStep, ...]]:
    """The steps that are somebody's now, of the applications on one page."""
    steps = session.scalars(
        select(StepRecord)
        .where(StepRecord.application_id.in_(items), StepRecord.status.in_(BEGUN))
        .order_by(StepRecord.promised_due, StepRecord.position)
    )
    found: dict[int, list[OpenStep]] = {}
    for step in steps:
        limits = items[step.application_id].steps[step.key]
        is_running = step.status is StepStatus.OPEN
        told = standing(limits.promised, step.promised_due, step.statutory_due, at=at) if is_running else None
        opened = OpenStep(names[step.department_code], limits.title, step.status, told)
        found.setdefault(step.application_id, []).append(opened)
    return {application: tuple(steps) for application, steps in found.items()}


def _loads(session: Session, names: Mapping[str, Text], at: Moment) -> tuple[DepartmentLoad, ...]:
    """Of all departments with work, most overdue first."""
    is_open = StepRecord.status == StepStatus.OPEN
    is_overdue = and_(is_open, StepRecord.promised_due < at.today)
    rows = session.execute(
        select(
            StepRecord.department_code,
            func.count().filter(is_open),
            func.count().filter(~is_open),
            func.count().filter(is_overdue),
            func.min(StepRecord.promised_due).filter(is_open),
        )
        .where(StepRecord.status.in_(BEGUN))
        .group_by(StepRecord.department_code)
    )
    loads = (
        DepartmentLoad(code, names[code], running, stopped, overdue, nearest)
        for code, running, stopped, overdue, nearest in rows
    )
    return tuple(sorted(loads, key=lambda each: (-each.overdue, -each.open, each.code)))
