"""What still lies in the outbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from approvals.records.outbox import Parcel


def due_parcels(session: Session, at: datetime, limit: int = 100) -> list[int]:
    """Ids of parcels that are due and neither done nor given up, oldest first."""
    query = select(Parcel.id).where(Parcel.done_at.is_(None), Parcel.failed_at.is_(None), Parcel.due_at <= at)
    return list(session.scalars(query.order_by(Parcel.due_at, Parcel.id).limit(limit)))


def waiting(session: Session) -> tuple[int, int]:
    """How many parcels wait and how many were given up."""
    open_ones = select(func.count()).where(Parcel.done_at.is_(None), Parcel.failed_at.is_(None)).select_from(Parcel)
    dead = select(func.count()).where(Parcel.failed_at.is_not(None)).select_from(Parcel)
    return session.scalars(open_ones).one(), session.scalars(dead).one()
