"""The calendar that limits are counted on, for everybody who works here: official years, days closed by local order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.permissions import Actor, check, may
from approvals.queries.calendar import ClosedDays, closed_days, years_in_force


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row that the notice gives one name."""

    first: date
    last: date
    name: str


@dataclass(frozen=True, slots=True)
class YearSeen:
    year: int
    source: str
    rest: tuple[Stretch, ...]
    work: tuple[Stretch, ...]
    """Rest days of the week that are worked for it (调休)."""


@dataclass(frozen=True, slots=True)
class OfficeCalendar:
    """`years` from this one on; what comes after them is counted by the week alone, and provisional."""

    years: tuple[YearSeen, ...]
    closures: tuple[ClosedDays, ...]
    may_close: bool
    may_load: bool


def office_calendar(session: Session, *, by: Actor, at: Moment) -> OfficeCalendar:
    check(by, "calendar:read")
    found = years_in_force(session)
    years = tuple(
        YearSeen(each.year, each.source, _stretches(each.rest_days), _stretches(each.work_days))
        for number, each in sorted(found.items())
        if number >= at.today.year
    )
    return OfficeCalendar(years, closed_days(session), may(by, "calendar:close"), may(by, "calendar:load"))


def _stretches(days: dict[date, str]) -> tuple[Stretch, ...]:
    found: list[Stretch] = []
    for day, name in sorted(days.items()):
        if found and found[-1].name == name and (day - found[-1].last).days == 1:
            found[-1] = Stretch(found[-1].first, day, name)
        else:
            found.append(Stretch(day, day, name))
    return tuple(found)
