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
    counted = reserve(session, [Limit(f"verify|{whereabouts(network)}", MOST_FAILURES, WINDOW)], at=at)
    if not has_failed:
        release(session, counted)


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
        failures = select(func.count()).select_from(SignInAttempt)
        recent = failures.where(SignInAttempt.subject == subject, SignInAttempt.at > at.instant - limit.window)
        if session.scalars(recent).one() >= limit.most:
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
