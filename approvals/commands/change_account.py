"""Change what an account is reached and opened by: password, phone, e-mail address; end its sessions."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.commands.send_code import spend, tell_replaced
from approvals.commands.witness_person import witness
from approvals.errors import EmailTaken, NotFound, PhoneTaken, WrongCode
from approvals.events import PersonEvent
from approvals.permissions import Actor, check
from approvals.records.people import Account, SignIn, token_hash
from approvals.records.secrecy import keyring
from approvals.vocabulary import CodePurpose, LetterWay


def change_password(session: Session, password_hash: str, *, token: str, by: Actor, at: Moment) -> None:
    """Whoever is signed in elsewhere is signed out: the session `token` alone stays."""
    check(by, "account:read")
    account = session.get_one(Account, by.person)
    account.password_hash = password_hash
    end_others(session, token=token, by=by, at=at)
    witness(session, account.id, PersonEvent.PASSWORD_CHANGED, by=by.account, at=at)


def reset_password(session: Session, password_hash: str, *, token: str, code: str, at: Moment) -> None:
    """By a code to the proven phone or address; every session ends. WrongCode also where no account has the address."""
    proven = spend(session, token, CodePurpose.RESET, code, at=at)
    account = session.get(Account, proven.account_id) if proven.account_id else None
    if account is None or account.disabled_at is not None:
        raise WrongCode
    account.password_hash = password_hash
    _end(session, account.id, keeping=None, at=at)
    witness(session, account.id, PersonEvent.PASSWORD_RESET, by=account.id, at=at)


def change_phone(session: Session, *, token: str, code: str, by: Actor, at: Moment) -> None:
    """The new phone was proven by the code; from now on one signs in with it. The old one is told."""
    check(by, "account:edit")
    address = _proven(session, token, CodePurpose.PHONE, code, by=by, at=at)
    mark = keyring().mark(address)
    if _is_anothers(session, Account.own_phone == mark, by):
        raise PhoneTaken
    account = session.get_one(Account, by.person)
    if account.phone and account.own_phone not in (None, mark):
        tell_replaced(session, account.phone, account=account, at=at)
    account.phone, account.phone_mark, account.own_phone = address, mark, mark
    witness(session, account.id, PersonEvent.PHONE_CHANGED, by=by.account, at=at)


def change_email(session: Session, *, token: str, code: str, by: Actor, at: Moment) -> None:
    """Likewise of an e-mail address."""
    check(by, "account:edit")
    address = _proven(session, token, CodePurpose.EMAIL, code, by=by, at=at)
    mark = keyring().mark(address)
    if _is_anothers(session, Account.own_email == mark, by):
        raise EmailTaken
    account = session.get_one(Account, by.person)
    if account.email and account.own_email not in (None, mark):
        tell_replaced(session, account.email, account=account, at=at)
    account.email, account.own_email = address, mark
    witness(session, account.id, PersonEvent.EMAIL_CHANGED, by=by.account, at=at)


def change_letter_way(
    session: Session, way: LetterWay, language: str, *, wants_texts: bool | None = None, by: Actor, at: Moment
) -> None:
    """How letters come by e-mail, whether as text messages, too (None: as before), and in which language."""
    check(by, "account:edit")
    account = session.get_one(Account, by.person)
    account.letter_way, account.language = way, language
    if wants_texts is not None:
        account.wants_texts = wants_texts


def change_language(session: Session, language: str, *, by: Actor) -> None:
    """In which one reads, and so in which letters come."""
    check(by, "account:edit")
    session.get_one(Account, by.person).language = language


def end_session(session: Session, sign_in_id: int, *, by: Actor, at: Moment) -> None:
    """One of one's own; NotFound for any other."""
    check(by, "account:read")
    ending = update(SignIn).where(SignIn.id == sign_in_id, SignIn.account_id == by.person, SignIn.ended_at.is_(None))
    if session.scalar(ending.values(ended_at=at.instant).returning(SignIn.id)) is None:
        raise NotFound
    witness(session, by.person, PersonEvent.SESSIONS_ENDED, by=by.account, at=at, count=1)


def end_others(session: Session, *, token: str, by: Actor, at: Moment) -> None:
    """All but the session `token`."""
    check(by, "account:read")
    if count := _end(session, by.person, keeping=token, at=at):
        witness(session, by.person, PersonEvent.SESSIONS_ENDED, by=by.account, at=at, count=count)


def _end(session: Session, account_id: int, *, keeping: str | None, at: Moment) -> int:
    ending = update(SignIn).where(SignIn.account_id == account_id, SignIn.ended_at.is_(None))
    if keeping is not None:
        ending = ending.where(SignIn.token_hash != token_hash(keeping))
    return len(session.execute(ending.values(ended_at=at.instant).returning(SignIn.id)).all())


def _proven(session: Session, token: str, purpose: CodePurpose, code: str, *, by: Actor, at: Moment) -> str:
    proven = spend(session, token, purpose, code, at=at)
    if proven.account_id != by.account:
        raise WrongCode
    return proven.address


def _is_anothers(session: Session, condition: object, by: Actor) -> bool:
    found = session.scalar(select(Account.id).where(condition, Account.id != by.account))  # type: ignore[arg-type]
    return found is not None
