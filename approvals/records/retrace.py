"""The walk of one application, read from its trail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.calendar import Calendar
from approvals.clock.moment import local_date
from approvals.events import Event
from approvals.mining.walk import Told, Visit, walk_of
from approvals.records.application import Application
from approvals.records.event import EventRecord


def retraced(session: Session, application: Application, calendar: Calendar) -> tuple[Visit, ...]:
    """In one query. Of an application that runs, the walk so far."""
    events = session.execute(
        select(EventRecord.kind, EventRecord.at, EventRecord.data)
        .where(EventRecord.application_id == application.id)
        .order_by(EventRecord.sequence)
    )
    return walk_of([_told(row, calendar) for row in events], str(application.status))


def _told(row: Any, calendar: Calendar) -> Told:
    kind, data = Event(row.kind), row.data
    return Told(
        kind,
        row.at,
        calendar.number(local_date(row.at)),
        data.get("step") or "",
        data.get("department") or "",
        data["reason"] if kind is Event.CLOCK_PAUSED else "",
    )
