"""Remind of what is owed: the ladder of supervision for obligations, and letters to the applicants who owe."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.audit.append import append
from approvals.clock.ladder import Reached, ladder
from approvals.clock.moment import Moment
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.obligation import deadline_of, move
from approvals.commands.rung import reach
from approvals.events import Event
from approvals.permissions import SYSTEM
from approvals.records.application import Application
from approvals.records.base import write
from approvals.records.dates import morning
from approvals.records.obligation import Obligation
from approvals.vocabulary import Act, ObligationStatus, Rung


def remind(session: Session, applications: Sequence[Application], *, at: Moment) -> int:
    """Act on every obligation of these locked applications that woke; how many rungs were reached.

    Due dates are reckoned anew, and each rung is written once for its due date: striking twice does nothing twice.
    """
    owed = select(Obligation).where(
        Obligation.application_id.in_([each.id for each in applications]), Obligation.wake_at <= at.instant
    )
    return sum(_remind(session, obligation, at) for obligation in session.scalars(owed).all())


def _remind(session: Session, obligation: Obligation, at: Moment) -> int:
    deadline = deadline_of(obligation.limit, obligation.began_at, at=at)
    rungs = ladder(obligation.limit, deadline.due, None, at.calendar)
    if deadline.due != obligation.due:
        _move(obligation, deadline.due, at)
    reached = sum(_reach(session, obligation, rung, at) for rung in rungs if rung.since <= at.today)
    ahead = [rung.since for rung in rungs if rung.since > at.today]
    wakes = morning(min(ahead)) if ahead and not obligation.status.is_closed else None
    write(obligation, due=deadline.due, wake_at=wakes)
    return reached


def _reach(session: Session, obligation: Obligation, reached: Reached, at: Moment) -> bool:
    application, subject = obligation.application, f"obligation-{obligation.id}"
    own = obligation.kind.is_the_applicants and obligation.status is ObligationStatus.OPEN
    if own and reached.rung is Rung.LATE:
        move(obligation, Act.FALL_DUE, by=SYSTEM, at=at)
    if not reach(session, application, subject, obligation.department_code, reached, at=at):
        return False
    if own and reached.rung in (Rung.WARNING, Rung.LATE):
        _tell(obligation, reached, at)
    return True


def _move(obligation: Obligation, due: date, at: Moment) -> None:
    """The days are counted otherwise now; who owes it is told."""
    application = obligation.application
    event = append(
        application,
        Event.DATES_MOVED,
        by=SYSTEM,
        at=at.instant,
        obligation=obligation.id,
        was=obligation.due.isoformat(),
        due=due.isoformat(),
    )
    if obligation.kind.is_the_applicants and obligation.status is ObligationStatus.OPEN:
        announce(application, ParcelKind.LETTER, event, at=at)


def _tell(obligation: Obligation, reached: Reached, at: Moment) -> None:
    """Who owes it is told before and once it is late; further rungs are the departments'."""
    application = obligation.application
    event = append(
        application,
        Event.OBLIGATION_REMINDED,
        by=SYSTEM,
        at=at.instant,
        obligation=obligation.id,
        rung=str(reached.rung),
        due=reached.due.isoformat(),
    )
    announce(application, ParcelKind.LETTER, event, at=at)
