"""Which applications have a clock that woke: they wait for the next tick."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from approvals.records.application import Application
from approvals.records.obligation import Obligation
from approvals.records.order import Order
from approvals.records.rating import FollowUp
from approvals.records.step import StepRecord


def woken(session: Session, at: datetime, limit: int) -> list[int]:
    """Ids, at most `limit`, those that woke first first; five looks into an index when there are none."""
    steps = select(StepRecord.application_id, StepRecord.wake_at).where(StepRecord.wake_at <= at)
    owns = select(Application.id, Application.wake_at).where(Application.wake_at <= at)
    owed = select(Obligation.application_id, Obligation.wake_at).where(Obligation.wake_at <= at)
    followed = select(FollowUp.application_id, FollowUp.wake_at).where(FollowUp.wake_at <= at)
    ordered = select(Order.application_id, Order.wake_at).where(Order.wake_at <= at)
    first_ordered = ordered.order_by(Order.wake_at).limit(limit).subquery()
    first_followed = followed.order_by(FollowUp.wake_at).limit(limit).subquery()
    first_owed = owed.order_by(Obligation.wake_at).limit(limit).subquery()
    first_steps = steps.order_by(StepRecord.wake_at).limit(limit).subquery()
    first_owns = owns.order_by(Application.wake_at).limit(limit).subquery()
    firsts = (first_steps, first_owns, first_owed, first_followed, first_ordered)
    found = session.execute(union(*(select(each) for each in firsts)))
    by_time = sorted(found, key=lambda row: row[1])
    return list(dict.fromkeys(application for application, _ in by_time))[:limit]
