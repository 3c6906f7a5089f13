"""The applications of one person or one organisation: where each stands and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from approvals.clock.moment import CITY, Moment, local_date
from approvals.errors import NotFound
from approvals.permissions import Actor, check
from approvals.queries.paging import Page, paged
from approvals.queries.standing import Standing, items_by_revision, standing
from approvals.records.amending import is_amending
from approvals.records.application import Application
from approvals.records.correction import Correction
from approvals.records.people import Account, department_names
from approvals.records.step import StepRecord
from approvals.vocabulary import FINAL, ApplicationStatus, StepStatus
from services.current import catalogue
from services.item import Item, StepKind, Text

TOGETHER = 500
"""Rows of an export that are read at once."""
AT_WORK = frozenset({StepStatus.OPEN, StepStatus.PAUSED})
FELL_AWAY = frozenset({StepStatus.MOOT, StepStatus.CUT_OFF, StepStatus.LEFT})


class Turn(StrEnum):
    """Whose turn it is."""

    APPLICANT = "applicant"
    OFFICE = "office"
    PORTAL = "portal"
    """Granted; the certificate is being made."""
    NOBODY = "nobody"


class Shown(StrEnum):
    """Which part of the list is looked at."""

    ALL = "all"
    TURN = "turn"
    """Returned to the applicant."""
    RUNNING = "running"
    ENDED = "ended"
    DRAFTS = "drafts"


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """One line of 我的办件.

    `done` of `total` steps are behind it; `departments` have it now; `to_mend` counts what the applicant was asked to
    mend; `is_amending`: what was sent is being changed, and the changes are not sent yet. `standing` is that of the
    whole case (before acceptance: of the acceptance) and none where no clock runs.
    `title` is empty while a draft has none.
    """

    token: str
    number: str | None
    title: str
    item: Text
    status: ApplicationStatus
    turn: Turn
    done: int
    total: int
    departments: tuple[Text, ...]
    to_mend: int
    is_amending: bool
    standing: Standing | None
    due: date | None
    created_at: datetime
    saved_at: datetime
    warned_at: datetime | None
    submitted_at: datetime | None
    ended_at: datetime | None
    started_by: str
    certificate: str | None
    bundle: tuple[str, Text] | None = None
    """Token and name of the bundle it was started with."""

    @property
    def moved_at(self) -> datetime:
        """When it was started, submitted or ended, whichever came last."""
        return self.ended_at or self.submitted_at or self.created_at

    @property
    def days(self) -> tuple[date, date | None, date | None]:
        """In the city: when it was started, submitted and ended."""
        submitted, ended = (local_date(each) if each else None for each in (self.submitted_at, self.ended_at))
        return local_date(self.created_at), submitted, ended


@dataclass(frozen=True, slots=True)
class Filter:
    """`words` are looked for in number and title; `item` is a code; `handler` is who started it, an account; `until` is
    the last date on which an answer is due; `year` is that of sending, of a draft that of starting.
    """

    shown: Shown = Shown.ALL
    words: str = ""
    item: str = ""
    status: ApplicationStatus | None = None
    handler: int | None = None
    until: date | None = None
    year: int | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether it asks for more than a part of the list and words."""
        return any((self.item, self.status, self.handler, self.until, self.year))


@dataclass(frozen=True, slots=True)
class Applications:
    """A page of the list, how many there are of each part under the same filter, and what there is to filter by: items,
    years, and of an organisation who applied in its name (account and name).
    """

    page: Page[ApplicationRow]
    counts: Mapping[Shown, int]
    items: tuple[tuple[str, Text], ...]
    years: tuple[int, ...]
    handlers: tuple[tuple[int, str], ...]


def applications(
    session: Session, *, organisation: int | None, chosen: Filter, page: int, by: Actor, at: Moment
) -> Applications:
    """A person's own ones, or those of all handlers of `organisation`; NotFound where the actor does not act for it."""
    check(by, "application:list")
    mine = owned(by, organisation)
    kept = [mine, *_sought(chosen)]
    wanted = select(Application).where(*kept, *_of(chosen.shown))
    query, number, total = paged(session, wanted.order_by(*_order()), page)
    return Applications(
        Page(rows(session, query, at), number, total),
        _counts(session, kept),
        _items(session, mine),
        _years(session, mine, at),
        _handlers(session, mine) if organisation is not None else (),
    )


