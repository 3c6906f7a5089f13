"""Which applications have a clock that woke: they wait for the next tick."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from approvals.records.application import Application
from approvals.records.obligation import Obligation
from approvals.records.order import Order
from approvals.records.rating import FollowUp
from approvals.records.step import StepRecord


def woken(session: Session, at: datetime, limit: int, without: Collection[int] = ()) -> list[int]:
    """Ids, at most `limit` and none of `without`, those that woke first first; five looks into an index when there are
    none.
    """
    firsts = (
        _first(at, limit, without, StepRecord.application_id, StepRecord.wake_at),
        _first(at, limit, without, Application.id, Application.wake_at),
        _first(at, limit, without, Obligation.application_id, Obligation.wake_at),
        _first(at, limit, without, FollowUp.application_id, FollowUp.wake_at),
        _first(at, limit, without, Order.application_id, Order.wake_at),
    )
    by_time = sorted(session.execute(union(*firsts)), key=lambda row: row[1])
    return list(dict.fromkeys(application for application, _ in by_time))[:limit]


def _first(
    at: datetime,
    limit: int,
    without: Collection[int],
    application: InstrumentedAttribute[int],
    wakes: InstrumentedAttribute[datetime | None],
) -> Select[Any]:
    """Of one kind of clock: whose it is and when it woke."""
    found = select(application, wakes).where(wakes <= at).order_by(wakes).limit(limit)
    return select((found.where(application.not_in(without)) if without else found).subquery())
