"""Begin and end a session; slow down guessing without locking anybody out for long."""

from __future__ import annotations

import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.errors import TooManyAttempts
from approvals.records.people import Account, SignIn, SignInAttempt, token_hash
from approvals.records.secrecy import keyring

HASHER = PasswordHasher(time_cost=1, memory_cost=46 * 1024, parallelism=1)
"""Argon2id at one of OWASP's recommended settings: about 60 ms and 46 MiB a try."""
NOBODY = "$argon2id$v=19$m=47104,t=1,p=1$jTHL3zPTD33kKbG5WtyPsg$JY8DLoDmul6NAhTpA0WVuF3WqbMZzZMBh+HBRcAscQw"
"""Made by HASHER from a random password nobody kept: no account has it, but checking it takes as long."""
MOST_FAILURES = 10
WINDOW = timedelta(minutes=15)


def begin(session: Session, username: str, password: str, *, network: str, hours: int, at: Moment) -> str | None:
    """A new token, or None for a wrong password: the failure must be committed before the door refuses.

    Unknown users take as long as known ones; ten failures in a quarter of an hour for the same user from the same
    network are refused with TooManyAttempts.
    """
    subject = keyring().mark(f"{username.casefold()}|{network}")
    failures = select(func.count()).select_from(SignInAttempt)
    recent = failures.where(SignInAttempt.subject == subject, SignInAttempt.at > at.instant - WINDOW)
    if session.scalars(recent).one() >= MOST_FAILURES:
        raise TooManyAttempts(minutes=int(WINDOW.total_seconds() // 60))
    account = session.scalar(select(Account).where(Account.username == username))
    if not matches(account.password_hash if account else NOBODY, password) or account is None or account.disabled_at:
        session.add(SignInAttempt(subject=subject, at=at.instant))
        return None
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=token_hash(token),
            account_id=account.id,
            created_at=at.instant,
            expires_at=at.instant + timedelta(hours=hours),
        )
    )
    return token


def matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def end(session: Session, token: str, *, at: Moment) -> None:
    ending = update(SignIn).where(SignIn.token_hash == token_hash(token), SignIn.ended_at.is_(None))
    session.execute(ending.values(ended_at=at.instant))