def all_applications(
    session: Session, *, organisation: int | None, chosen: Filter, by: Actor, at: Moment
) -> Iterator[ApplicationRow]:
    """Every line of the list under a filter, in its order, a few hundred at a time; who may read is as in the list."""
    check(by, "application:list")
    wanted = (
        select(Application).where(owned(by, organisation), *_sought(chosen), *_of(chosen.shown)).order_by(*_order())
    )
    offset = 0
    while found := rows(session, wanted.limit(TOGETHER).offset(offset), at):
        yield from found
        offset += TOGETHER


def rows(session: Session, query: Select[Application], at: Moment) -> tuple[ApplicationRow, ...]:
    """The applications of a query as lines of the list."""
    found = session.scalars(
        query.options(
            selectinload(Application.steps),
            selectinload(Application.corrections).selectinload(Correction.entries),
            selectinload(Application.pauses),
            joinedload(Application.applicant).raiseload(Account.memberships),
            joinedload(Application.certificate),
            joinedload(Application.bundle),
        )
    ).all()
    items = items_by_revision(session, (each.revision_id for each in found))
    names = department_names(session)
    return tuple(_row(each, items[each.revision_id], names, at) for each in found)


def bundle_name(slug: str) -> Text:
    """Also of one that is offered no more."""
    known = catalogue().bundles.get(slug)
    return known.name if known else Text("一件事", "Bundle")


def waiting(session: Session, *, organisation: int | None, by: Actor) -> int:
    """How many applications wait for the applicant."""
    counted = select(func.count()).select_from(Application).where(owned(by, organisation), *_of(Shown.TURN))
    return session.scalar(counted) or 0


def owned(by: Actor, organisation: int | None) -> ColumnElement[bool]:
    """The condition on applications that are the actor's own, or the organisation's."""
    if organisation is None:
        own = (Application.applicant_id == by.applicant) & Application.organisation_id.is_(None)
        return own if by.principal is None else own & _within(by, person=by.principal)
    if organisation in by.organisations:
        return Application.organisation_id == organisation
    return (Application.organisation_id == organisation) & _within(by, organisation=organisation)


def _within(by: Actor, *, organisation: int | None = None, person: int | None = None) -> ColumnElement[bool]:
    """The items that the actor's mandates for this organisation or person name; NotFound where there is none."""
    powers = [each for each in by.powers if (each.organisation, each.person) == (organisation, person)]
    if not powers:
        raise NotFound
    if any(not each.items for each in powers):
        return true()
    return Application.item_code.in_(sorted({item for each in powers for item in each.items}))


def _sought(chosen: Filter) -> list[ColumnElement[bool]]:
    conditions = [
        or_(Application.title.icontains(word, autoescape=True), Application.number.icontains(word, autoescape=True))
        for word in chosen.words.split()[:5]
    ]
    if chosen.item:
        conditions.append(Application.item_code == chosen.item)
    if chosen.status is not None:
        conditions.append(Application.status == chosen.status)
    if chosen.handler is not None:
        conditions.append(Application.applicant_id == chosen.handler)
    if chosen.until is not None:
        conditions.append(_due_until(chosen.until))
    if chosen.year is not None:
        begins, ends = (datetime(year, 1, 1, tzinfo=CITY) for year in (chosen.year, chosen.year + 1))
        conditions += [_dated() >= begins, _dated() < ends]
    return conditions


def _dated() -> ColumnElement[datetime]:
    return func.coalesce(Application.submitted_at, Application.created_at)


def _due_until(last: date) -> ColumnElement[bool]:
    """The date that the list shows: of the acceptance before it, then of the decision."""
    answer = StepRecord.status.in_(AT_WORK) & (func.coalesce(StepRecord.promised_due, StepRecord.statutory_due) <= last)
    decision = func.coalesce(Application.promised_due, Application.statutory_due) <= last
    return or_(
        (Application.status == ApplicationStatus.SUBMITTED) & Application.steps.any(answer),
        (Application.status == ApplicationStatus.IN_REVIEW) & decision,
    )


def _of(shown: Shown) -> list[ColumnElement[bool]]:
    is_asked = Application.steps.any(StepRecord.status == StepStatus.RETURNED)
    conditions: Mapping[Shown, list[ColumnElement[bool]]] = {
        Shown.ALL: [],
        Shown.TURN: [is_asked, Application.status.not_in(FINAL)],
        Shown.RUNNING: [Application.status.not_in({*FINAL, ApplicationStatus.DRAFT})],
        Shown.ENDED: [Application.status.in_(FINAL)],
        Shown.DRAFTS: [Application.status == ApplicationStatus.DRAFT],
    }
    return conditions[shown]


def _order() -> tuple[ColumnElement[Any], ...]:
    """Newest first, ended ones after all others."""
    ended = case((Application.status.in_(FINAL), 1), else_=0)
    return ended.asc(), Application.created_at.desc(), Application.id.desc()


