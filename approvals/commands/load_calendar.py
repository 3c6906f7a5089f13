"""Load the official calendar of a year: the row wins over the file of that year, and older rows stay as history."""

from __future__ import annotations

import json

from sqlalchemy import update
from sqlalchemy.orm import Session

from approvals.chain.position import UNFINISHED
from approvals.clock.moment import Moment
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.catalogue import CalendarNotice
from approvals.records.obligation import Obligation
from approvals.records.order import Order
from approvals.records.rating import FollowUp
from approvals.records.step import StepRecord
from approvals.vocabulary import ApplicationStatus, OrderStatus
from services.item import CalendarYear

UNSEEN = {"synchronize_session": False}
RUNNING = {
    StepRecord: tuple(UNFINISHED),
    Application: tuple(status for status in ApplicationStatus if not status.is_decided),
}


def load_calendar(session: Session, year: CalendarYear, *, by: Actor, at: Moment) -> None:
    """By whoever oversees the limits. Takes effect at the next reading; every clock that runs wakes, for its due date
    may have moved.
    """
    check(by, "calendar:load")
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
            loaded_by=by.account,
            loaded_at=at.instant,
        )
    )
    wake_clocks(session, at=at)


def wake_clocks(session: Session, *, at: Moment) -> None:
    """Days count otherwise now: every running clock looks at its dates again, and so does whatever is owed."""
    for record in (StepRecord, Application):
        is_dated = record.promised_due.is_not(None) | record.statutory_due.is_not(None)
        running = update(record).where(is_dated, record.status.in_(RUNNING[record]))
        session.execute(running.values(wake_at=at.instant), execution_options=UNSEEN)
    for kind in (Obligation, FollowUp):
        owed = update(kind).where(kind.closed_at.is_(None))
        session.execute(owed.values(wake_at=at.instant), execution_options=UNSEEN)
    ordered = update(Order).where(Order.status.in_([each for each in OrderStatus if each.waits_for_answer]))
    session.execute(ordered.values(wake_at=at.instant), execution_options=UNSEEN)
