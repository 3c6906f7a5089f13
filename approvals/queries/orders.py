"""Supervision orders sent by hand: the lists of both sides, one of them in full, and how many wait for an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from approvals.clock.moment import Moment, local_date
from approvals.errors import NotFound
from approvals.permissions import Actor, check, may
from approvals.queries.paging import Page, paged
from approvals.queries.standing import Standing, standing
from approvals.records.application import Application
from approvals.records.fold import item_of
from approvals.records.order import Order, OrderActRecord
from approvals.records.people import department_names
from approvals.records.step import StepRecord
from approvals.vocabulary import OrderAct, OrderStatus, StepStatus
from services.item import Limit, Text

WAITING = tuple(each for each in OrderStatus if each.waits_for_answer)


@dataclass(frozen=True, slots=True)
class Said:
    kind: OrderAct
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order. `standing` is that of the answer while one is wanted; `reason` why it was sent."""

    id: int
    status: OrderStatus
    number: str
    title: str
    step: Text
    step_key: str
    department: Text
    due: date
    standing: Standing | None
    reason: str
    acts: tuple[Said, ...]
    may_answer: bool
    may_close: bool
    may_send_back: bool


@dataclass(frozen=True, slots=True)
class Orders:
    """`counts` are of the department asked for, whichever status is shown."""

    page: Page[OrderRow]
    counts: Mapping[OrderStatus, int]

    @property
    def all(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Orderable:
    """An application about which an order may be sent: its steps that a department has, by key."""

    number: str
    title: str
    item: Text
    steps: Mapping[str, tuple[Text, Text]]
    """Department and step."""


def orders(
    session: Session, *, status: OrderStatus | None = None, department: str = "", page: int = 1, by: Actor, at: Moment
) -> Orders:
    """Newest first; an office sees its own, who oversees sees all. As many queries for a thousand as for one."""
    check(by, "supervision:read")
    seen = _seen_by(by)
    if department:
        seen.append(Order.department_code == department)
    counted = session.execute(select(Order.status, func.count()).where(*seen).group_by(Order.status))
    counts = {**dict.fromkeys(OrderStatus, 0), **{row[0]: row[1] for row in counted}}
    wanted = select(Order).where(*seen)
    if status is not None:
        wanted = wanted.where(Order.status == status)
    query, number, total = paged(session, wanted.order_by(Order.id.desc()), page)
    found = session.scalars(query.options(*LOADED)).all()
    names = department_names(session)
    return Orders(Page(tuple(_row(each, names, by, at) for each in found), number, total), counts)


def orders_on(session: Session, number: str, key: str, *, by: Actor, at: Moment) -> tuple[OrderRow, ...]:
    """What waits for this department's answer about one step."""
    check(by, "queue:read")
    wanted = (
        select(Order)
        .join(Application, Application.id == Order.application_id)
        .where(
            Application.number == number,
            Order.step_key == key,
            Order.department_code == by.department,
            Order.status.in_(WAITING),
        )
    )
    names = department_names(session)
    found = session.scalars(wanted.order_by(Order.id).options(*LOADED))
    return tuple(_row(each, names, by, at) for each in found)


def order_in_full(session: Session, order_id: int, *, by: Actor, at: Moment) -> OrderRow:
    """NotFound for what this person may not see."""
    check(by, "supervision:read")
    found = session.scalar(select(Order).where(Order.id == order_id, *_seen_by(by)).options(*LOADED))
    if found is None:
        raise NotFound
    return _row(found, department_names(session), by, at)


def orders_waiting(session: Session, *, by: Actor) -> int:
    """How many wait for this department's answer."""
    check(by, "supervision:list")
    waiting = (Order.department_code == by.department, Order.status.in_(WAITING))
    return session.scalar(select(func.count()).select_from(Order).where(*waiting)) or 0


def orderable(session: Session, number: str, *, by: Actor) -> Orderable:
    """NotFound where there is no such application."""
    check(by, "supervision:order")
    application = session.scalar(
        select(Application)
        .where(Application.number == number)
        .options(joinedload(Application.revision), selectinload(Application.steps))
    )
    if application is None:
        raise NotFound
    item, names = item_of(application), department_names(session)
    at_a_desk = (StepStatus.OPEN, StepStatus.RETURNED, StepStatus.PAUSED)
    steps = [step for step in application.steps if step.status in at_a_desk]
    return Orderable(
        number,
        application.title,
        item.name,
        {step.key: (names[step.department_code], item.steps[step.key].title) for step in _by_due(steps)},
    )


def _by_due(steps: list[StepRecord]) -> list[StepRecord]:
    return sorted(steps, key=lambda step: (step.promised_due or date.max, step.position))


LOADED = (
    joinedload(Order.application).joinedload(Application.revision),
    selectinload(Order.acts).joinedload(OrderActRecord.by),
)


def _row(order: Order, names: Mapping[str, Text], by: Actor, at: Moment) -> OrderRow:
    asked_on = local_date(order.acts[-1].at)
    limit = Limit(Decimal(at.calendar.working_days(asked_on, order.due)))
    sends = may(by, "supervision:order")
    waits = order.status.waits_for_answer
    return OrderRow(
        id=order.id,
        status=order.status,
        number=order.application.number or "",
        title=order.application.title,
        step=item_of(order.application).steps[order.step_key].title,
        step_key=order.step_key,
        department=names[order.department_code],
        due=order.due,
        standing=standing(limit, order.due, None, at=at) if waits else None,
        reason=order.acts[0].note,
        acts=tuple(Said(act.kind, act.note, act.by.name, act.at) for act in order.acts),
        may_answer=waits and may(by, "supervision:reply", order),
        may_close=sends and order.status is not OrderStatus.CLOSED,
        may_send_back=sends and order.status is OrderStatus.ANSWERED,
    )


def _seen_by(by: Actor) -> list[ColumnElement[bool]]:
    return [Order.department_code == by.department] if by.role.is_at_desk else []
