"""Slow down guessing of passwords and codes, by who tries and from where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.errors import TooManyAttempts
from approvals.records.people import SignInAttempt
from approvals.records.secrecy import keyring

MOST_FAILURES = 20
"""Wrong codes from one network."""
MOST_FILES = 120
"""Files to be verified from one network."""
WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many failures within the window, for one subject: a name for whatever is counted, kept as its mark only."""

    subject: str
    most: int
    window: timedelta


def count_try(session: Session, *, has_failed: bool, network: str, at: Moment) -> None:
    """After twenty failures in an hour every try of a code from this network is refused with TooManyAttempts, a right
    one too: otherwise the refusal would still tell right from wrong. A failure must be committed before the door
    answers.
    """
    counted = reserve(session, [_codes_of(network)], at=at)
    if not has_failed:
        release(session, counted)


def require_tries(session: Session, *, network: str, at: Moment) -> None:
    """For an address, which only looks: TooManyAttempts where count_try would say so. What fails is counted by that."""
    limit = _codes_of(network)
    if _failures(session, keyring().mark(limit.subject), limit, at) >= limit.most:
        raise TooManyAttempts(minutes=int(limit.window.total_seconds() // 60))


def count_file(session: Session, *, network: str, at: Moment) -> None:
    """Every file that is to be verified counts, good ones too: each may cost seconds of the two places there are."""
    reserve(session, [Limit(f"file|{whereabouts(network)}", MOST_FILES, WINDOW)], at=at)


def _codes_of(network: str) -> Limit:
    return Limit(f"verify|{whereabouts(network)}", MOST_FAILURES, WINDOW)


def _failures(session: Session, subject: str, limit: Limit, at: Moment) -> int:
    failures = select(func.count()).select_from(SignInAttempt)
    recent = failures.where(SignInAttempt.subject == subject, SignInAttempt.at > at.instant - limit.window)
    return session.scalars(recent).one()


def reserve(session: Session, limits: Iterable[Limit], *, at: Moment) -> list[int]:
    """Count a try as failed before it is made, towards each limit; what to release once it succeeded.

    TooManyAttempts, and nothing counted, when a limit is reached. Counting and entering are one step: of many who try
    at once only so many come through. Always call it with the limits in the same order, for it locks them.
    """
    counted = []
    for limit in limits:
        subject = keyring().mark(limit.subject)
        if session.get_bind().dialect.name == "postgresql":  # on SQLite there is one writer at a time anyway
            session.execute(select(func.pg_advisory_xact_lock(int(subject[:15], 16))))
        if _failures(session, subject, limit, at) >= limit.most:
            raise TooManyAttempts(minutes=int(limit.window.total_seconds() // 60))
        attempt = SignInAttempt(subject=subject, at=at.instant)
        session.add(attempt)
        session.flush()
        counted.append(attempt.id)
    return counted


def release(session: Session, counted: Iterable[int]) -> None:
    """What was counted beforehand did not fail."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.id.in_(list(counted))))


def whereabouts(network: str) -> str:
    """What stands for one place: an IPv4 address, the first half of an IPv6 one, whose owner has all the rest."""
    try:
        address = ip_address(network)
    except ValueError:
        return network
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
