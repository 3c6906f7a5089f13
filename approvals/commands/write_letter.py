"""Tell about an event: a letter to each person that has to do with the application now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from approvals.clock.moment import CITY, Moment
from approvals.commands.announce import PARCELS
from approvals.commands.writs import delivery
from approvals.events import Event
from approvals.records.application import Application
from approvals.records.concerned import concerned
from approvals.records.event import EventRecord
from approvals.records.letter import Letter, LetterDelivery
from approvals.records.outbox import Parcel
from approvals.records.people import Account
from approvals.vocabulary import LetterWay

MAIL, TEXT = "mail", "text"
"""Kinds of parcel and channels of delivery."""
DIGEST_HOUR = time(8)
AWAKE = (time(8), time(21))
"""Text messages ring; before and after these hours they wait for the morning."""
ASKED = str(Event.CORRECTION_ASKED)
SERVED = frozenset({str(Event.CERTIFICATE_ISSUED), str(Event.REFUSED), str(Event.NOT_ACCEPTED)})
"""With these a decision reaches the applicant: its arrival is kept (送达回证), so the application must be locked."""


def write(session: Session, *, application_id: int, sequence: int, kind: str, at: Moment) -> None:
    """To everybody who has to do with the application now; a second call for the same event adds nothing.

    What several departments ask to be mended before the applicant answers is one letter (art. 32: everything at once):
    a further request makes it new and unread again.
    """
    application = session.get_one(Application, application_id)
    readers = concerned(session, application, at.today)
    for account in readers:
        _write_to(session, account, application_id=application_id, sequence=sequence, kind=kind, at=at)
    if kind in SERVED and any(account.can_sign_in for account in readers):
        delivery(application, at=at)


def _write_to(session: Session, account: Account, *, application_id: int, sequence: int, kind: str, at: Moment) -> None:
    mine = (Letter.application_id == application_id, Letter.recipient_id == account.id)
    if session.scalar(select(Letter.id).where(*mine, Letter.sequence == sequence)) is not None:
        return
    told = session.scalar(_together_with(sequence, application_id).where(*mine)) if kind == ASKED else None
    if told is not None:
        if told.sequence < sequence:
            told.sequence, told.sent_at, told.read_at = sequence, at.instant, None
            _send(session, told, account, at)
        return
    letter = Letter(
        application_id=application_id,
        sequence=sequence,
        recipient_id=account.id,
        kind=kind,
        data={},
        sent_at=at.instant,
    )
    session.add(letter)
    session.flush()  # its id names the parcel
    _send(session, letter, account, at)


def warn(session: Session, application: Application, until: date, *, at: Moment) -> None:
    """That a draft is deleted after this day. It has no trail: its version, below 0, numbers the letter."""
    sequence = -application.draft_version
    for account in concerned(session, application, at.today):
        letter = Letter(
            application_id=application.id,
            sequence=sequence,
            recipient_id=account.id,
            kind=str(Event.DRAFT_EXPIRES),
            data={"due": until.isoformat()},
            sent_at=at.instant,
        )
        mine = (Letter.application_id == application.id, Letter.recipient_id == account.id)
        if session.scalar(select(Letter.id).where(*mine, Letter.sequence == sequence)) is None:
            session.add(letter)
            session.flush()
            _send(session, letter, account, at)


def _send(session: Session, letter: Letter, account: Account, at: Moment) -> None:
    _mail(session, letter, account, at)
    _text(session, letter, account, at)


def _mail(session: Session, letter: Letter, account: Account, at: Moment) -> None:
    """By e-mail, too, to who has proven an address: each at once, or together at the next eight o'clock."""
    if not account.own_email or account.letter_way is LetterWay.NONE:
        return
    if account.letter_way is LetterWay.EACH:
        put_mail(session, f"mail:{letter.id}:{letter.sequence}", [letter], due_at=at.instant, at=at)
        return
    day = at.today + timedelta(days=1)
    key = f"digest:{account.id}:{day.isoformat()}"
    if session.scalar(select(Parcel.id).where(Parcel.key == key)) is None:
        due = datetime.combine(day, DIGEST_HOUR, CITY)
        put_mail(session, key, [], recipient=account.id, due_at=due, at=at)


def _text(session: Session, letter: Letter, account: Account, at: Moment) -> None:
    """As a text message, too, to who has proven a phone and asked for it; not at night."""
    if not account.own_phone or not account.wants_texts:
        return
    clock, due = at.instant.astimezone(CITY).time(), at.instant
    if not AWAKE[0] <= clock < AWAKE[1]:
        day = at.today if clock < AWAKE[0] else at.today + timedelta(days=1)
        due = datetime.combine(day, AWAKE[0], CITY)
    put_mail(session, f"text:{letter.id}:{letter.sequence}", [letter], kind=TEXT, due_at=due, at=at)


def put_mail(
    session: Session,
    key: str,
    letters: Sequence[Letter],
    *,
    kind: str = MAIL,
    recipient: int | None = None,
    due_at: datetime,
    at: Moment,
) -> None:
    """The parcel names the letter and the event it tells; a digest finds its letters when it is due."""
    data = {
        "name": key.replace(":", "."),
        "recipient": recipient,
        "letters": [[each.id, each.sequence] for each in letters],
    }
    parcel = Parcel(kind=kind, key=key, data=data, created_at=at.instant, due_at=due_at, attempts=0)
    session.add(parcel)
    if due_at <= at.instant:
        session.info.setdefault(PARCELS, []).append(parcel)


def note_sent(
    session: Session, letters: Sequence[tuple[int, int]], *, channel: str = MAIL, message_id: str, at: Moment
) -> None:
    """They went out, in the transaction that closes the parcel."""
    for letter, sequence in letters:
        session.add(
            LetterDelivery(
                letter_id=letter, sequence=sequence, channel=channel, message_id=message_id, sent_at=at.instant
            )
        )


def _together_with(sequence: int, application_id: int) -> Select[Letter]:
    """Letters asking for corrections between the same two answers of the applicant as this event."""
    answered = select(EventRecord.sequence).where(
        EventRecord.application_id == application_id, EventRecord.kind == str(Event.CORRECTION_ANSWERED)
    )
    last = answered.where(EventRecord.sequence < sequence).order_by(EventRecord.sequence.desc()).limit(1)
    following = answered.where(EventRecord.sequence > sequence).order_by(EventRecord.sequence).limit(1)
    return select(Letter).where(
        Letter.kind == ASKED,
        Letter.sequence > func.coalesce(last.scalar_subquery(), 0),
        Letter.sequence < func.coalesce(following.scalar_subquery(), sequence + 1 + Letter.sequence),
    )
