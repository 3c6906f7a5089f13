"""The one writer of every cached status and due date."""

from __future__ import annotations

from approvals.audit.append import append
from approvals.chain.position import UNFINISHED, Position, locate
from approvals.clock.deadline import Deadline
from approvals.clock.moment import Moment
from approvals.events import Event
from approvals.permissions import Actor
from approvals.records.application import Application
from approvals.records.base import write
from approvals.records.dates import application_due, step_due
from approvals.records.fold import facts_of, item_of, plan_of
from approvals.records.pause import PauseRecord
from approvals.records.step import StepRecord
from approvals.vocabulary import ApplicationStatus, PauseReason, StepStatus


def settle(application: Application, *, by: Actor, at: Moment) -> Position:
    """Fold the facts again and write what follows from them; called at the end of every change, inside its
    transaction.
    """
    position = locate(plan_of(application), facts_of(application))
    for step in application.steps:
        _turn(application, step, position.steps[step.key], by=by, at=at)
    _stop_or_start(application, position, by=by, at=at)
    ended = at.instant if position.is_finished else None
    write(application, status=position.status, ended_at=application.ended_at or ended)
    _date(application, at=at)
    return position


def _turn(application: Application, step: StepRecord, status: StepStatus, *, by: Actor, at: Moment) -> None:
    if status is step.status and step.opened_at is not None:
        return
    opened, closed = step.opened_at, step.closed_at
    if status is StepStatus.OPEN and opened is None:
        opened = at.instant
        append(application, Event.STEP_OPENED, by=by, at=at.instant, step=step.key, department=step.department_code)
    if status not in UNFINISHED and closed is None:
        closed = at.instant
        if status is not StepStatus.DONE:
            append(application, Event.STEP_DROPPED, by=by, at=at.instant, step=step.key, why=str(status))
    write(step, status=status, opened_at=opened, closed_at=closed)


def _stop_or_start(application: Application, position: Position, *, by: Actor, at: Moment) -> None:
    """Article 45: the application's own clock stands still only while no step can go on."""
    running = next((pause for pause in application.pauses if pause.step_id is None and pause.ended_at is None), None)
    stopped = {StepStatus.RETURNED, StepStatus.PAUSED} & set(position.steps.values())
    must_stop = bool(stopped) and not position.open and application.accepted_at is not None
    if must_stop and running is None:
        reason = PauseReason.CORRECTION if StepStatus.RETURNED in stopped else PauseReason.THIRD_PARTY
        application.pauses.append(PauseRecord(step_id=None, reason=reason, began_at=at.instant))
        append(application, Event.CLOCK_PAUSED, by=by, at=at.instant, step=None, reason=str(reason))
    elif running is not None and not must_stop:
        running.ended_at = at.instant
        append(application, Event.CLOCK_RESUMED, by=by, at=at.instant, step=None)


def _date(application: Application, *, at: Moment) -> None:
    """A running due date moves only when its clock was stopped: one that is written and never stopped is left."""
    item = item_of(application)
    stopped = {pause.step_id for pause in application.pauses}
    for step in application.steps:
        if step.opened_at is None or step.status not in UNFINISHED:
            continue
        if step.promised_due is not None and step.id not in stopped:
            continue
        limits = item.steps[step.key]
        promised = step_due(application, step, limits.promised, at=at)
        statutory = step_due(application, step, limits.statutory, at=at)
        _write_dues(step, promised, statutory)
    if application.accepted_at is None or application.status in ENDED:
        return
    if application.promised_due is None or None in stopped:
        promised, statutory = (application_due(application, limit, at=at) for limit in (item.promised, item.statutory))
        _write_dues(application, promised, statutory)


def _write_dues(record: Application | StepRecord, promised: Deadline | None, statutory: Deadline | None) -> None:
    write(
        record,
        promised_due=promised.due if promised else None,
        statutory_due=statutory.due if statutory else None,
        is_provisional=any(deadline.is_provisional for deadline in (promised, statutory) if deadline),
    )


ENDED = frozenset(
    {
        ApplicationStatus.GRANTED,
        ApplicationStatus.ISSUED,
        ApplicationStatus.REFUSED,
        ApplicationStatus.NOT_NEEDED,
        ApplicationStatus.NOT_ACCEPTED,
        ApplicationStatus.WITHDRAWN,
    }
)
"""Decided: the limits of the law are met or missed, and no longer move."""
