"""The figures of a month's bulletin: what came in, what was decided and how fast, what is owed, what was ordered."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from approvals.clock.deadline import used
from approvals.clock.moment import Moment, local_date
from approvals.clock.pauses import Pause
from approvals.mining.graph import Counts, number, total, within
from approvals.mining.walk import Kind
from approvals.permissions import Actor, check
from approvals.queries.owed import OPEN
from approvals.queries.supervision import ORDERS
from approvals.records.application import Application
from approvals.records.catalogue import ItemRevision
from approvals.records.dates import morning
from approvals.records.fold import item_in
from approvals.records.late_reason import LateReasonGiven
from approvals.records.obligation import Obligation
from approvals.records.order import Order
from approvals.records.pause import PauseRecord
from approvals.records.people import department_names
from approvals.records.supervision import SupervisionRecord
from approvals.records.walk import ActivityRecord, StayCount
from approvals.vocabulary import ApplicationStatus, LateReason
from services.item import Text, Unit

MOST_MONTHS = 36
SLOWEST = 10
"""Lines of the tables of departments and of steps."""


@dataclass(frozen=True, slots=True)
class Slow:
    """How long what it says took, in working days, of the applications that ended in the month."""

    department: Text
    item: Text | None
    step: Text | None
    times: int
    median: int
    ninetieth: int
    days: int


@dataclass(frozen=True, slots=True)
class Bulletin:
    """`decided` had been accepted; `on_time` of them that were promised a date, `dated`, by that date. Of none decided
    there are no days.
    """

    month: str
    is_over: bool
    received: int
    ended: dict[ApplicationStatus, int]
    decided: int
    dated: int
    on_time: int
    median: int | None
    ninetieth: int | None
    departments: tuple[Slow, ...]
    steps: tuple[Slow, ...]
    open_commitments: int
    late_commitments: int
    orders: int
    answered: int
    late_reasons: dict[LateReason, int]
    """Of the steps of which it was said in the month why they are late: how often which, as was said last."""

    @property
    def finished(self) -> int:
        return sum(self.ended.values())


def months_told(session: Session, *, by: Actor, at: Moment) -> tuple[str, ...]:
    """From the month of the first application to the present one, the newest first."""
    check(by, "application:oversee")
    first = session.scalar(select(func.min(Application.submitted_at)))
    if first is None:
        return ()
    day = at.today.replace(day=1)
    months: list[str] = []
    while day >= local_date(first).replace(day=1) and len(months) < MOST_MONTHS:
        months.append(f"{day:%Y-%m}")
        day = day.replace(year=day.year - 1, month=12) if day.month == 1 else day.replace(month=day.month - 1)
    return tuple(months)


def bulletin(session: Session, month: str, *, by: Actor, at: Moment) -> Bulletin:
    """`month` is one of `months_told`. As many queries whatever happened in it."""
    check(by, "application:oversee")
    first = date.fromisoformat(f"{month}-01")
    after = first.replace(year=first.year + 1, month=1) if first.month == 12 else first.replace(month=first.month + 1)
    begin, end = morning(first), morning(after)
    ended = session.execute(
        select(Application.status, func.count())
        .where(Application.ended_at >= begin, Application.ended_at < end)
        .group_by(Application.status)
    )
    days, dated, on_time = _decided(session, begin, end, at)
    departments, steps = _slowest(session, month)
    return Bulletin(
        month=month,
        is_over=at.today >= after,
        received=_count(session, Application, Application.submitted_at >= begin, Application.submitted_at < end),
        ended={row[0]: row[1] for row in ended},
        decided=number(days),
        dated=dated,
        on_time=on_time,
        median=within(days, 50) if days else None,
        ninetieth=within(days, 90) if days else None,
        departments=departments,
        steps=steps,
        open_commitments=_count(session, Obligation, Obligation.status.in_(OPEN)),
        late_commitments=_count(session, Obligation, Obligation.status.in_(OPEN), Obligation.due < at.today),
        orders=_count(session, SupervisionRecord, *_ordered(begin, end)) + _count(session, Order, *_sent(begin, end)),
        answered=_count(session, SupervisionRecord, *_ordered(begin, end), SupervisionRecord.answered_at.is_not(None))
        + _count(session, Order, *_sent(begin, end), Order.answered_at.is_not(None)),
        late_reasons=_late_reasons(session, begin, end),
    )


def _count(session: Session, record: Any, *wanted: Any) -> int:
    return session.scalar(select(func.count()).select_from(record).where(*wanted)) or 0


def _late_reasons(session: Session, begin: datetime, end: datetime) -> dict[LateReason, int]:
    later = aliased(LateReasonGiven)
    same_round = (later.step_id == LateReasonGiven.step_id, later.round == LateReasonGiven.round)
    counted = (
        select(LateReasonGiven.reason, func.count())
        .where(LateReasonGiven.at >= begin, LateReasonGiven.at < end)
        .where(~exists().where(*same_round, later.number > LateReasonGiven.number))
        .group_by(LateReasonGiven.reason)
    )
    return {row[0]: row[1] for row in session.execute(counted)}


def _ordered(begin: datetime, end: datetime) -> tuple[Any, ...]:
    record = SupervisionRecord
    return record.rung.in_(ORDERS), record.at >= begin, record.at < end


def _sent(begin: datetime, end: datetime) -> tuple[Any, ...]:
    """By hand."""
    return Order.sent_at >= begin, Order.sent_at < end


def _decided(session: Session, begin: datetime, end: datetime, at: Moment) -> tuple[Counter[int], int, int]:
    """Net days by how often, then how many were promised a date and how many kept it."""
    wanted = (Application.decided_at >= begin, Application.decided_at < end, Application.accepted_at.is_not(None))
    stopped: dict[int, list[Pause]] = defaultdict(list)
    pauses = select(PauseRecord).join(Application, Application.id == PauseRecord.application_id)
    for pause in session.scalars(pauses.where(*wanted, PauseRecord.step_id.is_(None))):
        stopped[pause.application_id].append(pause.span)
    days: Counter[int] = Counter()
    dated = on_time = 0
    columns = (Application.id, Application.accepted_at, Application.decided_at, Application.promised_due)
    for id_, accepted, decided, due in session.execute(select(*columns).where(*wanted)):
        if accepted is None or decided is None:
            continue
        day = local_date(decided)
        days[used(local_date(accepted), day, at.calendar, stopped[id_], Unit.WORKING_DAYS)] += 1
        dated += due is not None
        on_time += due is not None and day <= due
    return days, dated, on_time


def _slowest(session: Session, month: str) -> tuple[tuple[Slow, ...], tuple[Slow, ...]]:
    rows = session.execute(
        select(
            ActivityRecord.item_code,
            ActivityRecord.name,
            ActivityRecord.department_code,
            StayCount.days,
            StayCount.times,
        )
        .join(ActivityRecord, ActivityRecord.id == StayCount.activity_id)
        .where(StayCount.month == month, ActivityRecord.kind == str(Kind.STEP), StayCount.times > 0)
    ).all()
    by_department: dict[str, Counter[int]] = defaultdict(Counter)
    by_step: dict[tuple[str, str, str], Counter[int]] = defaultdict(Counter)
    for item, step, department, days, times in rows:
        by_department[department][days] += times
        by_step[item, step, department][days] += times
    names = department_names(session)
    departments = sorted(by_department.items(), key=lambda entry: (-total(entry[1]), entry[0]))[:SLOWEST]
    steps = sorted(by_step.items(), key=lambda entry: (-within(entry[1], 50), -total(entry[1]), entry[0]))[:SLOWEST]
    revisions = select(ItemRevision).where(ItemRevision.item_code.in_({item for (item, _step, _at), _counts in steps}))
    items = {each.item_code: item_in(each) for each in session.scalars(revisions.order_by(ItemRevision.id))}
    return (
        tuple(_slow(names[code], None, None, counts) for code, counts in departments),
        tuple(
            _slow(
                names[department],
                items[item].name,
                items[item].steps[step].title if step in items[item].steps else None,
                counts,
            )
            for (item, step, department), counts in steps
        ),
    )


def _slow(department: Text, item: Text | None, step: Text | None, counts: Counts) -> Slow:
    return Slow(department, item, step, number(counts), within(counts, 50), within(counts, 90), total(counts))
