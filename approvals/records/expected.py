"""When the remaining steps of a running application will probably begin and end, from its rows by chain and clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from approvals.chain.joins import Gate
from approvals.chain.position import UNFINISHED, Position
from approvals.clock.deadline import due
from approvals.clock.moment import Moment, local_date
from approvals.clock.pauses import Pause
from approvals.records.application import Application
from approvals.records.dates import promise_due, promise_of, step_due, step_pauses
from approvals.records.fold import item_of, plan_of
from approvals.records.step import StepRecord
from approvals.vocabulary import StepStatus
from services.item import Limit, Step


@dataclass(frozen=True, slots=True)
class Forecast:
    """Local days. A finished step's are facts; the others assume that every department uses its whole promise."""

    start: date
    end: date


def forecast_of(application: Application, position: Position, *, at: Moment) -> Mapping[str, Forecast]:
    """By step key; steps that fell away are left out. A step begins when the last of its joins goes on."""
    item, steps = item_of(application), {step.key: step for step in application.steps}
    found: dict[str, Forecast] = {}
    for planned in plan_of(application).steps:
        step, limits = steps[planned.key], item.steps[planned.key]
        status = position.steps[planned.key]
        if status is StepStatus.WAITING:
            settled = (_settled_on(gate, found, position) for gate in planned.gates)
            start = max((day for day in settled if day is not None), default=at.today)
            found[step.key] = _waiting(limits, start, at)
        elif step.opened_at is not None:
            found[step.key] = _opened(application, step, local_date(step.opened_at), status, at)
    return found


def end_of(application: Application, position: Position, expected: Mapping[str, Forecast]) -> date | None:
    """When the last step will probably end; what falls away until then may take longer. None where nothing runs."""
    waiting_for = plan_of(application).waiting_for
    last = [key for key, waiting in waiting_for.items() if not waiting and position.steps[key] in UNFINISHED]
    return max((expected[key].end for key in last if key in expected), default=None)


def _settled_on(gate: Gate, found: Mapping[str, Forecast], position: Position) -> date | None:
    return gate.settled_on({key: found[key].end for key in gate.of if key in found}, position.consents)


def limit_worked_to(limits: Step) -> Limit:
    """The promise, or the law's limit where nothing is promised."""
    return limits.promised if limits.promised.days is not None else limits.statutory


def _waiting(limits: Step, start: date, at: Moment) -> Forecast:
    deadline = due(limit_worked_to(limits), start, at.calendar)
    return Forecast(start, deadline.due if deadline else start)


def _opened(application: Application, step: StepRecord, opened: date, status: StepStatus, at: Moment) -> Forecast:
    if step.closed_at is not None and status not in UNFINISHED:
        return Forecast(opened, local_date(step.closed_at))
    limits = item_of(application).steps[step.key]
    promise, began = promise_of(step, limits)
    deadline = promise_due(application, step, limits, at=at)
    if deadline is None:
        promise, began = limits.statutory, step.opened_at
        deadline = step_due(application, step, promise, at=at)
    announced = _announced_end(application, step, at) if status is StepStatus.PAUSED else None
    if announced is not None and announced > at.today:
        spans = step_pauses(application, step)
        pauses = [Pause(span.start, span.end or announced) for span in spans]
        deadline = due(promise, local_date(began) if began else opened, at.calendar, pauses, at.today)
    return Forecast(opened, max(at.today, deadline.due) if deadline else at.today)


def _announced_end(application: Application, step: StepRecord, at: Moment) -> date | None:
    running = next((each for each in application.pauses if each.step_id == step.id and each.ended_at is None), None)
    if running is None or running.days_needed is None:
        return None
    return at.calendar.add_working_days(local_date(running.began_at), running.days_needed)
