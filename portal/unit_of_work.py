"""One commit per request or task, at one place, and nothing leaves before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from approvals.clock.moment import Moment
from approvals.commands.announce import PARCELS
from approvals.commands.refuse import refuse
from approvals.errors import Refusal
from approvals.permissions import SYSTEM, Actor
from approvals.queries.calendar import calendar_in_force
from approvals.queries.for_change import LOCKED, lock
from portal.database import writing
from portal.extensions import db

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

log = structlog.get_logger()

after_commit: list[Callable[[list[int]], None]] = []
"""Called with the ids of parcels just committed, to wake the worker; a failure is logged and never undoes the commit.
"""


def reading() -> Session:
    """The session of this request or task, for questions."""
    return db.session()


def now() -> Moment:
    """The present, for doors only; the heart is always told."""
    return Moment(datetime.now(UTC), calendar_in_force(db.session()))


@contextmanager
def changing(by: Actor = SYSTEM, at: Moment | None = None) -> Iterator[Session]:
    """Begin afresh, commit at the end, wake the worker afterwards.

    A refusal rolls everything back and is then kept with the application that was locked, in its trail or its draft, in
    a transaction of its own; whatever else goes wrong is rolled back and raised.
    """
    session = db.session()
    session.rollback()  # what was read before may be old by the time we hold the lock
    token = writing.set(True)
    try:
        yield session
        session.flush()
        parcels = [parcel.id for parcel in session.info.get(PARCELS, ())]
        session.commit()
    except Refusal as refusal:
        session.rollback()
        _witness(session, refusal, by, at)
        raise
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(LOCKED, None)
        session.info.pop(PARCELS, None)
        writing.reset(token)
    _wake(parcels)


def _witness(session: Session, refusal: Refusal, by: Actor, at: Moment | None) -> None:
    held = session.info.get(LOCKED)
    if held is None:
        return
    application = lock(session, held.id)
    if application is not None:
        refuse(application, refusal.name, by=by, at=at.instant if at else datetime.now(UTC))
        session.commit()
    else:
        session.rollback()


def _wake(parcels: list[int]) -> None:
    if not parcels:
        return
    for wake in after_commit:
        try:
            wake(parcels)
        except Exception as error:  # noqa: BLE001  # whatever it is, the sweep finds what a lost hint leaves behind
            log.warning("hint not sent", error=type(error).__name__, parcels=len(parcels))
