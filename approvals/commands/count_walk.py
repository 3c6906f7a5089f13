"""Count the way a finished application went, in the transaction that finishes it, or take it off the counts."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment, local_date
from approvals.mining.graph import legs
from approvals.mining.walk import Activity, Kind
from approvals.records.application import Application
from approvals.records.base import session_of, upsert
from approvals.records.fold import item_of
from approvals.records.retrace import retraced
from approvals.records.walk import ActivityRecord, LegCount, StayCount, Walk, Way, WayCount, add
from services.item import Item


def count_walk(application: Application, *, at: Moment) -> bool:
    """Its trail is read once; what is added to the counts is kept with it. False: it runs, or was counted before."""
    session = session_of(application)
    ended = application.ended_at
    if ended is None or session.get(Walk, application.id) is not None:
        return False
    walk = retraced(session, application, at.calendar)
    ids = _activities(session, application, {visit.activity for visit in walk})
    names = [ids[visit.activity] for visit in walk]
    month = f"{local_date(ended):%Y-%m}"
    stays = [[name, visit.days] for name, visit in zip(names, walk, strict=True)]
    walked = [[names[leg.source], names[leg.target], leg.days] for leg in legs(walk)]
    way = _way(session, application.item_code, names, [each[:2] for each in walked])
    record = Walk(application_id=application.id, way_id=way, month=month, stays=stays, legs=walked)
    session.add(record)
    session.flush()
    count(session, record, 1)
    return True


def uncount_walk(application: Application, *, at: Moment) -> None:  # as its counterpart
    """It goes on after all."""
    session = session_of(application)
    walk = session.get(Walk, application.id)
    if walk is None:
        return
    count(session, walk, -1)
    session.delete(walk)
    session.flush()


def _activities(session: Session, application: Application, wanted: set[Activity]) -> dict[Activity, int]:
    """By id; those that nobody had before are made."""
    found = _known(session, application.item_code, wanted)
    missing = [each for each in wanted if each not in found]
    if missing:
        item = item_of(application)
        rows = [_row(item, application.item_code, each) for each in missing]
        statement = upsert(session, ActivityRecord).on_conflict_do_nothing()
        session.connection().execute(statement, sorted(rows, key=lambda row: (row["kind"], row["name"])))
        found = _known(session, application.item_code, wanted)
    return found


def _row(item: Item, code: str, activity: Activity) -> dict[str, Any]:
    step = item.steps.get(activity.name) if activity.kind is Kind.STEP else None
    return {
        "item_code": code,
        "kind": str(activity.kind),
        "name": activity.name,
        "step_kind": str(step.kind) if step else "",
        "department_code": activity.department,
    }


def _known(session: Session, item_code: str, wanted: set[Activity]) -> dict[Activity, int]:
    record = ActivityRecord
    fitting = or_(
        *(
            and_(record.kind == str(each.kind), record.name == each.name, record.department_code == each.department)
            for each in wanted
        )
    )
    rows = session.execute(
        select(record.id, record.kind, record.name, record.department_code).where(
            record.item_code == item_code, fitting
        )
    )
    return {Activity(Kind(row.kind), row.name, row.department_code): row.id for row in rows}


def _way(session: Session, item_code: str, names: list[int], edges: list[list[int]]) -> int:
    digest = hashlib.sha256(json.dumps([names, edges]).encode()).hexdigest()
    wanted = select(Way.id).where(Way.digest == digest)
    found = session.scalar(wanted)
    if found is None:
        row = upsert(session, Way).values(item_code=item_code, digest=digest, activities=names, edges=edges)
        session.execute(row.on_conflict_do_nothing())
        found = session.scalars(wanted).one()
    return found


def count(session: Session, walk: Walk, times: int) -> None:
    """What so many applications add that went this way, so long and in this month."""
    month = walk.month
    add(session, WayCount, [{"month": month, "way_id": walk.way_id, "times": times}])
    stayed: Mapping[tuple[int, ...], int] = Counter(tuple(each) for each in walk.stays)
    add(
        session,
        StayCount,
        [
            {"month": month, "activity_id": activity, "days": days, "times": number * times}
            for (activity, days), number in stayed.items()
        ],
    )
    led: Mapping[tuple[int, ...], int] = Counter(tuple(each) for each in walk.legs)
    add(
        session,
        LegCount,
        [
            {"month": month, "source_id": source, "target_id": target, "days": days, "times": number * times}
            for (source, target, days), number in led.items()
        ],
    )


def forget_walks(session: Session) -> None:
    """Everything that was counted: whoever counts anew begins with nothing."""
    for record in (LegCount, StayCount, WayCount, Walk, Way, ActivityRecord):
        session.execute(delete(record))
