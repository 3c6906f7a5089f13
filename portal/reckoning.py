"""Count a limit for the command line, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

from approvals.clock import deadline
from approvals.clock.calendar import Calendar
from approvals.clock.pauses import Pause
from services.current import catalogue
from services.item import Limit, Unit

MOST_YEARS = 100
"""Between start and due date: what lies further ahead is a mistyped year."""


class BadPause(Exception):
    """A pause that is not FROM:TO, or ends before it begins."""


class TooFar(Exception):
    """A due date beyond the use of any calendar."""


def reckon(start: date, days: float, unit: str, pauses: Sequence[str]) -> dict[str, Any]:
    """On the official calendar of the catalogue. Keys: due, provisional, from, limit, unit, days[]."""
    limit = Limit(Decimal(str(days)).normalize(), Unit(unit))
    calendar = Calendar(catalogue().calendar.values())
    spans = [_pause(text) for text in pauses]
    try:
        found = cast(deadline.Deadline, deadline.due(limit, start, calendar, spans))  # None is for no limit only
    except OverflowError:
        raise TooFar("the due date lies beyond the year 9999") from None
    if found.due.year - start.year > MOST_YEARS:
        raise TooFar(f"the due date lies in the year {found.due.year}, more than {MOST_YEARS} years ahead")
    return {
        "due": found.due.isoformat(),
        "provisional": found.is_provisional,
        "from": start.isoformat(),
        "limit": f"{days:g}",
        "unit": unit,
        "days": [
            {
                "date": day.date.isoformat(),
                "number": day.number,
                "why": str(day.why),
                "name": day.name,
                "provisional": day.is_provisional,
            }
            for day in deadline.explain(limit, start, calendar, spans)
        ],
    }


def _pause(text: str) -> Pause:
    try:
        begin, end = (date.fromisoformat(part) for part in text.split(":"))
        return Pause(begin, end)
    except ValueError:
        raise BadPause(f"{text!r} is not FROM:TO, such as 2026-05-06:2026-05-12") from None
