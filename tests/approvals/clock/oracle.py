"""The law of limits once more, one day after the other and as plainly as possible, to judge the fast clock by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from approvals.clock.pauses import Pause
from services.item import CalendarYear, Limit, Unit


@dataclass(frozen=True)
class Oracle:
    """Knows the days one by one; has no idea of numbers, spans or jumps."""

    years: Sequence[CalendarYear] = ()
    closures: dict[date, str] = field(default_factory=dict)

    def is_worked(self, day: date) -> bool:
        if day in self.closures:
            return False
        for year in self.years:
            if day in year.rest_days:
                return False
            if day in year.work_days:
                return True
        return day.strftime("%u") not in {"6", "7"}

    def is_known(self, day: date) -> bool:
        return any(year.year == day.year for year in self.years)

    def due(
        self, limit: Limit, started: date, pauses: Sequence[Pause], today: date | None
    ) -> tuple[date, bool, list[date]]:
        """Due date, whether it is provisional, and the days counted."""
        assert limit.days is not None
        still_to_count = limit.days
        counted: list[date] = []
        seen: list[date] = []
        for day in days_from(started):
            is_free = not is_uncounted(day, pauses, today)
            if day > started or limit.days == 0:
                seen += [day] if is_free else []
            may_count = limit.unit is Unit.CALENDAR_DAYS or self.is_worked(day)
            if day > started and is_free and may_count and still_to_count > 0:
                counted.append(day)
                still_to_count -= Decimal(1)
            if still_to_count <= 0 and is_free and self.is_worked(day):
                return day, not all(self.is_known(other) for other in seen), counted
        raise AssertionError("days never end")


def is_uncounted(day: date, pauses: Sequence[Pause], today: date | None) -> bool:
    for pause in pauses:
        end = pause.end or today or pause.start
        first_left_out = pause.start + timedelta(days=1)
        if first_left_out <= day <= end:
            return True
    return False


def days_from(first: date) -> Iterator[date]:
    day = first
    while True:
        yield day
        day += timedelta(days=1)
