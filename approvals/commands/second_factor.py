"""The second factor: propose a secret, enrol the authenticator that holds it, use a code, take it away again."""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from datetime import timedelta

from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from approvals.audit.staff import append_staff
from approvals.clock.moment import Moment
from approvals.commands.count_tries import Limit, reserve
from approvals.errors import NothingChanged, WrongFactorCode
from approvals.events import StaffEvent
from approvals.records.people import Account
from approvals.records.second_factor import RecoveryCode, SecondFactor
from approvals.records.secrecy import keyring
from approvals.records.sequence import hold
from approvals.records.staff_event import COUNTER

STEP = 30
"""Seconds for which a code is shown (RFC 6238)."""
DRIFT = 1
"""Steps that the clock of an authenticator may be off, either way."""
CODES = 10
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
MOST_FAILURES = 10
"""Wrong codes for one account, from wherever they come."""
WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Proposal:
    """`sealed` may lie in the browser's session until the first code proves that the authenticator has it."""

    sealed: str
    secret: str
    address: str
    """otpauth://, what the QR code says."""


def propose(username: str, issuer: str, sealed: str = "") -> Proposal:
    """A new secret, or the one that was proposed before."""
    secret = _opened(sealed) or base64.b32encode(secrets.token_bytes(20)).decode()
    address = _totp(secret).get_provisioning_uri(username, issuer)
    return Proposal(sealed if _opened(sealed) else keyring().seal(f"totp {secret}"), secret, address)


def count_code(session: Session, account_id: int, *, at: Moment) -> list[int]:
    """Before a code is looked at, in a transaction of its own; TooManyAttempts after ten wrong ones."""
    return reserve(session, [Limit(f"second-factor|{account_id}", MOST_FAILURES, WINDOW)], at=at)


def enrol_factor(
    session: Session, account_id: int, sealed: str, code: str, *, is_replacing: bool, at: Moment
) -> list[str]:
    """The recovery codes, which nobody can show again. WrongFactorCode.

    Replaces what was enrolled before only where `is_replacing`: the password alone is not enough for that.
    """
    _hold(session, account_id)
    secret = _opened(sealed)
    step = None if secret is None else _step_of(secret, code, at)
    if secret is None or step is None or (not is_replacing and _has(session, account_id)):
        raise WrongFactorCode
    _forget(session, account_id)
    session.add(SecondFactor(account_id=account_id, secret=secret, enrolled_at=at.instant, last_step=step))
    codes = ["-".join(_letters() for _ in range(2)) for _ in range(CODES)]
    session.add_all(RecoveryCode(account_id=account_id, mark=_mark(account_id, each)) for each in codes)
    append_staff(session, account_id, StaffEvent.SECOND_FACTOR_SET, by=account_id, at=at)
    return codes


def use_code(session: Session, account_id: int, code: str, *, at: Moment) -> None:
    """A code of the authenticator that was not used yet, or a recovery code, once. WrongFactorCode otherwise."""
    factor = session.scalar(select(SecondFactor).where(SecondFactor.account_id == account_id))
    step = None if factor is None else _step_of(factor.secret, code, at)
    if step is not None:
        # Of two who use one code at once, the second finds it used.
        used = update(SecondFactor).where(SecondFactor.account_id == account_id, SecondFactor.last_step < step)
        if session.execute(used.values(last_step=step).returning(SecondFactor.account_id)).all():
            return
        raise WrongFactorCode
    _hold(session, account_id)
    spent = update(RecoveryCode).where(
        RecoveryCode.account_id == account_id,
        RecoveryCode.mark == _mark(account_id, code),
        RecoveryCode.used_at.is_(None),
    )
    if not session.execute(spent.values(used_at=at.instant).returning(RecoveryCode.id)).all():
        raise WrongFactorCode
    append_staff(session, account_id, StaffEvent.RECOVERY_CODE_USED, by=account_id, at=at)


def remove_factor(session: Session, account_id: int, *, at: Moment) -> None:
    """One's own, after the password was asked. NothingChanged where there is none."""
    _hold(session, account_id)
    if not take_away(session, account_id):
        raise NothingChanged
    append_staff(session, account_id, StaffEvent.SECOND_FACTOR_RESET, by=account_id, at=at)


def take_away(session: Session, account_id: int) -> bool:
    """Whether there was one; whoever calls it has checked who may, locked the account, and records it."""
    had = _has(session, account_id)
    _forget(session, account_id)
    return had


def _hold(session: Session, account_id: int) -> None:
    """The trail first and then the account, as every command about staff does."""
    hold(session, COUNTER)
    session.get(Account, account_id, with_for_update=True)


def _has(session: Session, account_id: int) -> bool:
    return session.scalar(select(SecondFactor.id).where(SecondFactor.account_id == account_id)) is not None


def _forget(session: Session, account_id: int) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    session.execute(delete(SecondFactor).where(SecondFactor.account_id == account_id))


def _step_of(secret: str, code: str, at: Moment) -> int | None:
    """The half minute near this moment whose code it is."""
    now, typed = int(at.instant.timestamp()) // STEP, code.replace(" ", "").encode("ascii", "replace")
    right = [
        step
        for step in range(now - DRIFT, now + DRIFT + 1)
        if secrets.compare_digest(_totp(secret).generate(step * STEP), typed)
    ]
    return max(right, default=None)


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), 6, SHA1(), STEP)  # noqa: S303  # what authenticators understand (RFC 6238)


def _opened(sealed: str) -> str | None:
    try:
        kind, _, secret = keyring().open(sealed).partition(" ")
        base64.b32decode(secret)
    except (InvalidToken, UnicodeError, binascii.Error):
        return None
    return secret if kind == "totp" else None


def _letters() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(5))


def _mark(account_id: int, code: str) -> str:
    return keyring().mark(f"recovery|{account_id}|{code.strip().lower().replace(' ', '')}")
