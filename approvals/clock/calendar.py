"""The working-day calendar: which days count, and jumps over thousands of them without a walk."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final, final

from services.item import CalendarYear

ONE_DAY: Final = timedelta(days=1)
_LAST_ORDINAL: Final = date.max.toordinal()


def _weekdays_through(ordinal: int) -> int:
    """Mondays to Fridays from 0001-01-01, which was a Monday, through `ordinal`."""
    weeks, rest = divmod(ordinal, 7)
    return weeks * 5 + min(rest, 5)


def _weekday_number(number: int) -> int:
    """Ordinal of the `number`th weekday since 0001-01-01; the inverse of `_weekdays_through`."""
    weeks, rest = divmod(number - 1, 5)
    return weeks * 7 + rest + 1


@final
class Calendar:
    """Which days are worked: official years, local closures, and the weekday rule where no notice is known.

    Licensing Law art. 82: limits are counted in working days, without statutory holidays. Immutable; of two entries for
    the same year the later wins, so what the office imported is passed after the files.

    Every working day has a running number. Over the years with official or local days it is looked up in a sorted list;
    outside them it is arithmetic, so any question is answered in O(log n) however far it reaches.
    """

    __slots__ = ("_closures", "_first", "_last", "_numbered", "_rest", "_work", "_years")

    def __init__(self, years: Iterable[CalendarYear] = (), closures: Mapping[date, str] | None = None) -> None:
        self._years = {year.year: year for year in years}
        self._closures = dict(closures or {})
        self._rest: dict[date, str] = {}
        self._work: dict[date, str] = {}
        for year in self._years.values():
            self._rest |= year.rest_days
            self._work |= year.work_days
        for day in self._closures:
            self._work.pop(day, None)  # a closed office works on no make-up Saturday either
        self._rest |= self._closures

        touched = {*self._years, *(day.year for day in (*self._rest, *self._work))}
        self._first, self._last, self._numbered = 1, 0, tuple[int, ...]()
        if touched:
            self._first = date(min(touched), 1, 1).toordinal()
            self._last = date(max(touched), 12, 31).toordinal()
            rest = {day.toordinal() for day in self._rest}
            work = {day.toordinal() for day in self._work}
            self._numbered = tuple(
                ordinal
                for ordinal in range(self._first, self._last + 1)
                if ordinal in work or (0 < ordinal % 7 < 6 and ordinal not in rest)
            )

    def with_year(self, year: CalendarYear) -> Calendar:
        """The same calendar with one year's notice added, or replaced by a newer one."""
        return Calendar([*self._years.values(), year], self._closures)

    def with_closures(self, days: Mapping[date, str]) -> Calendar:
        """The same calendar with further local closures, each day with its reason; they win over any notice."""
        return Calendar(self._years.values(), self._closures | dict(days))

    def number(self, day: date) -> int:
        """Running number of the last working day up to and including `day`; only differences have a meaning."""
        ordinal = day.toordinal()
        if ordinal > self._last:
            return len(self._numbered) + _weekdays_through(ordinal) - _weekdays_through(self._last)
        if ordinal < self._first:
            return _weekdays_through(ordinal) - _weekdays_through(self._first - 1)
        return bisect_right(self._numbered, ordinal)

    def numbered(self, number: int) -> date:
        """The working day that bears this running number; OverflowError when it lies beyond the year 9999."""
        listed = len(self._numbered)
        if 0 < number <= listed:
            ordinal = self._numbered[number - 1]
        elif number > listed:
            ordinal = _weekday_number(number - listed + _weekdays_through(self._last))
        else:
            ordinal = _weekday_number(number + _weekdays_through(self._first - 1))
        if not 0 < ordinal <= _LAST_ORDINAL:
            raise OverflowError("no such day: dates end with the year 9999")
        return date.fromordinal(ordinal)

    def is_working_day(self, day: date) -> bool:
        return day in self._work or (day.weekday() < 5 and day not in self._rest)

    def is_official(self, day: date) -> bool:
        """Whether the notice for the day's year is known; if not, the answer about the day is provisional (预计)."""
        return day.year in self._years

    def on_or_after(self, day: date) -> date:
        """The day itself when it is worked, else the next working day (Civil Code art. 203)."""
        return day if self.is_working_day(day) else self.numbered(self.number(day) + 1)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`th working day after `day`, which is not counted (Civil Code art. 201); 0: `on_or_after`."""
        if count < 0:
            raise ValueError("a limit is never negative")
        return self.numbered(self.number(day) + count) if count else self.on_or_after(day)

    def working_days(self, after: date, upto: date) -> int:
        """How many working days lie after `after`, up to and including `upto`; 0 when `upto` is not later."""
        return max(0, self.number(upto) - self.number(after))

    def rest_name(self, day: date) -> str | None:
        """Name of the holiday or reason of the closure; None for working days and ordinary weekends."""
        return self._rest.get(day)

    def work_name(self, day: date) -> str | None:
        """Why a Saturday or Sunday is worked (春节调休, …); None for all other days."""
        return self._work.get(day)


def last_day(day: date, years: int) -> date:
    """Of so many years that begin on `day`: the day before the anniversary, as validity is written on Chinese licences.
    29 February counts as 28 February.
    """
    try:
        anniversary = day.replace(year=day.year + years)
    except ValueError:
        anniversary = day.replace(year=day.year + years, day=28)
    return anniversary - ONE_DAY
