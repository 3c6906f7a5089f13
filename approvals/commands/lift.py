"""Lift a signature: take up what is due, and put the file that came out of it into the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.audit.append import append
from approvals.clock.moment import Moment
from approvals.events import Event
from approvals.permissions import Actor, check
from approvals.records.base import session_of
from approvals.records.certificate import Certificate, Lift
from approvals.records.material import StoredFile
from approvals.vocabulary import SignatureLevel

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
"""Between attempts, each time twice as long; it is never given up, and the certificate is in force meanwhile."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What is to be lifted: the file, the level wanted; at that level already, its archive time-stamp is renewed."""

    certificate_id: int
    application_id: int
    sha256: str
    wanted: SignatureLevel
    level: SignatureLevel


def claim(session: Session, certificate_id: int, *, at: Moment) -> Claim | None:
    """Count an attempt before it is made; None when it is not due, or another took it up."""
    certificate = session.get(Certificate, certificate_id, with_for_update=True, populate_existing=True)
    if certificate is None or certificate.lift is None or certificate.sha256 is None or certificate.level is None:
        return None
    session.refresh(certificate.lift)
    if certificate.lift.due_at > at.instant:
        return None
    certificate.lift.attempts += 1
    certificate.lift.due_at = at.instant + wait(certificate.lift.attempts)
    return Claim(
        certificate.id, certificate.application_id, certificate.sha256, certificate.lift.wanted, certificate.level
    )


def make_due(session: Session, number: str | None, *, at: Moment) -> list[int]:
    """The certificate of that number, or all that are behind the level wanted, due now; their ids."""
    query = select(Lift, Certificate.level).join(Lift.certificate)
    if number is not None:
        query = query.where(Certificate.number == number)
    found = []
    for each, level in session.execute(query.order_by(Lift.id)):
        if number is not None or level is None or level.rank < each.wanted.rank or each.error is not None:
            each.due_at = at.instant
            found.append(each.certificate_id)
    return found


def wait(attempts: int) -> timedelta:
    """Until the next attempt."""
    return min(FIRST_WAIT * (1 << min(attempts - 1, 10)), LONGEST_WAIT)


def plan(
    certificate: Certificate, wanted: SignatureLevel, failure: str | None, renew_at: datetime | None, at: Moment
) -> None:
    """What is still to be done: soon where the level was not reached, before it weakens where it was, or nothing."""
    is_reached = certificate.level is not None and certificate.level.rank >= wanted.rank
    if is_reached and failure is None and renew_at is None:
        if certificate.lift is not None:
            session_of(certificate).delete(certificate.lift)
        return
    if certificate.lift is None:
        certificate.lift = Lift(wanted=wanted, due_at=at.instant, attempts=0)
    if failure is not None or not is_reached:
        attempts = max(1, certificate.lift.attempts)
        certificate.lift.due_at, certificate.lift.error = at.instant + wait(attempts), failure
        certificate.lift.attempts = attempts
    elif renew_at is not None:
        certificate.lift.due_at, certificate.lift.error = renew_at, None
        certificate.lift.attempts = 0


def lift(
    certificate: Certificate,
    *,
    from_sha256: str,
    sha256: str,
    size: int,
    level: SignatureLevel,
    failure: str | None,
    renew_at: datetime | None,
    by: Actor,
    at: Moment,
) -> bool:
    """False when nothing was gained, or when another put a file there meanwhile: then that one stays."""
    application = certificate.application
    check(by, "application:issue", application)
    if certificate.lift is None or certificate.sha256 != from_sha256:
        return False
    wanted, is_new = certificate.lift.wanted, sha256 != from_sha256
    if is_new:
        session = session_of(application)
        if session.get(StoredFile, sha256) is None:
            session.add(
                StoredFile(
                    sha256=sha256, size=size, media_type="application/pdf", pages=1, scan="own", created_at=at.instant
                )
            )
            session.flush()  # the certificate refers to it
        certificate.sha256, certificate.level = sha256, level
    plan(certificate, wanted, failure, renew_at, at)
    if is_new:
        append(
            application,
            Event.SIGNATURE_LIFTED,
            by=by,
            at=at.instant,
            number=certificate.number,
            level=str(level),
            sha256=sha256,
        )
    return is_new
