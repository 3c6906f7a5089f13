"""The calendar in force: the office's rows win over the files of the catalogue."""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.calendar import Calendar
from approvals.records.catalogue import CalendarNotice
from services.current import catalogue
from services.item import CalendarYear


def calendar_in_force(session: Session) -> Calendar:
    """One small query a time; the calendar itself is built once for each state of the rows."""
    rows = session.execute(select(CalendarNotice.year, CalendarNotice.content).order_by(CalendarNotice.id))
    return _built(tuple((year, content) for year, content in rows))


def years_in_force(session: Session) -> dict[int, CalendarYear]:
    """Every year with an official calendar, the office's row before the file."""
    rows = session.execute(select(CalendarNotice.year, CalendarNotice.content).order_by(CalendarNotice.id))
    return _years(tuple((year, content) for year, content in rows))


@lru_cache(maxsize=8)
def _built(notices: tuple[tuple[int, str], ...]) -> Calendar:
    return Calendar(_years(notices).values())


def _years(notices: tuple[tuple[int, str], ...]) -> dict[int, CalendarYear]:
    years = dict(catalogue().calendar)
    for year, content in notices:
        years[year] = _year(year, json.loads(content))
    return years


def _year(year: int, data: dict[str, dict[str, str]]) -> CalendarYear:
    def days(kind: str) -> dict[date, str]:
        return {date.fromisoformat(day): name for day, name in data.get(kind, {}).items()}

    return CalendarYear(year, str(data.get("source", "")), days("rest_days"), days("work_days"))
