"""How far the making of certificates is: what waits, what was made today, how fast, and what failed and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.errors import NotFound
from approvals.permissions import Actor, check
from approvals.queries.paging import Page, paged
from approvals.records.application import Application
from approvals.records.certificate import Certificate
from approvals.records.dates import morning
from approvals.records.outbox import PAPER, Parcel, has_failed
from approvals.vocabulary import CertificateStatus

RECENT = timedelta(minutes=5)
"""Over which the pace is taken."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A certificate whose paper could not be made. `trouble` names what stood in the way, empty for a worker that was
    killed each time; `due_at` is none once the portal gave it up.
    """

    number: str
    title: str
    application: str
    department: str
    trouble: str
    error: str
    attempts: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Making:
    """`waiting` does not count what failed; `pace` is made in a minute of late, none while nothing was."""

    waiting: int
    made_today: int
    pace: float | None
    failed: Page[Failed]

    @property
    def all_of_today(self) -> int:
        return self.waiting + self.made_today + self.failed.total

    @property
    def minutes_left(self) -> int | None:
        """Rounded up."""
        if not self.waiting or not self.pace:
            return None
        return -int(-self.waiting // self.pace)


def making(session: Session, *, page: int = 1, by: Actor, at: Moment) -> Making:
    """Of the actor's department. As many queries for ten thousand certificates as for one."""
    check(by, "certificate:register")
    if by.department is None:
        raise NotFound
    own = Certificate.department_code == by.department
    query, number, total = paged(session, _failed(own), page)
    return Making(
        waiting=_waiting(session, own),
        made_today=_made(session, own, morning(at.today))[0],
        pace=_pace(session, own, at.instant),
        failed=Page(tuple(_row(*found) for found in session.execute(query)), number, total),
    )


def making_everywhere(session: Session, *, at: Moment, most: int = 1000) -> Making:
    """Of all departments, for whoever runs the installation."""
    every = Certificate.department_code.is_not(None)
    failed = tuple(_row(*found) for found in session.execute(_failed(every).limit(most)))
    return Making(
        waiting=_waiting(session, every),
        made_today=_made(session, every, morning(at.today))[0],
        pace=_pace(session, every, at.instant),
        failed=Page(failed, 1, len(failed)),
    )


def _open() -> ColumnElement[bool]:
    return and_(
        Parcel.application_id == Certificate.application_id,
        Parcel.kind == PAPER,
        Parcel.done_at.is_(None),
    )


def _waiting(session: Session, whose: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Certificate).join(Parcel, _open())
    query = query.where(whose, Certificate.status == CertificateStatus.PENDING, ~has_failed())
    return session.scalars(query).one()


def _failed(whose: ColumnElement[bool]) -> Select[*tuple[Certificate, str | None, Parcel]]:
    return (
        select(Certificate, Application.number, Parcel)
        .join(Parcel, _open())
        .join(Application, Application.id == Certificate.application_id)
        .where(whose, Certificate.status == CertificateStatus.PENDING, has_failed())
        .order_by(Certificate.id)
    )


def _row(certificate: Certificate, application: str | None, parcel: Parcel) -> Failed:
    error = parcel.error or ""
    return Failed(
        certificate.number,
        certificate.title,
        str(application),
        certificate.department_code,
        error.partition(":")[0],
        error,
        parcel.attempts,
        None if parcel.failed_at else parcel.due_at,
    )


def _made(session: Session, whose: ColumnElement[bool], since: datetime) -> tuple[int, datetime | None]:
    """How many since then, and when the first of them; the index of what was delivered answers it."""
    query = select(func.count(), func.min(Parcel.done_at)).select_from(Parcel)
    query = query.join(Certificate, Certificate.application_id == Parcel.application_id)
    count, first = session.execute(query.where(whose, Parcel.kind == PAPER, Parcel.done_at >= since)).one()
    return count, first


def _pace(session: Session, whose: ColumnElement[bool], now: datetime) -> float | None:
    count, first = _made(session, whose, now - RECENT)
    if first is None or count < 2:
        return None
    return count * 60 / max((now - first).total_seconds(), 1.0)
