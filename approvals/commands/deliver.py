"""Claim a parcel of the outbox, mark it done or failed, and take up again what was given up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Update, case, select, update
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.permissions import Actor, check
from approvals.records.certificate import Certificate
from approvals.records.outbox import PAPER, Parcel, has_failed

MOST_ATTEMPTS = 12
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=10)
"""Between attempts, each time twice as long: the last of them comes about an hour after the first."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What the one who claimed a parcel has to do."""

    kind: str
    data: Mapping[str, Any]


def claim(session: Session, parcel_id: int, *, at: Moment) -> Claim | None:
    """Count an attempt before it is made. None when the parcel is unknown, done, given up or somebody else's for now.

    What kills its worker fails without a word; counted beforehand, it comes up again later and ever less often, and
    stands in nobody's way meanwhile. The claim is a wait and no lock: whoever finds the parcel due again, tries again.
    """
    parcel = session.get(Parcel, parcel_id, with_for_update=True, populate_existing=True)
    if parcel is None or parcel.done_at or parcel.failed_at or parcel.due_at > at.instant:
        return None
    if parcel.attempts >= MOST_ATTEMPTS:
        parcel.failed_at = at.instant  # the last attempt never came back
        return None
    parcel.attempts += 1
    parcel.due_at = at.instant + min(FIRST_WAIT * 2 ** (parcel.attempts - 1), LONGEST_WAIT)
    return Claim(parcel.kind, dict(parcel.data))


def close(session: Session, parcel_id: int, *, at: Moment) -> bool:
    """Close it, in the transaction of its effect. False when another was first: then the effect must not happen."""
    closing = update(Parcel).where(Parcel.id == parcel_id, Parcel.done_at.is_(None)).values(done_at=at.instant)
    return session.execute(closing.returning(Parcel.id)).first() is not None


def fail(session: Session, parcel_id: int, error: str, *, at: Moment) -> None:
    """Note why an attempt failed; after the last one the parcel becomes a dead letter that `rongyiban check` names."""
    given_up = case((Parcel.attempts >= MOST_ATTEMPTS, at.instant), else_=None)
    failing = update(Parcel).where(Parcel.id == parcel_id, Parcel.done_at.is_(None))
    session.execute(failing.values(error=error, failed_at=given_up))


def make_again(session: Session, number: str | None, *, by: Actor, at: Moment) -> int:
    """Papers of the actor's department that could not be made are due now, as if never tried; only that of certificate
    `number`, where one is named. How many: none where the cause was mended meanwhile by itself.
    """
    check(by, "certificate:make")
    own = select(Certificate.application_id).where(Certificate.department_code == by.department)
    if number is not None:
        own = own.where(Certificate.number == number)
    again = update(Parcel).where(
        Parcel.application_id.in_(own),
        Parcel.kind == PAPER,
        has_failed(),
    )
    return _due_again(session, again, at)


def take_up(session: Session, *, at: Moment) -> int:
    """Make everything that was given up due again, its attempts forgotten; how many parcels that was."""
    again = update(Parcel).where(Parcel.failed_at.is_not(None), Parcel.done_at.is_(None))
    return _due_again(session, again, at)


def _due_again(session: Session, which: Update, at: Moment) -> int:
    fresh = which.values(failed_at=None, error=None, attempts=0, due_at=at.instant)
    return len(session.execute(fresh.returning(Parcel.id)).all())
