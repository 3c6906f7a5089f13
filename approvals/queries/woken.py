"""Which applications have a clock that woke: they wait for the next tick."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from approvals.records.application import Application
from approvals.records.obligation import Obligation
from approvals.records.step import StepRecord


def woken(session: Session, at: datetime, limit: int) -> list[int]:
    """Ids, at most `limit`, those that woke first first; three looks into an index when there are none."""
    steps = select(StepRecord.application_id, StepRecord.wake_at).where(StepRecord.wake_at <= at)
    owns = select(Application.id, Application.wake_at).where(Application.wake_at <= at)
    owed = select(Obligation.application_id, Obligation.wake_at).where(Obligation.wake_at <= at)
    first_owed = owed.order_by(Obligation.wake_at).limit(limit).subquery()
    first_steps = steps.order_by(StepRecord.wake_at).limit(limit).subquery()
    first_owns = owns.order_by(Application.wake_at).limit(limit).subquery()
    found = session.execute(union(select(first_steps), select(first_owns), select(first_owed)))
    ordered = sorted(found, key=lambda row: row[1])
    return list(dict.fromkeys(application for application, _ in ordered))[:limit]
