"""A department's queue: its unfinished steps, what is due first on top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Integer, Row, Select, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from approvals.clock.moment import Moment, local_date
from approvals.permissions import Actor, check
from approvals.queries.orders import WAITING as WAITING_ORDERS
from approvals.queries.overdue import is_overdue
from approvals.queries.paging import PER_PAGE, page_of
from approvals.queries.queue_filter import Filters, Second, Show, Whose, look_of, matching, news, owned
from approvals.queries.standing import Standing, items_by_revision, light_column, standing, warnings_of
from approvals.records.application import Application
from approvals.records.correction import Correction
from approvals.records.extension import ExtensionRequest
from approvals.records.live import DeskCount, counted
from approvals.records.look import Look
from approvals.records.order import Order
from approvals.records.pause import PauseRecord
from approvals.records.people import Account, Organisation
from approvals.records.proposal import WAITING, Proposal
from approvals.records.step import DUE, ON_DESK, STANDS, Decision, StepRecord
from approvals.vocabulary import LateReason, Light, Outcome, StepStatus
from services.item import Item, Text

Ts = TypeVarTuple("Ts")

STOPPED = (StepStatus.RETURNED, StepStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One step of the department. `standing` is None once it is decided; `round` above 1: the applicant mended it."""

    number: str
    key: str
    title: str
    item: Text
    step: Text
    applicant: str
    status: StepStatus
    round: int
    closed_at: datetime | None
    promised_due: date | None
    statutory_due: date | None
    standing: Standing | None
    is_overdue: bool
    late_reason: LateReason | None
    outcome: Outcome | None
    holder: str | None
    """Who of the department has it."""
    is_mine: bool
    is_deputised: bool
    """The visitor stands in for who has it."""
    is_ordered: bool
    """An order (督办) about it waits for an answer."""
    asks_extension: bool
    """A request of its desk to extend the limits waits."""
    is_promised: bool
    """Applied for with a commitment."""
    is_new: bool
    """It came after the visitor last looked at anything, and they have not looked at it."""
    is_unread: bool
    is_changed: bool
    """The visitor has looked at it, and somebody else has acted since."""
    second: Second | None
    """What waits for a second person: a colleague's opinion, or the visitor's own."""
    step_id: int
    mark: str
    """Names the step and how much of it there is to see, for who marks it as read."""


@dataclass(frozen=True, slots=True)
class Queue:
    """One page. `counts` are of what matches the filters and is `whose`, DONE only while it is shown or something is
    looked for; `total` is that of the part shown. `by_whose` counts what is not finished and matches the filters,
    `holders` says it of each colleague who has something.
    """

    rows: tuple[QueueRow, ...]
    counts: Mapping[Show, int]
    by_whose: Mapping[Whose, int]
    holders: tuple[tuple[int, str, int], ...]
    items: tuple[tuple[str, Text], ...]
    """What the department has on its desk, by code and name."""
    filters: Filters
    page: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def queue(session: Session, filters: Filters | None = None, *, page: int = 1, by: Actor, at: Moment) -> Queue:
    """As many queries for ten thousand steps as for none. A page past the end means the last one."""
    check(by, "queue:read")
    filters = filters or Filters()
    asked = matching(filters, by, at)
    items = desk_items(session, by)
    shown_light = desk_light(items, at)
    mine = [*asked, *owned(filters, by)]
    counts, by_whose, by_holder = _counts(session, filters, by, at, items)
    if filters.show is Show.DONE or filters.search:
        done = _joined(select(func.count()).select_from(StepRecord), by)
        counts[Show.DONE] = session.scalars(done.where(*mine, StepRecord.status == StepStatus.DONE)).one()
    total = counts.get(filters.show, 0)
    query, number = page_of(
        _joined(select(*COLUMNS, is_overdue(at).label("is_overdue"), news(by).label("is_changed"), _last_look(by)), by)
        .where(*mine, _shown(filters.show, shown_light))
        .order_by(*_order(filters.show)),
        page,
        total,
    )
    found = session.execute(query).all()
    known = {revision: item for (revision, _), item in items.items()}
    if filters.show is Show.DONE:
        known = items_by_revision(session, {row.revision_id for row in found})
    rows = tuple(_row(row, known[row.revision_id], by, at) for row in found)
    names = {item.code: item.name for item in items.values()}
    return Queue(
        rows,
        counts,
        by_whose,
        _holders(session, by, by_holder),
        tuple(sorted(names.items())),
        filters,
        number,
        total,
    )


