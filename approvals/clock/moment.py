"""A moment: an instant and the calendar it is counted on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from approvals.clock.calendar import Calendar

CITY = ZoneInfo("Asia/Shanghai")


def local_date(instant: datetime) -> date:
    """The day of an aware instant in the city; the law counts local days."""
    return instant.astimezone(CITY).date()


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is done. `instant` is aware UTC; commands get it passed, there is no hidden now."""

    instant: datetime
    calendar: Calendar

    @property
    def today(self) -> date:
        return local_date(self.instant)
