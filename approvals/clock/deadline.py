"""Deadlines: when a limit runs out, how much of it is used, and how the date was reckoned day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from math import ceil

from approvals.clock.calendar import ONE_DAY, Calendar
from approvals.clock.pauses import Pause, spans
from services.item import Limit, Unit


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a limit; the law gives the whole of that day."""

    due: date
    is_provisional: bool
    """预计: a day it depends on lies in a year whose official notice is not known yet."""
    is_stopped: bool
    """A pause runs, so `due` still moves on with every day the pause lasts."""


class DayKind(StrEnum):
    """Why a day was counted or not."""

    START = "start"
    """The day of the event itself, never counted (Civil Code art. 201)."""
    COUNTED = "counted"
    REST = "rest"
    """An ordinary weekend."""
    HOLIDAY = "holiday"
    """An official rest day, or a local closure."""
    PAUSED = "paused"
    MOVED = "moved"
    """The due date, put off to it because the last day was none to work on (Civil Code art. 203)."""


@dataclass(frozen=True, slots=True)
class Day:
    """One line of the reckoning. `number` counts the days of the limit from 1."""

    date: date
    number: int | None
    why: DayKind
    is_provisional: bool
    name: str = ""
    """The holiday, the closure's reason or the make-up workday; empty for ordinary days."""


def due(
    limit: Limit, started: date, calendar: Calendar, pauses: Sequence[Pause] = (), today: date | None = None
) -> Deadline | None:
    """When the limit runs out that `started` set running; None when there is no limit.

    The day of the start is not counted (Civil Code art. 201), paused days are not (Licensing Law art. 45), and half a
    day lasts until the end of the day it falls in. 0 days end on the day of the start. A last day that is a rest day or
    paused moves to the next that is neither (Civil Code art. 203), so what is due is always due on a day of work.

    A pause still running is reckoned as if it ended `today`; without `today`, as if it ended on the day it began, which
    gives the earliest date possible. Raises OverflowError beyond the year 9999 and ValueError for negative limits.
    """
    if limit.days is None:
        return None
    uncounted = spans(pauses, today or date.min) if pauses else []
    last = _last_day(limit, _whole(limit.days), started, calendar, uncounted)
    first = started + ONE_DAY if limit.days else started
    return Deadline(
        due=last,
        is_provisional=_reaches_unknown_year(first, last, calendar, uncounted),
        is_stopped=bool(pauses) and _is_stopped(pauses, today),
    )


def explain(
    limit: Limit,
    started: date,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    today: date | None = None,
    *,
    extended_by: int = 0,
    through: date = date.min,
) -> tuple[Day, ...]:
    """The reckoning of `due` with the same arguments, extended by working days: one line a day, from the start through
    the due date, or further `through` a day on which the limit is used up.
    """
    deadline = due(limit, started, calendar, pauses, today)
    if limit.days is None or deadline is None:
        return ()
    wanted = _whole(limit.days)
    uncounted = spans(pauses, today or date.min)
    lines = [_line(started, None, DayKind.START, calendar)]
    counted = 0
    for ordinal in range(started.toordinal() + 1, max(deadline.due, through).toordinal() + 1):
        day = date.fromordinal(ordinal)
        is_worked = calendar.is_working_day(day)
        if any(before < day <= end for before, end in uncounted):
            lines.append(_line(day, None, DayKind.PAUSED, calendar))
        elif counted < wanted and (is_worked or limit.unit is Unit.CALENDAR_DAYS):
            counted += 1
            lines.append(_line(day, counted, DayKind.COUNTED, calendar))
        elif is_worked:
            lines.append(_line(day, None, DayKind.MOVED, calendar))
        else:
            why = DayKind.HOLIDAY if calendar.rest_name(day) else DayKind.REST
            lines.append(_line(day, None, why, calendar))
    if extended_by:
        further = explain(Limit(Decimal(extended_by)), deadline.due, calendar, pauses, today)
        lines += [replace(line, number=line.number and counted + line.number) for line in further[1:]]
    return tuple(lines)


def used(started: date, until: date, calendar: Calendar, pauses: Sequence[Pause], unit: Unit) -> int:
    """Days of a limit consumed after `started` through `until` without the paused ones; an open pause still runs."""
    if until <= started:
        return 0
    paused = sum(
        _days_between(max(before, started), min(end, until), calendar, unit)
        for before, end in spans(pauses, until)
        if before < until and end > started
    )
    return _days_between(started, until, calendar, unit) - paused


def remaining(today: date, due: date, calendar: Calendar, unit: Unit = Unit.WORKING_DAYS) -> int:
    """Days left after `today` up to and including `due`; negative: days past due. 0 is today, or a weekend after it."""
    return _days_between(today, due, calendar, unit) - _days_between(due, today, calendar, unit)


def extended(
    deadline: Deadline | None,
    working_days: int,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    today: date | None = None,
) -> Deadline | None:
    """The deadline after an extension (延长审批, Licensing Law art. 42): further working days (art. 82) after the due
    date, whatever the unit of the limit; no deadline stays none.
    """
    if deadline is None or not working_days:
        return deadline
    later = due(Limit(Decimal(working_days)), deadline.due, calendar, pauses, today)
    return later and replace(later, is_provisional=deadline.is_provisional or later.is_provisional)


def _whole(days: Decimal) -> int:
    if days < 0:
        raise ValueError("a limit is never negative")
    return ceil(days)


def _last_day(
    limit: Limit, count: int, started: date, calendar: Calendar, uncounted: Sequence[tuple[date, date]]
) -> date:
    if limit.unit is Unit.WORKING_DAYS and count:
        first = calendar.number(started)
        number = first + count
        for before, end in uncounted:
            reached = calendar.number(before)
            if number <= reached:
                break  # the limit runs out before this pause takes a day
            if end > started:
                number += calendar.number(end) - max(reached, first)
        return calendar.numbered(number)

    last = started + timedelta(days=count)
    for before, end in uncounted:
        if last <= before:
            break
        if end > started:
            last += end - max(before, started)
    for before, end in uncounted:
        last = calendar.on_or_after(last)
        if before < last <= end:
            last = end + ONE_DAY  # the move to the next working day ran into a pause
    return calendar.on_or_after(last)


def _is_stopped(pauses: Sequence[Pause], today: date | None) -> bool:
    if today is None:
        return any(pause.end is None for pause in pauses)
    return any(pause.is_running_on(today) for pause in pauses)


def _days_between(after: date, upto: date, calendar: Calendar, unit: Unit) -> int:
    if unit is Unit.WORKING_DAYS:
        return calendar.working_days(after, upto)
    return max(0, (upto - after).days)


def _reaches_unknown_year(first: date, last: date, calendar: Calendar, uncounted: Sequence[tuple[date, date]]) -> bool:
    """Whether any unpaused day from `first` through `last` lies in an unknown year.

    Days that were not counted matter too: in a year without notice a Saturday may yet become a workday.
    """
    if not calendar.is_official(last):
        return True
    for year in range(first.year, last.year):
        if not calendar.is_official(date(year, 1, 1)):
            before_it = max(first, date(year, 1, 1)).toordinal() - 1
            end_of_it = date(year, 12, 31).toordinal()
            paused = sum(
                max(0, min(end.toordinal(), end_of_it) - max(before.toordinal(), before_it))
                for before, end in uncounted
            )
            if paused < end_of_it - before_it:
                return True
    return False


def _line(day: date, number: int | None, why: DayKind, calendar: Calendar) -> Day:
    name = calendar.rest_name(day) or calendar.work_name(day) or ""
    return Day(day, number, why, not calendar.is_official(day), name)
