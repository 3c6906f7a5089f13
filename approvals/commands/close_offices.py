"""Close the city's offices for days by local order, or lift such an order: then those days count otherwise."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.commands.load_calendar import wake_clocks
from approvals.errors import ClosureNotPossible, NotFound, ReasonMissing
from approvals.permissions import Actor, check
from approvals.records.catalogue import Closure

LONGEST = 366
"""Days that one order may close."""


def close_offices(session: Session, first: date, last: date, reason: str, *, by: Actor, at: Moment) -> Closure:
    """By whoever oversees the limits. Both days included; running dates move with the next strike, which tells
    whom it concerns.
    """
    check(by, "calendar:close")
    if not reason.strip():
        raise ReasonMissing
    if not first <= last or (last - first).days >= LONGEST:
        raise ClosureNotPossible(most=LONGEST)
    closure = Closure(
        first=first, last=last, reason=reason.strip()[:200], declared_by=by.account, declared_at=at.instant
    )
    session.add(closure)
    session.flush()
    wake_clocks(session, at=at)
    return closure


def open_offices(session: Session, number: int, *, by: Actor, at: Moment) -> None:
    """Lift an order; NotFound where none of this number stands."""
    check(by, "calendar:close")
    closure = session.get(Closure, number)
    if closure is None or closure.lifted_at is not None:
        raise NotFound
    closure.lifted_by, closure.lifted_at = by.account, at.instant
    session.flush()
    wake_clocks(session, at=at)
