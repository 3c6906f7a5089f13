"""A lane: the facts of one step as tracker, desk and board tell them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from approvals.chain.position import BEGUN, UNFINISHED
from approvals.clock.deadline import due, used
from approvals.clock.moment import Moment, local_date
from approvals.queries.case import Case
from approvals.queries.forecast import Forecast
from approvals.queries.standing import Standing, standing
from approvals.records.dates import due_by_law, promise_due, promise_of, step_pauses
from approvals.records.fold import plan_of
from approvals.records.step import StepRecord
from approvals.vocabulary import Outcome, PauseReason, StepStatus
from services.item import Limit, StepKind, Text

STOPPED = frozenset({StepStatus.RETURNED, StepStatus.PAUSED})


@dataclass(frozen=True, slots=True)
class Stop:
    """Days that are not counted: those after `start` through `end`; None = it still stands."""

    start: date
    end: date | None
    why: PauseReason


@dataclass(frozen=True, slots=True)
class Lane:
    """One step. Dates are local days; `used` counts net days in its promise's unit, `stopped_days` working days."""

    key: str
    kind: StepKind
    department: Text
    department_code: str
    title: Text
    status: StepStatus
    outcome: Outcome | None
    reason: str
    conditions: str
    round: int
    round_began: date | None
    """When what was mended came in for this round; none in the first."""
    standing: Standing | None
    """None while it waits and once it has ended."""
    opened: date | None
    closed: date | None
    used: int | None
    promised: Limit
    statutory: Limit
    promised_due: date | None
    statutory_due: date | None
    unmoved_due: date | None
    """When the promise would have been due without stops, where they moved it."""
    rule: tuple[int, int | None, int | None]
    """Used, promised and statutory in net working days, whatever the units: to be drawn on one scale."""
    stops: tuple[Stop, ...]
    stopped_days: int
    expected: Forecast | None
    waits_for: tuple[Text, ...]
    """Titles of the unfinished steps it waits for."""

    @property
    def standing_still(self) -> Stop | None:
        """The stop that goes on today."""
        return next((stop for stop in self.stops if stop.end is None), None) if self.status in STOPPED else None

    @property
    def is_with_applicant(self) -> bool:
        return self.status is StepStatus.RETURNED


def lane(case: Case, step: StepRecord, expected: Forecast | None, *, at: Moment) -> Lane:
    """Due dates of running clocks are reckoned for today; those of ended ones stay as they were."""
    limits = case.item.steps[step.key]
    status = case.position.steps[step.key]
    stops = stops_of(case, step)
    promise, began = promise_of(step, limits)
    promised = promise_due(case.application, step, limits, at=at) if status in BEGUN else None
    statutory = due_by_law(case.application, step, limits, at=at) if status in BEGUN else None
    promised_due = promised.due if promised else step.promised_due
    statutory_due = statutory.due if statutory else step.statutory_due
    unmoved = due(promise, local_date(began), at.calendar) if began == step.opened_at and began and stops else None
    running = next((stop.start for stop in stops if stop.end is None), None) if status in STOPPED else None
    stopped_days = sum(at.calendar.working_days(stop.start, stop.end or at.today) for stop in stops)
    return Lane(
        key=step.key,
        kind=limits.kind,
        department=case.department(step),
        department_code=step.department_code,
        title=limits.title,
        status=status,
        outcome=step.decision.outcome if step.decision else None,
        reason=step.decision.reason if step.decision else "",
        conditions=step.decision.conditions if step.decision else "",
        round=step.round,
        round_began=local_date(step.round_began_at) if step.round_began_at else None,
        standing=standing(limits.promised, promised_due, statutory_due, stopped_since=running, at=at)
        if status in BEGUN
        else None,
        opened=local_date(step.opened_at) if step.opened_at else None,
        closed=local_date(step.closed_at) if step.closed_at else None,
        used=_used(case, step, began, promise, at),
        promised=promise,
        statutory=limits.statutory,
        promised_due=promised_due,
        statutory_due=statutory_due,
        unmoved_due=unmoved.due if unmoved and unmoved.due != promised_due else None,
        rule=_rule(step, began, (promised_due, statutory_due), stops, at),
        stops=stops,
        stopped_days=stopped_days,
        expected=expected,
        waits_for=_waits_for(case, step.key) if status is StepStatus.WAITING else (),
    )


def stops_of(case: Case, step: StepRecord) -> tuple[Stop, ...]:
    """Corrections and special procedures in order; before acceptance a correction stops no clock, but all wait."""
    corrections = (
        Stop(
            local_date(asked.asked_at),
            local_date(asked.answered_at) if asked.answered_at else None,
            PauseReason.CORRECTION,
        )
        for asked in case.application.corrections
        if asked.step_id == step.id
    )
    procedures = (
        Stop(pause.span.start, pause.span.end, pause.reason)
        for pause in case.application.pauses
        if pause.step_id == step.id and pause.reason is not PauseReason.CORRECTION
    )
    return tuple(sorted((*corrections, *procedures), key=lambda stop: stop.start))


def _used(case: Case, step: StepRecord, began: datetime | None, limit: Limit, at: Moment) -> int | None:
    """Of the promise of the current round."""
    if step.opened_at is None or began is None:
        return None
    until = local_date(step.closed_at) if step.closed_at else at.today
    pauses = step_pauses(case.application, step)
    return used(local_date(began), until, at.calendar, pauses, limit.unit)


def _rule(
    step: StepRecord,
    began: datetime | None,
    dues: tuple[date | None, date | None],
    stops: tuple[Stop, ...],
    at: Moment,
) -> tuple[int, int | None, int | None]:
    """From the beginning of the round's promise."""
    if step.opened_at is None or began is None:
        return 0, None, None
    start = local_date(began)
    until = local_date(step.closed_at) if step.closed_at else at.today
    stopped = sum(
        at.calendar.working_days(max(stop.start, start), stop.end or at.today)
        for stop in stops
        if (stop.end or at.today) > start
    )
    used_days, promised_days, statutory_days = (
        None if day is None else max(0, at.calendar.working_days(start, day) - stopped) for day in (until, *dues)
    )
    return used_days or 0, promised_days, statutory_days


def _waits_for(case: Case, key: str) -> tuple[Text, ...]:
    planned = next(step for step in plan_of(case.application).steps if step.key == key)
    before = dict.fromkeys(earlier for gate in planned.gates for earlier in gate.of)
    return tuple(case.item.steps[each].title for each in before if case.position.steps[each] in UNFINISHED)
