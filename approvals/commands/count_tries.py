"""Slow down guessing of verification codes, network by network."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.errors import TooManyAttempts
from approvals.records.people import SignInAttempt
from approvals.records.secrecy import keyring

MOST_FAILURES = 20
WINDOW = timedelta(hours=1)


def count_try(session: Session, *, has_failed: bool, network: str, at: Moment) -> None:
    """After twenty failures in an hour every try from this network is refused with TooManyAttempts, a right one too:
    otherwise the refusal would still tell right from wrong. A failure must be committed before the door answers.
    """
    subject = keyring().mark(f"verify|{network}")
    failures = select(func.count()).select_from(SignInAttempt)
    recent = failures.where(SignInAttempt.subject == subject, SignInAttempt.at > at.instant - WINDOW)
    if session.scalars(recent).one() >= MOST_FAILURES:
        raise TooManyAttempts(minutes=int(WINDOW.total_seconds() // 60))
    if has_failed:
        session.add(SignInAttempt(subject=subject, at=at.instant))
