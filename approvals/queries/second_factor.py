"""Whether somebody signs in with a second factor, and how many recovery codes are left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from approvals.records.people import Account, named
from approvals.records.second_factor import RecoveryCode, SecondFactor


@dataclass(frozen=True, slots=True)
class Factor:
    enrolled_at: datetime
    codes_left: int


@dataclass(frozen=True, slots=True)
class Entrant:
    """Who is about to sign in: the password matched."""

    account: int
    username: str
    password_hash: str
    is_staff: bool
    has_factor: bool


def factor_of(session: Session, account_id: int) -> Factor | None:
    found = session.scalar(select(SecondFactor).where(SecondFactor.account_id == account_id))
    if found is None:
        return None
    left = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return Factor(found.enrolled_at, session.scalar(left) or 0)


def entrant(session: Session, login: str) -> Entrant | None:
    """By what was typed as user name; none where the account is not in use."""
    return _entrant(session, session.scalar(select(Account).where(named(login), Account.disabled_at.is_(None))))


def entrant_by_id(session: Session, account_id: int) -> Entrant | None:
    return _entrant(
        session, session.scalar(select(Account).where(Account.id == account_id, Account.disabled_at.is_(None)))
    )


def _entrant(session: Session, account: Account | None) -> Entrant | None:
    if account is None:
        return None
    has_factor = session.scalar(select(SecondFactor.id).where(SecondFactor.account_id == account.id)) is not None
    return Entrant(account.id, account.username, account.password_hash, account.role.is_staff, has_factor)
