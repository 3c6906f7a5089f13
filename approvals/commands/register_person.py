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
from approvals.records.people import Account
from approvals.records.secrecy import keyring
from approvals.vocabulary import CodePurpose, Proof, Role


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
    """The code is spent and the account made in one transaction; one account a phone and an identity number."""
    proven = spend(session, token, CodePurpose.REGISTER, code, at=at)
    if holder(session, proven.address) is not None:
        raise PhoneTaken
    marks = keyring()
    phone, identity = marks.mark(proven.address), marks.mark(identity_number)
    if session.scalar(select(Account.id).where(Account.own_identity == identity)) is not None:
        raise IdentityTaken
    account = Account(
        username=f"u{secrets.token_hex(6)}",
        password_hash=password_hash,
        role=Role.CITIZEN,
        name=name,
        identity_number=identity_number,
        identity_mark=identity,
        own_identity=identity,
        phone=proven.address,
        phone_mark=phone,
        own_phone=phone,
        proof=proof,
        proved_at=at.instant,
        language=language,
    )
    session.add(account)
    try:
        session.flush()
    except IntegrityError:  # two at once: the database keeps one of them
        raise IdentityTaken from None
    witness(session, account.id, PersonEvent.REGISTERED, by=account.id, at=at, proof=str(proof))
    return account