def found_steps(session: Session, filters: Filters, most: int, *, by: Actor, at: Moment) -> list[int]:
    """The unfinished steps that a filter finds, by id, what is due first in front; at most so many."""
    check(by, "queue:read")
    light = desk_light(desk_items(session, by), at)
    wanted = (*matching(filters, by, at), *owned(filters, by), StepRecord.status.in_(ON_DESK))
    query = _joined(select(StepRecord.id), by).where(*wanted, _shown(filters.show, light))
    return list(session.scalars(query.order_by(*_order(filters.show)).limit(most)))


def _last_look(by: Actor) -> ColumnElement[Any]:
    """When the visitor last looked at anything."""
    newest = select(func.max(Look.at, type_=Look.at.type)).where(Look.account_id == by.person)
    return newest.scalar_subquery().label("last_look")


def _holders(session: Session, by: Actor, counted: Mapping[int, int]) -> tuple[tuple[int, str, int], ...]:
    """Whoever of the department's own people has something."""
    here = select(Account.id, Account.name).where(Account.department_code == by.department).order_by(Account.id)
    names = session.execute(here.where(Account.id.in_(counted)))
    return tuple((account, name, counted[account]) for account, name in names)


Holder = aliased(Account)

STOPPED_AT = func.coalesce(
    select(Correction.asked_at)
    .where(Correction.step_id == StepRecord.id, Correction.answered_at.is_(None))
    .limit(1)
    .scalar_subquery(),
    select(PauseRecord.began_at)
    .where(PauseRecord.step_id == StepRecord.id, PauseRecord.ended_at.is_(None))
    .limit(1)
    .scalar_subquery(),
    type_=PauseRecord.began_at.type,
)
"""When a step's clock was stopped; before acceptance a correction has no pause, so corrections are asked first."""

OUTCOME = (
    select(Decision.outcome)
    .where(Decision.step_id == StepRecord.id, Decision.round == StepRecord.round)
    .scalar_subquery()
)

PROPOSED_BY = (
    select(Proposal.by_account).where(*WAITING, StepRecord.status == StepStatus.OPEN).limit(1).scalar_subquery()
)
"""Whose opinion waits for a second person."""

IS_ORDERED = (
    select(Order.id)
    .where(
        Order.application_id == StepRecord.application_id,
        Order.step_key == StepRecord.key,
        Order.department_code == StepRecord.department_code,
        Order.status.in_(WAITING_ORDERS),
    )
    .exists()
)

ASKS_EXTENSION = (
    select(ExtensionRequest.id)
    .where(ExtensionRequest.step_id == StepRecord.id, ExtensionRequest.ending.is_(None))
    .exists()
)

COLUMNS = (
    Application.number,
    Application.title,
    Application.revision_id,
    func.coalesce(Organisation.name, "").label("organisation"),
    Account.name.label("person"),
    StepRecord.key,
    StepRecord.status,
    StepRecord.round,
    StepRecord.closed_at,
    StepRecord.promised_due,
    StepRecord.statutory_due,
    StepRecord.late_reason,
    STOPPED_AT.label("stopped_at"),
    OUTCOME.label("outcome"),
    StepRecord.assignee_id,
    Holder.name.label("holder"),
    Application.has_promises,
    Application.trail_length,
    StepRecord.id.label("step_id"),
    StepRecord.opened_at,
    Look.id.label("look"),
    PROPOSED_BY.label("proposed_by"),
    IS_ORDERED.label("is_ordered"),
    ASKS_EXTENSION.label("asks_extension"),
)


def _joined(query: Select[*Ts], by: Actor) -> Select[*Ts]:
    return (
        query.join(Application, StepRecord.application_id == Application.id)
        .join(Account, Application.applicant_id == Account.id)
        .outerjoin(Organisation, Application.organisation_id == Organisation.id)
        .outerjoin(Holder, StepRecord.assignee_id == Holder.id)
        .outerjoin(Look, look_of(by))
    )


def desk_light(items: Mapping[tuple[int, str], Item], at: Moment, cells: Any = None) -> ColumnElement[str]:
    """The light of the steps on a desk, as a column beside their applications, or beside what is counted of them."""
    of: Any = StepRecord if cells is None else cells
    return light_column(
        is_stopped=of.status.in_(STOPPED),
        promised_due=of.promised_due,
        statutory_due=of.statutory_due,
        warnings=warnings_of(
            {(revision, key): item.steps[key].promised for (revision, key), item in items.items()},
            Application.revision_id if cells is None else cells.revision_id,
            of.key,
            at=at,
        ),
        at=at,
    )


def desk_items(session: Session, by: Actor) -> dict[tuple[int, str], Item]:
    """The item of every (revision, step) that the department has on its desk."""
    cells = counted(DeskCount, DeskCount.department_code == by.department).c
    pairs = session.execute(select(cells.revision_id, cells.key).distinct()).all()
    items = items_by_revision(session, {revision for revision, _ in pairs})
    return {(revision, key): items[revision] for revision, key in pairs}


