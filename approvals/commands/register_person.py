"""Register: somebody who proved a phone gets an account of their own."""

from __future__ import annotations

import secrets

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.commands.send_code import holder, spend
from approvals.commands.witness_person import witness
from approvals.errors import IdentityTaken, PhoneTaken
from approvals.events import PersonEvent
from approvals.records.people import NO_PASSWORD, Account, name_mark
from approvals.records.secrecy import keyring
from approvals.vocabulary import CodePurpose, Proof, Role

EXAMINED = frozenset({Proof.DEMONSTRATION, Proof.NATIONAL})
"""By which it is known that name and number belong to each other: a number alone opens nobody's affairs."""


def register_person(
    session: Session,
    *,
    token: str,
    code: str,
    name: str,
    identity_number: str,
    password_hash: str,
    proof: Proof,
    language: str,
    at: Moment,
) -> Account:
    """The code is spent and the account made in one transaction; one account a phone and an identity number.

    Who was examined takes over the account that was made for them at a window, with all that was applied for there.
    """
    proven = spend(session, token, CodePurpose.REGISTER, code, at=at)
    if holder(session, proven.address) is not None:
        raise PhoneTaken
    marks = keyring()
    phone, identity = marks.mark(proven.address), marks.mark(identity_number)
    if session.scalar(select(Account.id).where(Account.own_identity == identity)) is not None:
        raise IdentityTaken
    account = _from_window(session, name, identity) if proof in EXAMINED else None
    if account is None:
        account = Account(role=Role.CITIZEN)
        session.add(account)
    account.username = f"u{secrets.token_hex(6)}"
    account.password_hash = password_hash
    account.name, account.identity_number, account.identity_mark = name, identity_number, identity
    account.own_identity = identity
    account.phone, account.phone_mark, account.own_phone = proven.address, phone, phone
    account.proof, account.proved_at, account.language = proof, at.instant, language
    try:
        session.flush()
    except IntegrityError:  # two at once: the database keeps one of them
        raise IdentityTaken from None
    witness(session, account.id, PersonEvent.REGISTERED, by=account.id, at=at, proof=str(proof))
    return account


def _from_window(session: Session, name: str, identity: str) -> Account | None:
    """The account without a password that bears this name and number."""
    bearing = select(Account).where(
        Account.identity_mark == identity,
        Account.role == Role.CITIZEN,
        Account.name_mark == name_mark(name),
        Account.password_hash.startswith(NO_PASSWORD),
    )
    return session.scalars(bearing.order_by(Account.id).limit(1).with_for_update()).first()
