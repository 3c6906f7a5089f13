"""Mandates: what a person or an organisation gave, what an account was offered and holds, and what was done by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from approvals.clock.moment import Moment
from approvals.errors import NotFound
from approvals.events import Event, PersonEvent
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.event import EventRecord
from approvals.records.mandate import Mandate
from approvals.records.people import Account, Membership
from approvals.records.person_event import PersonEventRecord
from approvals.vocabulary import Duty, MandateAction, MandateStatus
from services.answers import plain_name
from services.current import catalogue
from services.item import Text

MOST = 200
"""Mandates and members shown; the newest."""
MOST_DONE = 100
DONE = (
    *(Event.SUBMITTED, Event.CORRECTION_ANSWERED, Event.AMENDED, Event.WITHDRAWN, Event.MESSAGE_SENT, Event.RATED),
    *(Event.COMMITMENT_SIGNED, Event.COMMITMENT_WITHDRAWN, Event.OBLIGATION_MOVED, Event.OBJECTION_RAISED),
    *(Event.COPY_ASKED, Event.COPY_REVOKED, Event.CONSENT_GIVEN, Event.CONSENT_WITHDRAWN),
)
"""What an applicant does, by the event it leaves; the others of the same command follow from it."""
DONE_IN_DRAFTS = (
    *(PersonEvent.DRAFT_BEGUN, PersonEvent.DRAFT_FILLED, PersonEvent.FILE_ADDED, PersonEvent.FILE_REMOVED),
    *(PersonEvent.DRAFT_DISCARDED, PersonEvent.CERTIFICATE_DOWNLOADED),
)
"""What leaves nothing in the trail of an application."""


@dataclass(frozen=True, slots=True)
class MandateRow:
    """`principal` is for whom, `grantee` who acts; `items` empty = all."""

    id: int
    principal: str
    grantee: str
    duty: Duty
    items: tuple[Text, ...]
    actions: tuple[MandateAction, ...]
    begins_on: date
    ends_on: date
    status: MandateStatus
    created_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class MemberRow:
    id: int
    name: str
    duty: Duty
    is_oneself: bool


@dataclass(frozen=True, slots=True)
class Mandates:
    given: tuple[MandateRow, ...]
    received: tuple[MandateRow, ...]
    members: tuple[MemberRow, ...]
    may_give: bool


@dataclass(frozen=True, slots=True)
class Done:
    """Something the holder of a mandate did for its principal. What was done to a draft has no number, and is called
    by its item alone.
    """

    event: Event | PersonEvent
    at: datetime
    number: str
    title: str
    item: Text | None


def mandates(session: Session, *, organisation: int | None, by: Actor, at: Moment) -> Mandates:
    """Given by the organisation (to its managers alone) or by oneself; offered to and held by oneself."""
    check(by, "mandate:give")
    may_give = organisation in by.manages if organisation is not None else by.principal is None
    whose = Mandate.organisation_id == organisation if organisation is not None else Mandate.person_id == by.account
    given = _rows(session, whose, at) if may_give else ()
    account = session.get_one(Account, by.person)
    addressed = Mandate.grantee_id == account.id
    if account.phone_mark:
        addressed |= Mandate.grantee_id.is_(None) & (Mandate.grantee_mark == account.phone_mark)
    found = _rows(session, addressed, at)
    received = [each for each in found if each.grantee == plain_name(account.name)]
    members = _members(session, organisation, by) if organisation is not None and may_give else ()
    return Mandates(given, tuple(received), members, may_give)


def done_by(session: Session, mandate_id: int, *, by: Actor, at: Moment) -> tuple[MandateRow, tuple[Done, ...]]:
    """What was done in the principal's applications by the holder while it was in force, newest first. For whoever
    gave the mandate and whoever holds it; NotFound for anybody else.
    """
    check(by, "mandate:give")
    mandate = session.get(Mandate, mandate_id)
    if mandate is None or not _concerns(mandate, by):
        raise NotFound
    (row,) = _told([mandate], at)
    if mandate.accepted_at is None:
        return row, ()
    own = (
        Application.organisation_id == mandate.organisation_id
        if mandate.organisation_id is not None
        else (Application.applicant_id == mandate.person_id) & Application.organisation_id.is_(None)
    )
    events = (
        select(EventRecord.kind, EventRecord.at, EventRecord.data, Application.number, Application.title)
        .join(Application, Application.id == EventRecord.application_id)
        .where(own, EventRecord.by_account == mandate.grantee_id, EventRecord.at >= mandate.accepted_at)
        .where(EventRecord.kind.in_([str(kind) for kind in DONE]))
        .order_by(EventRecord.at.desc(), EventRecord.sequence.desc())
        .limit(MOST_DONE)
    )
    done = [
        Done(Event(kind), when, number or "", title, None)
        for kind, when, data, number, title in session.execute(events)
        if _is_by(mandate, data)
    ]
    done += _beside_the_trail(session, mandate)
    done.sort(key=lambda each: each.at, reverse=True)
    return row, tuple(done[:MOST_DONE])


def _beside_the_trail(session: Session, mandate: Mandate) -> list[Done]:
    """In drafts, and with certificates."""
    acts = session.scalars(
        select(PersonEventRecord)
        .where(PersonEventRecord.account_id == mandate.grantee_id, PersonEventRecord.at >= mandate.accepted_at)
        .where(PersonEventRecord.kind.in_([str(kind) for kind in DONE_IN_DRAFTS]))
        .order_by(PersonEventRecord.id.desc())
        .limit(MOST_DONE)
    ).all()
    mine = [each for each in acts if _is_by(mandate, each.data)]
    ids = {each.data["application"] for each in mine if "application" in each.data}
    named = select(Application.id, Application.number).where(Application.id.in_(ids))
    numbers = {row.id: row.number for row in session.execute(named)}
    offered = catalogue().items
    return [
        Done(
            event=PersonEvent(each.kind),
            at=each.at,
            number=numbers.get(each.data.get("application", 0)) or "",
            title="",
            item=offered[each.data["item"]].name if each.data["item"] in offered else Text(each.data["item"]),
        )
        for each in mine
    ]


def _is_by(mandate: Mandate, data: Mapping[str, Any]) -> bool:
    """An administrator acts in everything, as a member does, so that only the organisation is named."""
    if mandate.duty is Duty.ADMINISTRATOR:
        return data.get("organisation") == mandate.organisation_id
    return data.get("mandate") == mandate.id


def _concerns(mandate: Mandate, by: Actor) -> bool:
    if mandate.organisation_id is not None and mandate.organisation_id in by.manages:
        return True
    return by.account in (mandate.person_id, mandate.grantee_id)


def _rows(session: Session, whose: ColumnElement[bool], at: Moment) -> tuple[MandateRow, ...]:
    found = session.scalars(select(Mandate).where(whose).order_by(Mandate.id.desc()).limit(MOST)).all()
    return tuple(_told(found, at))


def _told(found: Iterable[Mandate], at: Moment) -> list[MandateRow]:
    offered = catalogue().items
    return [
        MandateRow(
            id=each.id,
            principal=each.organisation.name if each.organisation else each.person.name if each.person else "",
            grantee=each.grantee_name,
            duty=each.duty,
            items=tuple(offered[code].name if code in offered else Text(code) for code in each.items),
            actions=tuple(action for action in MandateAction if action in each.actions),
            begins_on=each.begins_on,
            ends_on=each.ends_on,
            status=each.status_on(at.today),
            created_at=each.created_at,
            ended_at=each.revoked_at or each.declined_at,
        )
        for each in found
    ]


def _members(session: Session, organisation: int, by: Actor) -> tuple[MemberRow, ...]:
    found = session.scalars(
        select(Membership)
        .where(Membership.organisation_id == organisation, Membership.ended_at.is_(None))
        .options(joinedload(Membership.account).raiseload(Account.memberships))
        .order_by(Membership.id)
        .limit(MOST)
    )
    return tuple(
        MemberRow(each.id, each.account.name, Duty(each.duty), each.account_id == by.account) for each in found
    )