def _counts(session: Session, kept: list[ColumnElement[bool]]) -> Mapping[Shown, int]:
    grouped = session.execute(select(Application.status, func.count()).where(*kept).group_by(Application.status))
    by_status = dict(grouped.all())
    turn = session.scalar(select(func.count()).select_from(Application).where(*kept, *_of(Shown.TURN))) or 0
    drafts = by_status.get(ApplicationStatus.DRAFT, 0)
    ended = sum(count for status, count in by_status.items() if status.is_final)
    total = sum(by_status.values())
    return {
        Shown.ALL: total,
        Shown.TURN: turn,
        Shown.RUNNING: total - drafts - ended,
        Shown.ENDED: ended,
        Shown.DRAFTS: drafts,
    }


def _items(session: Session, mine: ColumnElement[bool]) -> tuple[tuple[str, Text], ...]:
    codes = session.scalars(select(Application.item_code).where(mine).distinct().order_by(Application.item_code))
    offered = catalogue().items
    return tuple((code, offered[code].name if code in offered else Text(code)) for code in codes)


def _years(session: Session, mine: ColumnElement[bool], at: Moment) -> tuple[int, ...]:
    """Newest first, from that of the first application on."""
    first = session.scalar(select(func.min(_dated(), type_=Application.created_at.type)).where(mine))
    return tuple(range(at.today.year, local_date(first).year - 1, -1)) if first else ()


def _handlers(session: Session, mine: ColumnElement[bool]) -> tuple[tuple[int, str], ...]:
    people = select(Application.applicant_id).where(mine).distinct()
    found = session.execute(select(Account.id, Account.name).where(Account.id.in_(people)).order_by(Account.id))
    return tuple((account, name) for account, name in found)


def _row(application: Application, item: Item, names: Mapping[str, Text], at: Moment) -> ApplicationRow:
    steps = [step for step in application.steps if step.status not in FELL_AWAY]
    to_mend = sum(len(each.entries) for each in application.corrections if each.is_open)
    clock, due = clock_of(application, item, at)
    return ApplicationRow(
        token=application.token,
        number=application.number,
        title=application.title,
        item=item.name,
        status=application.status,
        turn=_turn(application.status, to_mend),
        done=sum(step.status is StepStatus.DONE for step in steps),
        total=len(steps) or len(item.steps),
        departments=tuple(
            dict.fromkeys(
                names.get(step.department_code, Text(step.department_code)) for step in steps if step.status in AT_WORK
            )
        ),
        to_mend=to_mend,
        is_amending=is_amending(application, item),
        standing=clock,
        due=due,
        created_at=application.created_at,
        saved_at=application.saved_at,
        warned_at=application.warned_at,
        submitted_at=application.submitted_at,
        ended_at=application.ended_at,
        started_by=application.applicant.name,
        certificate=application.certificate.number if application.certificate else None,
        bundle=(application.bundle.token, bundle_name(application.bundle.slug)) if application.bundle else None,
    )


def _turn(status: ApplicationStatus, to_mend: int) -> Turn:
    if status is ApplicationStatus.DRAFT or to_mend:
        return Turn.APPLICANT
    if status is ApplicationStatus.GRANTED:
        return Turn.PORTAL
    return Turn.NOBODY if status.is_final else Turn.OFFICE


def clock_of(application: Application, item: Item, at: Moment) -> tuple[Standing | None, date | None]:
    """How the clock stands that the applicant looks at (before acceptance that of the acceptance), and its due date.
    Steps and pauses are loaded.
    """
    if application.status is ApplicationStatus.SUBMITTED:
        return _acceptance_clock(application.steps, item, at)
    due = application.promised_due or application.statutory_due
    if application.status is not ApplicationStatus.IN_REVIEW or due is None:
        return None, None
    stopped = next((each.began_at for each in application.pauses if each.step_id is None and not each.ended_at), None)
    clock = standing(
        item.promised,
        application.promised_due,
        application.statutory_due,
        stopped_since=local_date(stopped) if stopped else None,
        at=at,
    )
    return clock, due


def _acceptance_clock(steps: list[StepRecord], item: Item, at: Moment) -> tuple[Standing | None, date | None]:
    for step in steps:
        due = step.promised_due or step.statutory_due
        if step.status is StepStatus.OPEN and item.steps[step.key].kind is StepKind.ACCEPTANCE and due:
            clock = standing(item.steps[step.key].promised, step.promised_due, step.statutory_due, at=at)
            return clock, due
    return None, None