def _counts(
    session: Session, filters: Filters, by: Actor, at: Moment, items: Mapping[tuple[int, str], Item]
) -> tuple[dict[Show, int], dict[Whose, int], dict[int, int]]:
    """Of each part, of each owner and of each colleague: as they are kept, or in one walk over what a filter finds."""
    query: Select[StepStatus, str, int | None, int]
    if filters.is_whole:
        cells = counted(DeskCount, DeskCount.department_code == by.department).c
        light = desk_light(items, at, cells)
        query = select(cells.status, light, cells.assignee_id, cast(func.sum(cells.number), Integer))
        query = query.group_by(cells.status, light, cells.assignee_id)
    else:
        light = desk_light(items, at)
        found = (*matching(filters, by, at), StepRecord.status.in_(ON_DESK))
        query = _joined(select(StepRecord.status, light, StepRecord.assignee_id, func.count()), by).where(*found)
        query = query.group_by(StepRecord.status, light, StepRecord.assignee_id)
    rows = session.execute(query)
    counts: dict[Show, int] = {show: 0 for show in Show if show is not Show.DONE}
    by_whose = dict.fromkeys(Whose, 0)
    by_holder: dict[int, int] = {}
    for status, its_light, holder, count in rows:
        its_owner = Whose.FREE if holder is None else Whose.MINE if holder in by.hands else None
        by_whose[Whose.ALL] += count
        if its_owner:
            by_whose[its_owner] += count
        if holder is not None:
            by_holder[holder] = by_holder.get(holder, 0) + count
        is_wanted = filters.whose in (Whose.ALL, its_owner) if filters.holder is None else holder == filters.holder
        if is_wanted:
            counts[Show.ALL] += count
            counts[PARTS.get(status) or BY_LIGHT[Light(its_light)]] += count
    return counts, by_whose, by_holder


PARTS: Mapping[StepStatus, Show] = {StepStatus.RETURNED: Show.RETURNED, StepStatus.PAUSED: Show.PAUSED}
BY_LIGHT: Mapping[Light, Show] = {
    Light.DEEP_RED: Show.LATE,
    Light.RED: Show.LATE,
    Light.YELLOW: Show.SOON,
    Light.GREEN: Show.ON_TIME,
}


def _shown(show: Show, shown_light: ColumnElement[str]) -> ColumnElement[bool]:
    if show is Show.ALL:
        return StepRecord.status.in_(ON_DESK)
    if show is Show.DONE:
        return StepRecord.status == StepStatus.DONE
    status = next((status for status, part in PARTS.items() if part is show), None)
    if status is not None:
        return StepRecord.status == status
    return StepRecord.status.in_(ON_DESK) & shown_light.in_(
        [each.value for each, part in BY_LIGHT.items() if part is show]
    )


def _order(show: Show) -> tuple[ColumnElement[Any] | InstrumentedAttribute[int], ...]:
    """Whose clock runs before whose stands; then by the day it is due, what has no limit last."""
    if show is Show.DONE:
        return StepRecord.closed_at.desc(), StepRecord.id.desc()
    return STANDS, DUE.nulls_last(), StepRecord.id


def _row(row: Row[Any], item: Item, by: Actor, at: Moment) -> QueueRow:
    step = item.steps[row.key]
    is_unread = row.look is None and row.status in ON_DESK
    stopped = local_date(row.stopped_at) if row.status in STOPPED and row.stopped_at else None
    return QueueRow(
        number=row.number,
        key=row.key,
        title=row.title,
        item=item.name,
        step=step.title,
        applicant=row.organisation or row.person,
        status=row.status,
        round=row.round,
        closed_at=row.closed_at,
        promised_due=row.promised_due,
        statutory_due=row.statutory_due,
        standing=standing(step.promised, row.promised_due, row.statutory_due, stopped_since=stopped, at=at)
        if row.status in ON_DESK
        else None,
        is_overdue=bool(row.is_overdue),
        late_reason=row.late_reason,
        outcome=row.outcome,
        holder=row.holder,
        is_mine=row.assignee_id is not None and row.assignee_id == by.account,
        is_deputised=any(row.assignee_id == each.account for each in by.lenders),
        is_ordered=bool(row.is_ordered),
        asks_extension=bool(row.asks_extension),
        is_promised=row.has_promises,
        is_new=is_unread and row.last_look is not None and row.opened_at is not None and row.opened_at > row.last_look,
        is_unread=is_unread,
        is_changed=bool(row.is_changed),
        second=None if row.proposed_by is None else Second.OWN if row.proposed_by == by.account else Second.CONFIRM,
        step_id=row.step_id,
        mark=f"{row.step_id}-{row.trail_length}",
    )
