"""One's own account: who one is here, how one is reached, and where one is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.permissions import Actor, check
from approvals.records.one_time_code import OneTimeCode
from approvals.records.people import Account, SignIn, token_hash
from approvals.vocabulary import LetterWay, Proof


@dataclass(frozen=True, slots=True)
class OwnSession:
    id: int
    device: str
    began_at: datetime
    ends_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """Values as they are kept; the page masks them. `phone` and `email` are the proven ones."""

    username: str
    name: str
    identity_number: str | None
    phone: str | None
    email: str | None
    letter_way: LetterWay
    wants_texts: bool
    language: str
    proof: Proof
    proved_at: datetime | None
    password_hash: str
    sessions: tuple[OwnSession, ...]


@dataclass(frozen=True, slots=True)
class Pending:
    """A code on its way: where it was sent."""

    address: str
    expires_at: datetime


def own_account(session: Session, *, token: str, by: Actor, at: Moment) -> OwnAccount:
    """`token` is the session that asks."""
    check(by, "account:read")
    account = session.get_one(Account, by.person)
    open_ones = select(SignIn).where(
        SignIn.account_id == account.id, SignIn.ended_at.is_(None), SignIn.expires_at > at.instant
    )
    this = token_hash(token)
    rows = session.scalars(open_ones.order_by(SignIn.created_at.desc()).limit(50)).all()
    return OwnAccount(
        username=account.username,
        name=account.name,
        identity_number=account.identity_number,
        phone=account.phone if account.own_phone else None,
        email=account.email if account.own_email else None,
        letter_way=account.letter_way,
        wants_texts=account.wants_texts,
        language=account.language,
        proof=account.proof,
        proved_at=account.proved_at,
        password_hash=account.password_hash,
        sessions=tuple(
            OwnSession(row.id, row.device, row.created_at, row.expires_at, row.token_hash == this) for row in rows
        ),
    )


def pending_code(session: Session, token: str, *, at: Moment) -> Pending | None:
    """None where there is none, or its time is over."""
    found = session.scalar(
        select(OneTimeCode).where(
            OneTimeCode.token == token, OneTimeCode.used_at.is_(None), OneTimeCode.expires_at > at.instant
        )
    )
    return None if found is None else Pending(found.address, found.expires_at)
