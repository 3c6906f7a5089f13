"""How a due date was computed, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from approvals.clock.deadline import DayKind, due, explain, extended
from approvals.clock.moment import Moment, local_date
from approvals.queries.case import Case
from approvals.records.dates import extension_of
from services.item import Limit, Text


@dataclass(frozen=True, slots=True)
class ReckonedDay:
    """`number` counts the days of the limit; `name` is the holiday or why a weekend day is worked."""

    date: date
    why: DayKind
    number: int | None
    name: str
    is_provisional: bool
    is_promised_due: bool
    is_statutory_due: bool


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The days from the start through the later of the two due dates. `step` None: of the whole application."""

    key: str
    step: Text | None
    started: date
    promised: Limit
    statutory: Limit
    promised_due: date | None
    statutory_due: date | None
    days: tuple[ReckonedDay, ...]
    is_provisional: bool


def reckoning(case: Case, key: str = "", *, at: Moment) -> Reckoning | None:
    """Of a step, or of the whole application; None while its clock has not begun or where nothing limits it."""
    application = case.application
    step = next((each for each in application.steps if each.key == key), None)
    if step is not None:
        began, owner, end = step.opened_at, step.id, step.closed_at
        limits = case.item.steps[step.key]
        promised, statutory, title = limits.promised, limits.statutory, limits.title
    elif not key:
        began, owner, end = application.accepted_at, None, application.decided_at or application.ended_at
        promised, statutory, title = case.item.promised, case.item.statutory, None
    else:
        return None
    if began is None:
        return None
    started, until = local_date(began), local_date(end) if end else at.today
    pauses = [pause.span for pause in application.pauses if pause.step_id == owner or pause.is_suspension]
    extra = application.extended_days if step is None else extension_of(application, step)
    promised_due, statutory_due = (
        extended(due(limit, started, at.calendar, pauses, until), extra, at.calendar, pauses, until)
        for limit in (promised, statutory)
    )
    later = max((each for each in (promised_due, statutory_due) if each), key=lambda each: each.due, default=None)
    if later is None:
        return None
    limit = promised if later is promised_due else statutory
    days = tuple(
        ReckonedDay(
            date=day.date,
            why=day.why,
            number=day.number,
            name=day.name,
            is_provisional=day.is_provisional,
            is_promised_due=promised_due is not None and day.date == promised_due.due,
            is_statutory_due=statutory_due is not None and day.date == statutory_due.due,
        )
        for day in explain(limit, started, at.calendar, pauses, until, extended_by=extra)
    )
    return Reckoning(
        key=key,
        step=title,
        started=started,
        promised=promised,
        statutory=statutory,
        promised_due=promised_due.due if promised_due else None,
        statutory_due=statutory_due.due if statutory_due else None,
        days=days,
        is_provisional=any(each.is_provisional for each in (promised_due, statutory_due) if each),
    )
