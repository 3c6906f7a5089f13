"""Look: note how far somebody of the department has read its steps, and that a desk stands open before them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.errors import NotFound, NotYourStep
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.base import upsert
from approvals.records.look import Look
from approvals.records.step import StepRecord

STAYS_OPEN = timedelta(seconds=75)
"""How long a desk counts as open after its page last said so; it says so every half minute."""


def look(session: Session, seen: Mapping[int, int], *, is_open: bool = False, by: Actor, at: Moment) -> None:
    """`seen` says for each step how many events of its trail were on the page. Nobody reads backwards, nor ahead of the
    trail. NotYourStep when any of the steps is none of the department's.
    """
    check(by, "queue:read")
    found = session.execute(
        select(StepRecord.id, StepRecord.department_code, Application.trail_length)
        .join(Application, StepRecord.application_id == Application.id)
        .where(StepRecord.id.in_(seen))
    ).all()
    if len(found) < len(seen):
        raise NotFound
    if any(row.department_code != by.department for row in found):
        raise NotYourStep
    until = at.instant + STAYS_OPEN if is_open else None
    rows = [
        {
            "account_id": by.person,
            "step_id": row.id,
            "seen": min(seen[row.id], row.trail_length),
            "at": at.instant,
            "open_until": until,
        }
        for row in found
    ]
    if not rows:
        return
    statement = upsert(session, Look).values(rows)
    new = statement.excluded
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Look.account_id, Look.step_id],
            set_={
                "seen": case((new.seen > Look.seen, new.seen), else_=Look.seen),
                "at": new.at,
                "open_until": func.coalesce(new.open_until, Look.open_until),
            },
        )
    )


def look_at(session: Session, number: str, key: str, seen: int, *, is_open: bool, by: Actor, at: Moment) -> None:
    """The same for one desk, by its application's number and the step's key."""
    which = (
        select(StepRecord.id)
        .join(Application, StepRecord.application_id == Application.id)
        .where(Application.number == number, StepRecord.key == key)
    )
    step = session.scalars(which).one_or_none()
    if step is None:
        raise NotFound
    look(session, {step: seen}, is_open=is_open, by=by, at=at)
