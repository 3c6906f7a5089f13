"""Calendars of the office: load a year from a file, write one out again in the same form; close days by order."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml
from flask import Flask

from approvals.commands.close_offices import close_offices, open_offices
from approvals.commands.load_calendar import load_calendar
from approvals.errors import ClosureNotPossible, NotFound, ReasonMissing
from approvals.permissions import SYSTEM
from approvals.queries.calendar import closed_days, years_in_force
from portal.unit_of_work import changing, now, reading
from services.problems import CatalogueError
from services.reader import compose, read_calendar_year


class NoCalendar(Exception):
    """The file is no calendar of a year, or no such year is known; says what is wrong, and where."""


def load(app: Flask, file: Path) -> int:
    """The year loaded."""
    page, node = compose(file.read_text(encoding="utf-8", errors="replace"), file.name)
    year = read_calendar_year(page, node)
    if page.problems:
        raise NoCalendar(str(CatalogueError(page.problems)))
    with app.app_context():
        moment = now()
        with changing(at=moment) as session:
            load_calendar(session, year, by=SYSTEM, at=moment)
    return year.year


def export(app: Flask, year: int) -> str:
    """YAML as in services/calendar, so that it can be kept beside the others."""
    with app.app_context():
        found = years_in_force(reading()).get(year)
    if found is None:
        raise NoCalendar(f"there is no official calendar of {year}")
    data = {
        "year": found.year,
        "source": found.source,
        "rest_days": dict(sorted(found.rest_days.items())),
        "work_days": dict(sorted(found.work_days.items())),
    }
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


def close(app: Flask, first: date, last: date, reason: str) -> int:
    """The number of the order."""
    with app.app_context():
        moment = now()
        with changing(at=moment) as session:
            try:
                return close_offices(session, first, last, reason, by=SYSTEM, at=moment).id
            except ReasonMissing:
                raise NoCalendar("say why the offices are closed") from None
            except ClosureNotPossible as refusal:
                message = f"the last day comes before the first, or there are more than {refusal.facts['most']} of them"
                raise NoCalendar(message) from None


def lift(app: Flask, number: int) -> None:
    """The days of the order count again."""
    with app.app_context():
        moment = now()
        with changing(at=moment) as session:
            try:
                open_offices(session, number, by=SYSTEM, at=moment)
            except NotFound:
                raise NoCalendar(f"no order {number} stands") from None


def closures(app: Flask) -> list[dict[str, Any]]:
    """The orders that stand, as JSON values."""
    with app.app_context():
        found = closed_days(reading())
    return [
        {
            "number": each.number,
            "first": each.first.isoformat(),
            "last": each.last.isoformat(),
            "reason": each.reason,
        }
        for each in found
    ]
