"""Send a one-time code and take it back: six digits, ten minutes, five tries."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.commands.announce import PARCELS
from approvals.commands.count_tries import Limit, reserve, whereabouts
from approvals.errors import WrongCode
from approvals.records.one_time_code import OneTimeCode
from approvals.records.outbox import Parcel
from approvals.records.people import Account
from approvals.records.secrecy import keyring
from approvals.vocabulary import CodePurpose, Role

DIGITS = 6
LIFE = timedelta(minutes=10)
TELLING = timedelta(days=3)
"""How long it is tried to tell an old address that it was replaced."""
MOST_TRIES = 5
MOST_TO_ADDRESS = 5
MOST_FROM_NETWORK = 30
WINDOW = timedelta(hours=1)
PARCEL = "code"


@dataclass(frozen=True, slots=True)
class Sent:
    """`token` goes into the browser's session. `code` is shown by a demonstration, which sends nothing."""

    token: str
    code: str


def send_code(
    session: Session,
    purpose: CodePurpose,
    address: str,
    *,
    account: int | None = None,
    language: str,
    network: str,
    at: Moment,
) -> Sent:
    """To a phone or an e-mail address; TooManyAttempts after five an hour to one, or thirty from one network.

    Whether the address belongs to somebody makes no difference to whoever asks: a row and a parcel come into being
    either way, and the worker finds out whether there is anything to send. `account` is who proves a new address.
    """
    mark = keyring().mark(address)
    limits = (
        Limit(f"code|{whereabouts(network)}", MOST_FROM_NETWORK, WINDOW),
        Limit(f"code|{mark}", MOST_TO_ADDRESS, WINDOW),
    )
    reserve(session, limits, at=at)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    token = secrets.token_urlsafe(24)
    row = OneTimeCode(
        token=token,
        purpose=purpose,
        address=address,
        account_id=account or holder(session, address),
        language=language,
        hash=_hash(token, code),
        unsent=code,
        created_at=at.instant,
        expires_at=at.instant + LIFE,
        tries=0,
    )
    session.add(row)
    session.flush()  # its id names the parcel
    _put(session, row, at=at)
    return Sent(token, code)


def tell_replaced(session: Session, address: str, *, account: Account, at: Moment) -> None:
    """Whoever reads at the old phone or address learns that it opens the account no more. There is no code to type."""
    token = secrets.token_urlsafe(24)
    row = OneTimeCode(
        token=token,
        purpose=CodePurpose.REPLACED,
        address=address,
        account_id=account.id,
        language=account.language,
        hash=_hash(token, secrets.token_urlsafe(24)),
        unsent="",
        created_at=at.instant,
        expires_at=at.instant + TELLING,
        tries=MOST_TRIES,
    )
    session.add(row)
    session.flush()  # its id names the parcel
    _put(session, row, at=at)


def try_code(session: Session, token: str, purpose: CodePurpose, typed: str, *, at: Moment) -> bool:
    """Count a try and say whether it is right. Must be committed, also when it is wrong."""
    counting = (
        update(OneTimeCode)
        .where(
            OneTimeCode.token == token,
            OneTimeCode.purpose == purpose,
            OneTimeCode.used_at.is_(None),
            OneTimeCode.expires_at > at.instant,
            OneTimeCode.tries < MOST_TRIES,
        )
        .values(tries=OneTimeCode.tries + 1)
    )
    kept = session.scalar(counting.returning(OneTimeCode.hash))
    return kept is not None and hmac.compare_digest(kept, _hash(token, typed))


def spend(session: Session, token: str, purpose: CodePurpose, typed: str, *, at: Moment) -> OneTimeCode:
    """Use it up, in the transaction of what it allows; WrongCode when another was first or it is not right."""
    spending = (
        update(OneTimeCode)
        .where(
            OneTimeCode.token == token,
            OneTimeCode.purpose == purpose,
            OneTimeCode.hash == _hash(token, typed),
            OneTimeCode.used_at.is_(None),
            OneTimeCode.expires_at > at.instant,
        )
        .values(used_at=at.instant, unsent=None)
    )
    row = session.scalar(spending.returning(OneTimeCode.id))
    if row is None:
        raise WrongCode
    return session.get_one(OneTimeCode, row)


def forget_sent(session: Session, code_id: int) -> None:
    """It is on its way: what is left is its hash."""
    session.execute(update(OneTimeCode).where(OneTimeCode.id == code_id).values(unsent=None))


def holder(session: Session, address: str) -> int | None:
    """The applicant's account that has proven this phone or e-mail address. Staff ask their administrator."""
    mark = keyring().mark(address)
    proven = (Account.own_phone == mark) | (Account.own_email == mark)
    wanted = select(Account.id).where(proven, Account.role == Role.CITIZEN, Account.disabled_at.is_(None))
    return session.scalar(wanted.order_by(func.coalesce(Account.own_phone == mark, False).desc()).limit(1))


def _put(session: Session, row: OneTimeCode, *, at: Moment) -> None:
    parcel = Parcel(
        kind=PARCEL,
        key=f"{PARCEL}:{row.id}",
        data={"code": row.id},
        created_at=at.instant,
        due_at=at.instant,
        attempts=0,
    )
    session.add(parcel)
    session.info.setdefault(PARCELS, []).append(parcel)


def _hash(token: str, code: str) -> str:
    return keyring().mark(f"code|{token}|{code}")
