"""The calendar in force: the office's rows win over the files of the catalogue, closed days over both."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from sqlalchemy import exists, literal, select, union_all
from sqlalchemy.orm import Session

from approvals.clock.calendar import Calendar
from approvals.records.catalogue import CalendarNotice, Closure
from services.current import catalogue
from services.item import CalendarYear

ARE_CLOSED = 0
"""In place of a year: days are closed by local order, and must be asked for."""
ROWS = union_all(
    select(CalendarNotice.year, CalendarNotice.content, CalendarNotice.id.label("number")),
    select(literal(ARE_CLOSED), literal(""), literal(0)).where(exists().where(Closure.lifted_at.is_(None))),
).order_by("number")


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """An order that closes the offices, and stands."""

    number: int
    first: date
    last: date
    reason: str


def calendar_in_force(session: Session) -> Calendar:
    """One small query a time, two while days are closed; the calendar itself is built once for each of their states."""
    notices = tuple((year, content) for year, content, _ in session.execute(ROWS))
    closed = closed_days(session) if any(year == ARE_CLOSED for year, _ in notices) else ()
    return _built(tuple(each for each in notices if each[0] != ARE_CLOSED), closed)


def closed_days(session: Session) -> tuple[ClosedDays, ...]:
    """Orders that stand, the earliest day first."""
    wanted = select(Closure.id, Closure.first, Closure.last, Closure.reason).where(Closure.lifted_at.is_(None))
    found = session.execute(wanted.order_by(Closure.first, Closure.id))
    return tuple(ClosedDays(number, first, last, reason) for number, first, last, reason in found)


def years_in_force(session: Session) -> dict[int, CalendarYear]:
    """Every year with an official calendar, the office's row before the file."""
    rows = session.execute(select(CalendarNotice.year, CalendarNotice.content).order_by(CalendarNotice.id))
    return _years(tuple((year, content) for year, content in rows))


@lru_cache(maxsize=8)
def _built(notices: tuple[tuple[int, str], ...], closed: tuple[ClosedDays, ...]) -> Calendar:
    days = {
        each.first + timedelta(days=number): each.reason
        for each in closed
        for number in range((each.last - each.first).days + 1)
    }
    return Calendar(_years(notices).values(), days)


def _years(notices: tuple[tuple[int, str], ...]) -> dict[int, CalendarYear]:
    years = dict(catalogue().calendar)
    for year, content in notices:
        years[year] = _year(year, json.loads(content))
    return years


def _year(year: int, data: dict[str, dict[str, str]]) -> CalendarYear:
    def days(kind: str) -> dict[date, str]:
        return {date.fromisoformat(day): name for day, name in data.get(kind, {}).items()}

    return CalendarYear(year, str(data.get("source", "")), days("rest_days"), days("work_days"))
