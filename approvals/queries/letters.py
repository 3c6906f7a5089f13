"""A person's letters: what each is about; its words are made by the door, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from approvals.events import Event
from approvals.permissions import Actor, check
from approvals.queries.notice import Place, notice
from approvals.queries.paging import Page, paged
from approvals.queries.standing import items_by_revision
from approvals.records.acting import mandates_in_force, with_mandates
from approvals.records.application import Application
from approvals.records.concerned import of_concern
from approvals.records.correction import Correction
from approvals.records.event import EventRecord
from approvals.records.letter import Letter, LetterDelivery
from approvals.records.people import Account, department_names
from approvals.records.step import StepRecord
from approvals.vocabulary import LetterWay, Outcome, PauseReason
from services.item import Item, StepKind, Text

MOST_TOGETHER = 50
"""Letters of one digest."""


@dataclass(frozen=True, slots=True)
class LetterRow:
    """The facts of a letter; what an event does not have is none.

    `answer_due` is the day by which acceptance is told, `due` the promised day as it stands today, `days` the working
    days that a special procedure needs. A letter that asks to mend something holds all that was asked until the
    applicant answered: `places` what, and `departments` by whom.
    """

    kind: Event
    at: datetime
    is_read: bool
    number: str
    token: str | None
    """Of a draft."""
    title: str
    principal: str | None
    """Whose application it is, where it is not the reader's own."""
    item: Text
    department: Text | None
    answer_due: date | None
    due: date | None
    is_about_owing: bool
    """Whether the date is that of something owed, not of the application."""
    departments: tuple[Text, ...]
    places: tuple[Place, ...]
    days: int | None
    reason: PauseReason | None
    outcome: Outcome | None
    certificate: str | None
    is_deemed: bool
    """Of an acceptance: nobody spoke, and the law takes it as given."""

    @property
    def count(self) -> int:
        """Things to mend."""
        return sum(len(place.things) for place in self.places)


def letters(session: Session, *, page: int, by: Actor) -> Page[LetterRow]:
    """Newest first."""
    check(by, "letter:list")
    wanted = _told().join(Letter.application).where(Letter.recipient_id == by.account, of_concern(by))
    query, number, total = paged(session, wanted.order_by(Letter.sent_at.desc(), Letter.id.desc()), page)
    return Page(_rows(session, query), number, total)


@dataclass(frozen=True, slots=True)
class ToMail:
    """What goes out in one e-mail; `told` names letters with the event each tells."""

    address: str
    language: str
    told: tuple[tuple[int, int], ...]
    rows: tuple[LetterRow, ...]


def to_mail(session: Session, data: Mapping[str, Any], today: date) -> ToMail | None:
    """For a parcel: its letter, or of a digest every unread one of the last days that did not go out. None where there
    is nothing to send any more: it was sent, is told anew, its reader wants no e-mail, or is concerned no more.
    """
    account = _recipient(session, data)
    if account is None:
        return None
    wanted = _not_gone("mail", account, session, today)
    if data["recipient"] is None:
        wanted = wanted.where(*_named(data))
    else:
        wanted = wanted.where(Letter.recipient_id == data["recipient"], Letter.read_at.is_(None))
    wanted = wanted.order_by(Letter.id.desc()).limit(MOST_TOGETHER)
    found = session.execute(wanted.with_only_columns(Letter.id, Letter.sequence)).all()
    if not found or not account.own_email or not account.email or account.disabled_at is not None:
        return None
    if account.letter_way is LetterWay.NONE:
        return None
    told = tuple((row.id, row.sequence) for row in found)
    return ToMail(account.email, account.language, told, _rows(session, wanted))


@dataclass(frozen=True, slots=True)
class ToText:
    """What goes out as one text message."""

    phone: str
    language: str
    told: tuple[tuple[int, int], ...]
    row: LetterRow


def to_text(session: Session, data: Mapping[str, Any], today: date) -> ToText | None:
    """Likewise for a text message: one letter that was not read meanwhile, to a phone that was proven."""
    account = _recipient(session, data)
    if account is None:
        return None
    wanted = _not_gone("text", account, session, today).where(*_named(data), Letter.read_at.is_(None))
    found = session.execute(wanted.with_only_columns(Letter.id, Letter.sequence)).first()
    if found is None or account.disabled_at is not None:
        return None
    if not account.own_phone or not account.phone or not account.wants_texts:
        return None
    return ToText(account.phone, account.language, ((found.id, found.sequence),), _rows(session, wanted)[0])


