"""Whether what the process map counts is what the trail says: read again from every application, by the slow way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.calendar import Calendar
from approvals.mining.walk import Activity, Kind
from approvals.records.application import Application
from approvals.records.retrace import retraced
from approvals.records.walk import ActivityRecord, LegCount, StayCount, Walk, Way, WayCount
from approvals.vocabulary import FINAL

BATCH = 500


def uncounted(session: Session, calendar: Calendar) -> Iterator[str]:
    """In words: finished applications whose walk is missing or another one, and counts that are not their sum.

    How long anything took is not compared with the trail: a calendar that was corrected since changes it.
    """
    known = {
        row.id: Activity(Kind(row.kind), row.name, row.department_code)
        for row in session.execute(
            select(ActivityRecord.id, ActivityRecord.kind, ActivityRecord.name, ActivityRecord.department_code)
        )
    }
    summed: dict[type, Counter[tuple[Any, ...]]] = {WayCount: Counter(), StayCount: Counter(), LegCount: Counter()}
    for application in _finished(session):
        walk = session.get(Walk, application.id)
        if walk is None:
            yield f"{application.number}: it is finished, but not counted in the process map"
            continue
        way = session.get_one(Way, walk.way_id)
        if [known[each] for each in way.activities] != [
            visit.activity for visit in retraced(session, application, calendar)
        ]:
            yield f"{application.number}: the process map counts another way than its trail tells"
        summed[WayCount][walk.month, walk.way_id] += 1
        summed[StayCount].update((walk.month, *each) for each in walk.stays)
        summed[LegCount].update((walk.month, *each) for each in walk.legs)
    for record, counts in summed.items():
        keys = [column.key for column in record.__table__.primary_key]  # type: ignore[attr-defined]
        columns = [record.__table__.c[key] for key in (*keys, "times")]  # type: ignore[attr-defined]
        stored = {tuple(row[:-1]): row[-1] for row in session.execute(select(*columns)) if row[-1]}
        if stored != counts:
            yield f"the process map's {record.__tablename__} are not the sum of the walks"  # type: ignore[attr-defined]


def _finished(session: Session) -> Iterator[Application]:
    last = 0
    while ids := finished_after(session, last):
        yield from session.scalars(select(Application).where(Application.id.in_(ids)).order_by(Application.id)).all()
        last = ids[-1]
        session.expunge_all()


def finished_after(session: Session, last: int) -> list[int]:
    """The next ones by id: walking them takes constant memory."""
    query = select(Application.id).where(Application.id > last, Application.status.in_(FINAL))
    return list(session.scalars(query.order_by(Application.id).limit(BATCH)))
