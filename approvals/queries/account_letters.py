"""What an account is told about itself and its mandates; the words are made by the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from approvals.events import PersonEvent
from approvals.permissions import Actor, check
from approvals.records.account_letter import AccountLetter
from approvals.records.concerned import of_concern
from approvals.records.letter import Letter
from approvals.records.mandate import Mandate
from approvals.records.people import Account

MOST = 20
"""Shown: what is unread, and the newest."""


@dataclass(frozen=True, slots=True)
class AccountLetterRow:
    """`principal`, `grantee` and `ends_on` are those of the mandate it is about; `is_offered`: its reader can still
    accept it.
    """

    kind: PersonEvent
    at: datetime
    is_read: bool
    mandate: int | None
    principal: str
    grantee: str
    ends_on: date | None


def account_letters(session: Session, *, by: Actor) -> tuple[AccountLetterRow, ...]:
    """Newest first."""
    check(by, "letter:list")
    wanted = select(AccountLetter).where(AccountLetter.account_id == by.account)
    newest = wanted.order_by(AccountLetter.read_at.is_not(None), AccountLetter.id.desc()).limit(MOST)
    found = session.scalars(newest.options(joinedload(AccountLetter.event))).all()
    return _rows(session, sorted(found, key=lambda each: each.id, reverse=True))


@dataclass(frozen=True, slots=True)
class ToAccount:
    address: str
    language: str
    row: AccountLetterRow


def to_account(session: Session, data: Mapping[str, Any]) -> ToAccount | None:
    """For a parcel; None where its owner is reached by that way no more."""
    letter = session.get(AccountLetter, data["letter"])
    account = session.get(Account, letter.account_id) if letter else None
    if letter is None or account is None or account.disabled_at is not None:
        return None
    is_mail = data["channel"] == "mail"
    proven, address = (account.own_email, account.email) if is_mail else (account.own_phone, account.phone)
    if not proven or not address:
        return None
    return ToAccount(address, account.language, _rows(session, [letter])[0])


@dataclass(frozen=True, slots=True)
class Badges:
    """What waits for the reader: letters not read, mandates offered and not answered."""

    letters: int
    offers: int


def badges(session: Session, today: date, *, by: Actor) -> Badges:
    mine = (
        select(func.count())
        .select_from(Letter)
        .join(Letter.application)
        .where(Letter.recipient_id == by.account, Letter.read_at.is_(None), of_concern(by))
    )
    own = (
        select(func.count())
        .select_from(AccountLetter)
        .where(AccountLetter.account_id == by.account, AccountLetter.read_at.is_(None))
    )
    phone = select(Account.phone_mark).where(Account.id == by.account).scalar_subquery()
    offered = (
        select(func.count())
        .select_from(Mandate)
        .where(
            or_(Mandate.grantee_id == by.account, Mandate.grantee_id.is_(None)),
            Mandate.grantee_mark == phone,
            Mandate.accepted_at.is_(None),
            Mandate.declined_at.is_(None),
            Mandate.revoked_at.is_(None),
            Mandate.ends_on >= today,
        )
    )
    counts = session.execute(select(mine.scalar_subquery(), own.scalar_subquery(), offered.scalar_subquery())).one()
    return Badges(counts[0] + counts[1], counts[2])


def _rows(session: Session, letters: list[AccountLetter]) -> tuple[AccountLetterRow, ...]:
    ids = {each.event.data["mandate"] for each in letters if "mandate" in each.event.data}
    found = session.scalars(select(Mandate).where(Mandate.id.in_(ids))).all() if ids else []
    mandates = {each.id: each for each in found}
    return tuple(_row(each, mandates.get(each.event.data.get("mandate", 0))) for each in letters)


def _row(letter: AccountLetter, mandate: Mandate | None) -> AccountLetterRow:
    person = mandate.person.name if mandate and mandate.person else ""
    return AccountLetterRow(
        kind=PersonEvent(letter.kind),
        at=letter.sent_at,
        is_read=letter.read_at is not None,
        mandate=mandate.id if mandate else None,
        principal=mandate.organisation.name if mandate and mandate.organisation else person,
        grantee=mandate.grantee_name if mandate else "",
        ends_on=mandate.ends_on if mandate else None,
    )