def _named(data: Mapping[str, Any]) -> tuple[ColumnElement[bool], ...]:
    """The letter of a parcel, while it tells the event that the parcel is about."""
    ((letter, sequence),) = data["letters"]
    return Letter.id == letter, Letter.sequence == sequence


def _recipient(session: Session, data: Mapping[str, Any]) -> Account | None:
    """Of a parcel; none where its letter went with the draft it was about."""
    if data["recipient"] is not None:
        return session.get(Account, data["recipient"])
    return session.scalar(select(Account).join(Letter, Letter.recipient_id == Account.id).where(*_named(data)))


def _not_gone(channel: str, account: Account, session: Session, today: date) -> Select[Letter, dict[str, Any]]:
    """Letters that have not gone out by this channel and still concern whom they are written to."""
    reader = with_mandates(account, mandates_in_force(session, account.id, today))
    gone = select(LetterDelivery.id).where(
        LetterDelivery.letter_id == Letter.id,
        LetterDelivery.sequence == Letter.sequence,
        LetterDelivery.channel == channel,
    )
    return _told().join(Letter.application).where(~gone.exists(), of_concern(reader))


def _told() -> Select[Letter, dict[str, Any]]:
    return select(Letter, EventRecord.data).outerjoin(
        EventRecord,
        and_(EventRecord.application_id == Letter.application_id, EventRecord.sequence == Letter.sequence),
    )


def _rows(session: Session, query: Select[Letter, dict[str, Any]]) -> tuple[LetterRow, ...]:
    found = session.execute(
        query.options(
            joinedload(Letter.application).options(
                selectinload(Application.steps).selectinload(StepRecord.decisions),
                selectinload(Application.corrections).selectinload(Correction.entries),
                joinedload(Application.certificate),
                joinedload(Application.organisation),
                joinedload(Application.applicant).raiseload(Account.memberships),
            )
        )
    ).all()
    items = items_by_revision(session, (letter.application.revision_id for letter, _ in found))
    names = department_names(session)
    return tuple(
        _row(letter, data or letter.data, items[letter.application.revision_id], names) for letter, data in found
    )


def unread(session: Session, *, by: Actor) -> int:
    mine = (Letter.recipient_id == by.account, Letter.read_at.is_(None))
    counted = select(func.count()).select_from(Letter).join(Letter.application).where(*mine, of_concern(by))
    return session.scalar(counted) or 0


def _row(letter: Letter, data: Mapping[str, Any], item: Item, names: Mapping[str, Text]) -> LetterRow:
    application = letter.application
    step = next((each for each in application.steps if each.key == data.get("step")), None)
    acceptance = next((each for each in application.steps if item.steps[each.key].kind is StepKind.ACCEPTANCE), None)
    reason, outcome = data.get("reason"), data.get("outcome")
    asked = _asked_together(letter, data)
    return LetterRow(
        kind=Event(letter.kind),
        at=letter.sent_at,
        is_read=letter.read_at is not None,
        number=application.number or "",
        token=None if application.number else application.token,
        title=application.title,
        principal=_principal(application, letter.recipient_id),
        item=item.name,
        department=names.get(step.department_code) if step else None,
        answer_due=(acceptance.promised_due or acceptance.statutory_due) if acceptance else None,
        due=_due(application, data),
        is_about_owing="obligation" in data,
        departments=tuple(dict.fromkeys(names[each.step.department_code] for each in asked)),
        places=notice(item, asked, names),
        days=data.get("days"),
        reason=PauseReason(reason) if letter.kind == Event.CLOCK_PAUSED and reason else None,
        outcome=Outcome(outcome) if letter.kind == Event.NOT_ACCEPTED and outcome else None,
        certificate=application.certificate.number if application.certificate else None,
        is_deemed=letter.kind == Event.ACCEPTED
        and any(each.decision is not None and each.decision.is_deemed for each in application.steps),
    )


def _principal(application: Application, reader: int) -> str | None:
    if application.organisation is not None:
        return application.organisation.name
    return application.applicant.name if application.applicant_id != reader else None


def _asked_together(letter: Letter, data: Mapping[str, Any]) -> list[Correction]:
    """The corrections that one answer is, or was, to answer."""
    if letter.kind != Event.CORRECTION_ASKED:
        return []
    found = letter.application.corrections
    told = next((each for each in found if (each.step.key, each.round) == (data["step"], data["round"])), None)
    return [each for each in found if told is not None and each.answered_at == told.answered_at]


def _due(application: Application, data: Mapping[str, Any]) -> date | None:
    """Of what is owed and of a draft its own date, else when the application is promised."""
    if "due" in data:
        return date.fromisoformat(data["due"])
    return application.promised_due or application.statutory_due
