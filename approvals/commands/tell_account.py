"""Tell an account what happened to it or to a mandate it gave, was offered or holds."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from approvals.clock.moment import CITY, Moment
from approvals.commands.announce import PARCELS
from approvals.events import PersonEvent
from approvals.records.account_letter import AccountLetter
from approvals.records.outbox import Parcel
from approvals.records.people import Account
from approvals.records.person_event import PersonEventRecord
from approvals.vocabulary import LetterWay

ACCOUNT = "account"
"""The kind of parcel."""
MAIL, TEXT = "mail", "text"
OF_THE_ACCOUNT = frozenset(
    {
        *(PersonEvent.PASSWORD_CHANGED, PersonEvent.PASSWORD_RESET),
        *(PersonEvent.PHONE_CHANGED, PersonEvent.EMAIL_CHANGED),
    }
)
"""Told although one did it oneself: it may have been somebody else."""
OF_MANDATES = frozenset(
    {
        *(PersonEvent.MANDATE_OFFERED, PersonEvent.MANDATE_ACCEPTED, PersonEvent.MANDATE_DECLINED),
        *(PersonEvent.MANDATE_REVOKED, PersonEvent.MANDATE_ENDS),
    }
)
"""Told to everybody concerned but who did it."""
AWAKE = (time(8), time(21))


def tell_account(session: Session, event: PersonEventRecord, *, at: Moment) -> None:
    """In the portal, and at once by the ways its owner chose; text messages not at night."""
    kind = PersonEvent(event.kind)
    if kind not in OF_THE_ACCOUNT and (kind not in OF_MANDATES or event.by_account == event.account_id):
        return
    session.flush()  # the event's id names the letter, the letter's the parcels
    letter = AccountLetter(account_id=event.account_id, event_id=event.id, kind=event.kind, sent_at=at.instant)
    session.add(letter)
    session.flush()
    account = session.get_one(Account, event.account_id)
    if account.own_email and account.letter_way is not LetterWay.NONE:
        _put(session, letter, MAIL, at.instant, at)
    if account.own_phone and account.wants_texts:
        _put(session, letter, TEXT, _by_day(at), at)


def _put(session: Session, letter: AccountLetter, channel: str, due_at: datetime, at: Moment) -> None:
    data = {"letter": letter.id, "channel": channel}
    key = f"{ACCOUNT}:{letter.id}:{channel}"
    parcel = Parcel(kind=ACCOUNT, key=key, data=data, created_at=at.instant, due_at=due_at, attempts=0)
    session.add(parcel)
    if due_at <= at.instant:
        session.info.setdefault(PARCELS, []).append(parcel)


def _by_day(at: Moment) -> datetime:
    clock = at.instant.astimezone(CITY).time()
    if AWAKE[0] <= clock < AWAKE[1]:
        return at.instant
    return datetime.combine(at.today if clock < AWAKE[0] else at.today + timedelta(days=1), AWAKE[0], CITY)
