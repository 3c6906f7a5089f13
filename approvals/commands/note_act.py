"""Note what somebody did for another where the trail of applications has nothing: in drafts, and with certificates."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.audit.append import on_behalf
from approvals.clock.moment import Moment, local_date
from approvals.commands.witness_person import witness
from approvals.events import PersonEvent
from approvals.permissions import Actor
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.person_event import PersonEventRecord


def note_act(application: Application, kind: PersonEvent, *, by: Actor, at: Moment) -> None:
    """X for Y, in the trail of who did it; nothing where it is one's own affair."""
    if for_whom := on_behalf(application, by):
        facts = {"application": application.id, "item": application.item_code, **for_whom}
        _note(session_of(application), kind, facts, by=by, at=at)


def note_begun(
    session: Session, item: str, *, organisation: int | None, mandate: int | None, by: Actor, at: Moment
) -> None:
    """Likewise of a draft that has no number of its own yet."""
    if organisation is None and by.principal is None:
        return
    facts: dict[str, object] = {"item": item}
    facts |= {"organisation": organisation} if organisation is not None else {"person": by.principal}
    facts |= {} if mandate is None else {"mandate": mandate}
    witness(session, by.person, PersonEvent.DRAFT_BEGUN, by=by.account, at=at, **facts)


def _note(session: Session, kind: PersonEvent, facts: dict[str, object], *, by: Actor, at: Moment) -> None:
    """The same on the same day once: a page that is saved ten times is one act."""
    last = session.scalars(
        select(PersonEventRecord)
        .where(PersonEventRecord.account_id == by.person, PersonEventRecord.kind == str(kind))
        .order_by(PersonEventRecord.id.desc())
        .limit(1)
    ).first()
    if last is None or last.data != facts or local_date(last.at) != at.today:
        witness(session, by.person, kind, by=by.account, at=at, **facts)
