"""The one writer of every cached status and due date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from approvals.audit.append import append
from approvals.chain.position import BEGUN, UNFINISHED, Position
from approvals.clock.deadline import Deadline
from approvals.clock.ladder import Reached, ladder
from approvals.clock.moment import Moment
from approvals.commands.count_walk import count_walk, uncount_walk
from approvals.commands.measure import keep_measured
from approvals.commands.obligation import drop_all
from approvals.commands.predict import predict
from approvals.events import Event
from approvals.permissions import Actor
from approvals.records.application import RUNNING, Application
from approvals.records.base import write
from approvals.records.dates import application_due, clock_of, due_by_law, morning, promise_due, promise_of
from approvals.records.fold import item_of, position_of, suspension_of
from approvals.records.pause import PauseRecord
from approvals.records.step import StepRecord
from approvals.vocabulary import ApplicationStatus, PauseBasis, PauseReason, StepStatus
from services.item import Limit, Step


def settle(application: Application, *, by: Actor, at: Moment) -> Position:
    """Fold the facts again and write what follows from them; called at the end of every change, inside its
    transaction.
    """
    position = position_of(application)
    for step in application.steps:
        _turn(application, step, position.steps[step.key], by=by, at=at)
    if suspension_of(application) is None:
        _stop_or_start(application, position, by=by, at=at)
    was_finished = application.ended_at is not None
    before = application.status
    write(
        application,
        status=position.status,
        ended_at=(application.ended_at or at.instant) if position.is_finished else None,
        wake_at=None if position.status.is_decided else application.wake_at,
    )
    write_dates(application, at=at)
    keep_measured(application, before, at=at)
    predict(application, position, at=at)
    if application.has_promises and position.is_finished and position.status is not ApplicationStatus.ISSUED:
        drop_all(application, by=by, at=at)
    if position.is_finished != was_finished:
        (count_walk if position.is_finished else uncount_walk)(application, at=at)
    return position


def _turn(application: Application, step: StepRecord, status: StepStatus, *, by: Actor, at: Moment) -> None:
    if status is step.status and step.opened_at is not None:
        return
    opened, closed = step.opened_at, step.closed_at
    if status is StepStatus.OPEN and (opened is None or closed is not None):
        append(application, Event.STEP_OPENED, by=by, at=at.instant, step=step.key, department=step.department_code)
    if status in BEGUN:
        if opened is not None and closed is not None:
            application.pauses.append(
                PauseRecord(
                    step_id=step.id,
                    reason=PauseReason.IDLE,
                    basis=PauseBasis.IDLE,
                    began_at=closed,
                    ended_at=at.instant,
                )
            )
        opened, closed = opened or (at.instant if status is StepStatus.OPEN else None), None
    elif status is not StepStatus.WAITING:
        closed = closed or at.instant
        if status is not step.status and status not in (StepStatus.DONE, StepStatus.LEFT):
            append(application, Event.STEP_DROPPED, by=by, at=at.instant, step=step.key, why=str(status))
    elif opened is None:
        closed = None
    elif closed is None:
        closed = at.instant
        append(application, Event.STEP_HELD, by=by, at=at.instant, step=step.key, department=step.department_code)
    wake = step.wake_at if status is StepStatus.OPEN else None
    write(step, status=status, opened_at=opened, closed_at=closed, wake_at=wake)


def _stop_or_start(application: Application, position: Position, *, by: Actor, at: Moment) -> None:
    """Article 45: the application's own clock stands still only while no step can go on. Nobody stops it: it has reason
    and basis of the pause that leaves no step to go on, of a correction before others, as it is the applicant's turn.
    """
    own = (pause for pause in application.pauses if pause.step_id is None and not pause.is_suspension)
    running = next((pause for pause in own if pause.ended_at is None), None)
    stopped = {StepStatus.RETURNED, StepStatus.PAUSED} & set(position.steps.values())
    must_stop = bool(stopped) and not position.open and application.accepted_at is not None
    if must_stop and running is None:
        stops = [pause for pause in application.pauses if pause.step_id is not None and pause.ended_at is None]
        last = max(reversed(stops), key=lambda pause: pause.reason is PauseReason.CORRECTION)
        application.pauses.append(PauseRecord(step_id=None, reason=last.reason, basis=last.basis, began_at=at.instant))
        append(application, Event.CLOCK_PAUSED, by=by, at=at.instant, step=None, reason=str(last.reason))
    elif running is not None and not must_stop:
        running.ended_at = at.instant
        append(application, Event.CLOCK_RESUMED, by=by, at=at.instant, step=None)


Rungs = tuple[Reached, ...]
Waking = Callable[[Application | StepRecord, Rungs], datetime | None]
"""When a running clock next has something to do, given its ladder."""


def first(_subject: Application | StepRecord, rungs: Rungs) -> datetime | None:
    """On the day of the first rung, which may be past: then at once."""
    return morning(rungs[0].since) if rungs else None


def never(_subject: Application | StepRecord, _rungs: Rungs) -> None:
    """A clock that stands still wakes nobody."""


def write_dates(application: Application, *, at: Moment, afresh: bool = False, waking: Waking = first) -> list[str]:
    """Write the due dates of every clock, and when it next wakes the portal; the keys of the steps whose dates changed
    although their clocks run, "" for the application.

    A running due date moves only when its clock was stopped or the calendar changed: unless `afresh`, one that is
    written and was never stopped is left.
    """
    moved = _write_own(application, at=at, afresh=afresh, waking=waking)
    if application.status in RUNNING:
        write(application, **clock_of(application))
    return moved


def _write_own(application: Application, *, at: Moment, afresh: bool, waking: Waking) -> list[str]:
    item = item_of(application)
    stopped = {pause.step_id for pause in application.pauses}
    was_suspended = any(pause.is_suspension for pause in application.pauses)
    moved: list[str] = []
    for step in application.steps:
        if step.opened_at is None or step.status not in UNFINISHED:
            continue
        is_dated = step.promised_due is not None and (step.wake_at is not None or step.status is not StepStatus.OPEN)
        if is_dated and not afresh and step.id not in stopped and not was_suspended:
            continue
        limits = item.steps[step.key]
        limit, _began = promise_of(step, limits)
        dues = _dues(application, step, limits, at=at)
        runs = step.status is StepStatus.OPEN
        if _write_dues(step, limit, *dues, waking=waking if runs else never, at=at) and runs:
            moved.append(step.key)
    if application.accepted_at is None or application.status.is_decided:
        return moved
    if application.promised_due is None or application.wake_at is None or None in stopped or afresh:
        runs = all(pause.step_id is not None or pause.ended_at for pause in application.pauses)
        promised, statutory = (application_due(application, limit, at=at) for limit in (item.promised, item.statutory))
        wakes = waking if runs else never
        if _write_dues(application, item.promised, promised, statutory, waking=wakes, at=at) and runs:
            moved.append("")
    return moved


def _dues(
    application: Application, step: StepRecord, limits: Step, *, at: Moment
) -> tuple[Deadline | None, Deadline | None]:
    """Promised and by law; a step that waits again has none until it goes on."""
    if step.status is StepStatus.WAITING:
        return None, None
    return promise_due(application, step, limits, at=at), due_by_law(application, step, limits, at=at)


def _write_dues(
    record: Application | StepRecord,
    limit: Limit,
    promised: Deadline | None,
    statutory: Deadline | None,
    *,
    waking: Waking,
    at: Moment,
) -> bool:
    """Whether a date that was written before has changed."""
    before = (record.promised_due, record.statutory_due)
    after = (promised.due if promised else None, statutory.due if statutory else None)
    write(
        record,
        promised_due=after[0],
        statutory_due=after[1],
        wake_at=waking(record, ladder(limit, *after, at.calendar)),
    )
    return before != (None, None) and before != after
