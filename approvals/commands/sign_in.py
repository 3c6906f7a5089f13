"""Begin and end a session; slow down guessing without locking anybody out for long."""

from __future__ import annotations

import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.commands.count_tries import Limit, release, reserve, whereabouts
from approvals.records.people import Account, SignIn, named, token_hash

HASHER = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
"""Argon2id at one of OWASP's recommended settings: about 60 ms and 46 MiB a try."""
NOBODY = "$argon2id$v=19$m=47104,t=1,p=1$jTHL3zPTD33kKbG5WtyPsg$JY8DLoDmul6NAhTpA0WVuF3WqbMZzZMBh+HBRcAscQw"
"""Made by HASHER from a random password nobody kept: no account has it, but checking it takes as long."""
MOST_FAILURES = 10
"""For one user from one network."""
MOST_FROM_NETWORK = 50
"""For all users together from one network: one guess tried on many accounts. A whole office may share its address."""
WINDOW = timedelta(minutes=15)


def try_once(session: Session, username: str, *, network: str, at: Moment) -> list[int]:
    """Count a try before the password is looked at; what `begin` releases when it was right. Must be committed.

    TooManyAttempts after so many failures in a quarter of an hour.
    """
    place = whereabouts(network)
    limits = (
        Limit(f"sign-in|{place}", MOST_FROM_NETWORK, WINDOW),
        Limit(f"sign-in|{place}|{username.casefold()}", MOST_FAILURES, WINDOW),
    )
    return reserve(session, limits, at=at)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether it is the password; nobody's (None) takes as long to look at as anybody's. Too long for a transaction."""
    try:
        HASHER.verify(password_hash or NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return password_hash is not None


def begin(
    session: Session, username: str, password_hash: str, *, counted: list[int], hours: int, device: str = "", at: Moment
) -> str | None:
    """A new token for whose password has matched this hash; None when the account was disabled or its password changed
    since.
    """
    wanted = select(Account.id).where(
        named(username), Account.password_hash == password_hash, Account.disabled_at.is_(None)
    )
    account = session.scalar(wanted)
    if account is None:
        return None
    release(session, counted)
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=token_hash(token),
            account_id=account,
            created_at=at.instant,
            expires_at=at.instant + timedelta(hours=hours),
            device=device,
        )
    )
    return token


def end(session: Session, token: str, *, at: Moment) -> None:
    ending = update(SignIn).where(SignIn.token_hash == token_hash(token), SignIn.ended_at.is_(None))
    session.execute(ending.values(ended_at=at.instant))
