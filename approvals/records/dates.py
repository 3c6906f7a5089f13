"""The due dates of a step and of an application, computed from its rows by the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

from approvals.clock.deadline import Deadline, due, extended
from approvals.clock.moment import CITY, Moment, local_date
from approvals.clock.pauses import Pause
from approvals.records.application import Application
from approvals.records.fold import item_of
from approvals.records.step import StepRecord
from services.item import Handling, Limit, Step, StepKind


def step_due(application: Application, step: StepRecord, limit: Limit, *, at: Moment) -> Deadline | None:
    """A step's clock stops for its own pauses and for suspensions; None when it has not opened or has no limit."""
    if step.opened_at is None:
        return None
    return _due(application, step, limit, step.opened_at, at)


def promise_of(step: StepRecord, limits: Step) -> tuple[Limit, datetime | None]:
    """What the department promises for the current round, and since when that runs.

    From the second round on the round's own limit, from the day the mended application came in. Where there is none,
    who asked goes on with what is left of the first promise, and who had decided or is to accept has it anew.
    """
    if step.round_began_at is None:
        return limits.promised, step.opened_at
    if limits.round_limit is not None or limits.kind is StepKind.ACCEPTANCE:
        return limits.round_limit or limits.promised, step.round_began_at
    return limits.promised, step.round_began_at if step.round_before else step.opened_at


def promise_due(application: Application, step: StepRecord, limits: Step, *, at: Moment) -> Deadline | None:
    """When the promise of the current round runs out; what is promised is never later than what the law allows."""
    limit, began = promise_of(step, limits)
    if step.opened_at is None or began is None or began == step.opened_at:
        return step_due(application, step, limit, at=at)
    promised = _due(application, step, limit, began, at)
    statutory = due_by_law(application, step, limits, at=at)
    if promised is None or statutory is None or promised.due <= statutory.due:
        return promised
    return statutory


def law_began(step: StepRecord, limits: Step) -> datetime | None:
    """Since when the law's limit of a step runs. Whether to accept is judged anew, within five days, of whatever was
    received last (Licensing Law art. 32).
    """
    if limits.kind is StepKind.ACCEPTANCE and step.round_began_at is not None:
        return step.round_began_at
    return step.opened_at


def due_by_law(application: Application, step: StepRecord, limits: Step, *, at: Moment) -> Deadline | None:
    """When the law's limit of a step runs out. It never lies after that of the application, where that runs.

    Not so for issuing, which has ten days after the decision (Licensing Law art. 44), and for the departments of a
    joint case, which keep the limits of their own items.
    """
    began = law_began(step, limits)
    own = _due(application, step, limits.statutory, began, at) if began else None
    own = _not_before_the_answer(step, own, at)
    item = item_of(application)
    is_apart = item.handling is Handling.JOINT and limits.kind is not StepKind.DECISION
    if own is None or is_apart or limits.kind in (StepKind.ACCEPTANCE, StepKind.ISSUE):
        return own
    whole = application_due(application, item.statutory, at=at)
    return own if whole is None or own.due <= whole.due else whole


def _not_before_the_answer(step: StepRecord, own: Deadline | None, at: Moment) -> Deadline | None:
    """Who asked for a correction on the last day has no day left when the answer comes. The limit gains none by it, but
    nobody can decide before: the day of the answer itself is in time.
    """
    if own is None or step.round_began_at is None or step.round_before is not None:
        return own
    answered = at.calendar.on_or_after(local_date(step.round_began_at))
    return own if own.due >= answered else replace(own, due=answered)


def application_due(application: Application, limit: Limit, *, at: Moment) -> Deadline | None:
    """The application's clock runs from acceptance and stops for its own pauses only."""
    if application.accepted_at is None:
        return None
    pauses = [pause.span for pause in application.pauses if pause.step_id is None]
    deadline = due(limit, local_date(application.accepted_at), at.calendar, pauses, at.today)
    return extended(deadline, application.extended_days, at.calendar, pauses, at.today)


def clock_of(application: Application) -> dict[str, date | datetime | None]:
    """The clock that counts for the whole while it runs, as lists are ordered and counted by it: before acceptance that
    of the accepting step.
    """
    record: Application | StepRecord = application
    stopped = [each.began_at for each in application.pauses if each.step_id is None and each.ended_at is None]
    if application.accepted_at is None:
        record = application.steps[0]
        stopped = [each.asked_at for each in application.corrections if each.answered_at is None]
    return {
        "clock_promised": record.promised_due,
        "clock_statutory": record.statutory_due,
        "clock_stopped_at": stopped[0] if stopped else None,
    }


def step_pauses(application: Application, step: StepRecord) -> list[Pause]:
    """The time that is not counted for a step."""
    return [pause.span for pause in application.pauses if pause.step_id == step.id or pause.is_suspension]


def _due(application: Application, step: StepRecord, limit: Limit, began: datetime, at: Moment) -> Deadline | None:
    pauses = step_pauses(application, step)
    deadline = due(limit, local_date(began), at.calendar, pauses, at.today)
    return extended(deadline, extension_of(application, step), at.calendar, pauses, at.today)


def extension_of(application: Application, step: StepRecord) -> int:
    """Working days by which a step's limits are extended: in joint handling the departments keep the limits of their
    own items, and only the decision gains time.
    """
    if not application.extended_days:
        return 0
    item = item_of(application)
    is_extended = item.handling is not Handling.JOINT or item.steps[step.key].kind is StepKind.DECISION
    return application.extended_days if is_extended else 0


def morning(day: date) -> datetime:
    """The instant with which a day begins in the city."""
    return datetime.combine(day, time.min, CITY).astimezone(UTC)
