"""Supervision orders (督办) sent by hand: the department answers, whoever oversees closes them or sends them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.audit.append import append, sealed
from approvals.clock.ladder import Reached, ladder
from approvals.clock.moment import Moment, local_date
from approvals.commands.rung import reach
from approvals.errors import NoOrder, NotAWorkingDay, NotPossibleNow, OwnApplication, ReasonMissing, StepNotOpen
from approvals.events import Event
from approvals.permissions import Actor, check, owns
from approvals.records.application import Application
from approvals.records.base import session_of, write
from approvals.records.dates import morning
from approvals.records.order import Order, OrderActRecord
from approvals.records.step import StepRecord
from approvals.vocabulary import OrderAct, OrderStatus, StepStatus
from services.item import Limit

AT_A_DESK = (StepStatus.OPEN, StepStatus.RETURNED, StepStatus.PAUSED)
MOST_DAYS = 30
"""Working days until when an answer may be wanted."""


def send_order(step: StepRecord, reason: str, due: date, *, by: Actor, at: Moment) -> Order:
    """To the department that has the step. Raises NotAWorkingDay for a day on which nobody could answer, that is past
    or too far off.
    """
    check(by, "supervision:order")
    application = step.application
    if owns(by, application):
        raise OwnApplication
    if step.status not in AT_A_DESK:
        raise StepNotOpen(status=str(step.status))
    _require_day(due, at)
    order = Order(
        application_id=application.id,
        step_key=step.key,
        department_code=step.department_code,
        status=OrderStatus.OPEN,
        due=due,
        wake_at=_wakes(at.today, due, at),
        sent_by=by.person,
        sent_at=at.instant,
    )
    session_of(application).add(order)
    _say(order, OrderAct.SEND, reason, by=by, at=at)
    session_of(application).flush()  # supervision records name it by its number
    _record(order, application, Event.ORDER_SENT, reason, by=by, at=at)
    return order


def answer_sent_order(order: Order, application: Application, answer: str, *, by: Actor, at: Moment) -> None:
    """By the head or the lead of the department it was sent to: what is the matter and what happens now."""
    check(by, "supervision:reply", order)
    if owns(by, application):
        raise OwnApplication
    if not order.status.waits_for_answer:
        raise NoOrder
    _say(order, OrderAct.ANSWER, answer, by=by, at=at)
    answered_at = order.answered_at or at.instant
    write(order, status=OrderStatus.ANSWERED, answered_at=answered_at, wake_at=None)
    _record(order, application, Event.ORDER_ANSWERED, answer, by=by, at=at)


def send_back_order(order: Order, application: Application, note: str, due: date, *, by: Actor, at: Moment) -> None:
    """The answer does not do: the department owes another one, by a new date."""
    check(by, "supervision:order")
    if order.status is not OrderStatus.ANSWERED:
        raise NotPossibleNow(status=str(order.status))
    _require_day(due, at)
    _say(order, OrderAct.SEND_BACK, note, by=by, at=at)
    write(order, status=OrderStatus.SENT_BACK, due=due, wake_at=_wakes(at.today, due, at))
    _record(order, application, Event.ORDER_SENT_BACK, note, by=by, at=at)


def close_order(order: Order, application: Application, note: str, *, by: Actor, at: Moment) -> None:
    """The answer does, or none is needed any more: why stands in the note."""
    check(by, "supervision:order")
    if order.status is OrderStatus.CLOSED:
        raise NotPossibleNow(status=str(order.status))
    _say(order, OrderAct.CLOSE, note, by=by, at=at)
    write(order, status=OrderStatus.CLOSED, wake_at=None)
    _record(order, application, Event.ORDER_CLOSED, note, by=by, at=at)


def chase(session: Session, applications: Sequence[Application], *, at: Moment) -> int:
    """Act on every order of these locked applications that woke: an answer that is wanted climbs the ladder of
    supervision, each rung once for its due date; how many were reached.
    """
    of = {each.id: each for each in applications}
    woken = select(Order).where(Order.application_id.in_(of), Order.wake_at <= at.instant)
    return sum(_chase(session, each, of[each.application_id], at) for each in session.scalars(woken).all())


def _chase(session: Session, order: Order, application: Application, at: Moment) -> int:
    due = at.calendar.on_or_after(order.due)  # that day may have been closed since
    rungs = _ladder(local_date(order.acts[-1].at), due, at)
    ahead = [rung.since for rung in rungs if rung.since > at.today]
    write(order, due=due, wake_at=morning(min(ahead)) if ahead else None)
    subject, department = f"order-{order.id}", order.department_code
    return sum(
        reach(session, application, subject, department, rung, at=at) for rung in rungs if rung.since <= at.today
    )


def _ladder(asked_on: date, due: date, at: Moment) -> tuple[Reached, ...]:
    days = at.calendar.working_days(asked_on, due)
    return ladder(Limit(Decimal(days)), due, None, at.calendar)


def _wakes(asked_on: date, due: date, at: Moment) -> object:
    return morning(_ladder(asked_on, due, at)[0].since)


def _require_day(due: date, at: Moment) -> None:
    last = at.calendar.add_working_days(at.today, MOST_DAYS)
    if not at.calendar.is_working_day(due) or not at.today < due <= last:
        raise NotAWorkingDay(most=MOST_DAYS)


def _say(order: Order, kind: OrderAct, note: str, *, by: Actor, at: Moment) -> None:
    if not note.strip():
        raise ReasonMissing
    order.acts.append(OrderActRecord(kind=kind, note=note.strip(), by_account=by.person, at=at.instant))


def _record(order: Order, application: Application, event: Event, note: str, *, by: Actor, at: Moment) -> None:
    append(
        application,
        event,
        by=by,
        at=at.instant,
        order=order.id,
        about=order.step_key,
        due=order.due.isoformat(),
        note=sealed(note.strip()),
    )
