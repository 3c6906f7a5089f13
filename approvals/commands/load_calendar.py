"""Load the official calendar of a year: the row wins over the file of that year, and older rows stay as history."""

from __future__ import annotations

import json

from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.records.catalogue import CalendarNotice
from services.item import CalendarYear


def load_calendar(session: Session, year: CalendarYear, *, by_account: int | None, at: Moment) -> None:
    """Takes effect at the next reading; due dates already written are not moved by it."""
    content = {
        "source": year.source,
        "rest_days": {day.isoformat(): name for day, name in sorted(year.rest_days.items())},
        "work_days": {day.isoformat(): name for day, name in sorted(year.work_days.items())},
    }
    session.add(
        CalendarNotice(
            year=year.year,
            source=year.source,
            content=json.dumps(content, ensure_ascii=False, sort_keys=True),
            loaded_by=by_account,
            loaded_at=at.instant,
        )
    )
