"""Lift a signature: take up what is due, and put the file that came out of it into the register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from approvals.audit.append import append
from approvals.certificates.levels import wanted_level
from approvals.clock.moment import Moment, local_date
from approvals.events import Event
from approvals.permissions import Actor, check
from approvals.records.base import session_of
from approvals.records.certificate import Certificate, Lift
from approvals.records.copy import CertificateCopy
from approvals.records.material import StoredFile
from approvals.records.writ import WritPaper
from approvals.vocabulary import STANDING, SignatureLevel

Signed = Certificate | CertificateCopy | WritPaper
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
"""Between attempts, each time twice as long; it is never given up, and the certificate is in force meanwhile."""

UNSTAMPED = (SignatureLevel.B_B,)
NAMES: Mapping[type[Signed], str] = {Certificate: "number", CertificateCopy: "copy", WritPaper: "writ"}
"""What the trail calls it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What is to be lifted: the file of a certificate, a copy or a writ; the level wanted. At that level already, its
    archive time-stamp is renewed.
    """

    application_id: int
    sha256: str
    wanted: SignatureLevel
    level: SignatureLevel


def claim(session: Session, lift_id: int, *, at: Moment) -> Claim | None:
    """Count an attempt before it is made; None when it is not due, or another took it up. What is to be done to a copy
    that may not be used any more falls away.
    """
    due = session.get(Lift, lift_id, with_for_update=True, populate_existing=True)
    if due is None or due.due_at > at.instant:
        return None
    if due.copy is not None and not due.copy.stands(at.today):
        session.delete(due)
        return None
    paper = due.paper
    if paper.sha256 is None or paper.level is None:
        return None
    due.attempts += 1
    due.due_at = at.instant + wait(due.attempts)
    return Claim(paper.application.id, paper.sha256, due.wanted, paper.level)


def make_due(session: Session, number: str | None, *, at: Moment) -> list[int]:
    """What is to be done to the certificate, copy or writ of that number, or to all that are behind the level wanted,
    is due now; the ids of the lifts.
    """
    found = []
    for each in session.scalars(select(Lift).order_by(Lift.id)):
        level = each.paper.level
        is_behind = level is None or level.rank < each.wanted.rank or each.error is not None
        if each.paper.number == number if number is not None else is_behind:
            each.due_at = at.instant
            found.append(each.id)
    return found


def plan_anew(session: Session, *, at: Moment, most: int) -> int:
    """What was made before there was a time-stamp authority and still counts is to be lifted now: certificates that
    are not over, copies that may be used, writs. So many at one go; how many it were.
    """
    papers = [*_unstamped_certificates(session, most), *_unstamped_copies(session, at, most)]
    unstamped = select(WritPaper).outerjoin(WritPaper.lift).where(Lift.id.is_(None), WritPaper.level.in_(UNSTAMPED))
    papers += session.scalars(unstamped.order_by(WritPaper.id).limit(most))
    for paper in papers[:most]:
        paper.lift = Lift(wanted=_wanted(paper), due_at=at.instant, attempts=0)
    return len(papers[:most])


def _unstamped_certificates(session: Session, most: int) -> Iterable[Signed]:
    wanted = select(Certificate).outerjoin(Certificate.lift).where(Lift.id.is_(None), Certificate.level.in_(UNSTAMPED))
    return session.scalars(wanted.where(Certificate.status.in_(STANDING)).order_by(Certificate.id).limit(most))


def _unstamped_copies(session: Session, at: Moment, most: int) -> Iterable[Signed]:
    wanted = (
        select(CertificateCopy)
        .join(CertificateCopy.certificate)
        .outerjoin(CertificateCopy.lift)
        .where(
            Lift.id.is_(None),
            CertificateCopy.level.in_(UNSTAMPED),
            CertificateCopy.revoked_at.is_(None),
            CertificateCopy.version == Certificate.version,
            or_(CertificateCopy.valid_until.is_(None), CertificateCopy.valid_until >= at.today),
        )
    )
    return session.scalars(wanted.order_by(CertificateCopy.id).limit(most))


def _wanted(paper: Signed) -> SignatureLevel:
    """A writ tells what has no end."""
    if isinstance(paper, WritPaper):
        return SignatureLevel.B_LTA
    of = paper if isinstance(paper, Certificate) else paper.certificate
    return wanted_level(issued_on=local_date(of.granted_at), valid_until=of.valid_until, has_stamps=True)


def wait(attempts: int) -> timedelta:
    """Until the next attempt."""
    return min(FIRST_WAIT * (1 << min(attempts - 1, 10)), LONGEST_WAIT)


def plan(
    paper: Signed,
    wanted: SignatureLevel,
    failure: str | None,
    renew_at: datetime | None,
    at: Moment,
) -> None:
    """What is still to be done: soon where the level was not reached, before it weakens where it was, or nothing."""
    is_reached = paper.level is not None and paper.level.rank >= wanted.rank
    if is_reached and failure is None and renew_at is None:
        if paper.lift is not None:
            session_of(paper).delete(paper.lift)
        return
    if paper.lift is None:
        paper.lift = Lift(wanted=wanted, due_at=at.instant, attempts=0)
    if failure is not None or not is_reached:
        attempts = max(1, paper.lift.attempts)
        paper.lift.due_at, paper.lift.error = at.instant + wait(attempts), failure
        paper.lift.attempts = attempts
    elif renew_at is not None:
        paper.lift.due_at, paper.lift.error = renew_at, None
        paper.lift.attempts = 0


def lift(
    lift_id: int,
    *,
    from_sha256: str,
    sha256: str,
    size: int,
    level: SignatureLevel,
    failure: str | None,
    renew_at: datetime | None,
    by: Actor,
    at: Moment,
    session: Session,
) -> bool:
    """False when nothing was gained, or when another put a file there meanwhile: then that one stays. Called with the
    application locked.
    """
    due = session.get(Lift, lift_id, populate_existing=True)
    if due is None or due.paper.sha256 != from_sha256:
        return False
    paper, application = due.paper, due.paper.application
    check(by, "application:issue", application)
    wanted, is_new = due.wanted, sha256 != from_sha256
    if is_new:
        if session.get(StoredFile, sha256) is None:
            session.add(
                StoredFile(
                    sha256=sha256, size=size, media_type="application/pdf", pages=1, scan="own", created_at=at.instant
                )
            )
            session.flush()  # the certificate refers to it
        paper.sha256, paper.level = sha256, level
    plan(paper, wanted, failure, renew_at, at)
    if is_new:
        append(
            application,
            Event.SIGNATURE_LIFTED,
            by=by,
            at=at.instant,
            **{NAMES[type(paper)]: paper.number},
            level=str(level),
            sha256=sha256,
        )
    return is_new
