"""How a due date was computed, day by day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from approvals.clock.deadline import DayKind, due, explain, extended
from approvals.clock.moment import Moment, local_date
from approvals.queries.case import Case
from approvals.records.dates import due_by_law, extension_of, law_began, promise_of
from approvals.vocabulary import PauseReason
from services.item import Limit, Text


@dataclass(frozen=True, slots=True)
class ReckonedDay:
    """`number` counts the days of the limit; `name` is the holiday or why a weekend day is worked."""

    date: date
    why: DayKind
    number: int | None
    name: str
    stopped_by: tuple[tuple[PauseReason, str], ...]
    """Of a paused day every pause that covers it: reason and basis."""
    is_promised_due: bool
    is_statutory_due: bool


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The days from the start through the later of the two due dates. `step` None: of the whole application.

    In a later round the days from its beginning through its promise; the limit of the law then runs from `started`.
    """

    key: str
    step: Text | None
    started: date
    round_began: date | None
    promised: Limit
    statutory: Limit
    promised_due: date | None
    statutory_due: date | None
    days: tuple[ReckonedDay, ...]
    is_provisional: bool
    is_cut: bool = False
    """The limit of the whole application runs out before the step's own, and ends it."""
    is_on_return: bool = False
    """It was used up when the mended application came in: the day on which it did is still in time."""
    is_standing: bool = False
    """Its clock stands still now: the days are those if it went on today."""


def reckoning(case: Case, key: str = "", *, at: Moment) -> Reckoning | None:
    """Of a step, or of the whole application; None while its clock has not begun or where nothing limits it."""
    application = case.application
    step = next((each for each in application.steps if each.key == key), None)
    if step is not None:
        limits = case.item.steps[step.key]
        began, owner, end = law_began(step, limits), step.id, step.closed_at
        statutory, title = limits.statutory, limits.title
        promised, promise_began = promise_of(step, limits)
    elif not key:
        began, owner, end = application.accepted_at, None, application.decided_at or application.ended_at
        promised, statutory, title, promise_began = case.item.promised, case.item.statutory, None, began
    else:
        return None
    if began is None or promise_began is None:
        return None
    started, until = local_date(began), local_date(end) if end else at.today
    stops = [pause for pause in application.pauses if pause.step_id == owner or pause.is_suspension]
    pauses = [pause.span for pause in stops]
    extra = application.extended_days if step is None else extension_of(application, step)
    round_began = local_date(promise_began) if promise_began != began else None
    promised_due, statutory_due = (
        extended(due(limit, start, at.calendar, pauses, until), extra, at.calendar, pauses, until)
        for limit, start in ((promised, round_began or started), (statutory, started))
    )
    last, through = date.max, date.min
    is_cut = is_on_return = False
    if step is not None and statutory_due is not None:
        running = due_by_law(application, step, case.item.steps[step.key], at=at)
        last_day = step.statutory_due if end or running is None else running.due
        if last_day is not None and last_day < statutory_due.due:  # the application's own limit ends before
            statutory_due = replace(statutory_due, due=last_day)
            last = max(last_day, promised_due.due) if promised_due else last_day
            is_cut = True
        elif last_day is not None and last_day > statutory_due.due:
            statutory_due = replace(statutory_due, due=last_day)
            through, is_on_return = last_day, True
    later = max((each for each in (promised_due, statutory_due) if each), key=lambda each: each.due, default=None)
    if later is None:
        return None
    limit, start = (promised, round_began or started) if later is promised_due else (statutory, started)
    if round_began is not None and promised_due is not None:
        limit, start = promised, round_began
        if statutory_due is not None and statutory_due.due < promised_due.due:
            promised_due, limit, start, round_began = statutory_due, statutory, started, None
    days = tuple(
        ReckonedDay(
            date=day.date,
            why=day.why,
            number=day.number,
            name=day.name,
            stopped_by=tuple((pause.reason, pause.basis) for pause in stops if pause.span.covers(day.date))
            if day.why is DayKind.PAUSED
            else (),
            is_promised_due=promised_due is not None and day.date == promised_due.due,
            is_statutory_due=statutory_due is not None and day.date == statutory_due.due,
        )
        for day in explain(limit, start, at.calendar, pauses, until, extended_by=extra, through=through)
        if day.date <= last
    )
    return Reckoning(
        key=key,
        step=title,
        started=started,
        round_began=round_began,
        promised=promised,
        statutory=statutory,
        promised_due=promised_due.due if promised_due else None,
        statutory_due=statutory_due.due if statutory_due else None,
        days=days,
        is_provisional=any(each.is_provisional for each in (promised_due, statutory_due) if each),
        is_cut=is_cut,
        is_on_return=is_on_return,
        is_standing=end is None and any(pause.ended_at is None for pause in stops),
    )
