"""Tell the applicant about an event: a letter to each person it concerns."""

from __future__ import annotations

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.events import Event
from approvals.records.application import Application
from approvals.records.event import EventRecord
from approvals.records.letter import Letter

ASKED = str(Event.CORRECTION_ASKED)


def write(session: Session, *, application_id: int, sequence: int, kind: str, at: Moment) -> None:
    """To the person who applied; a second call for the same event and person adds nothing.

    What several departments ask to be mended before the applicant answers is one letter (art. 32: everything at once):
    a further request makes it new and unread again.
    """
    application = session.get_one(Application, application_id)
    recipient = application.applicant_id
    mine = (Letter.application_id == application_id, Letter.recipient_id == recipient)
    if session.scalar(select(Letter.id).where(*mine, Letter.sequence == sequence)) is not None:
        return
    told = session.scalar(_together_with(sequence, application_id).where(*mine)) if kind == ASKED else None
    if told is not None:
        if told.sequence < sequence:
            told.sequence, told.sent_at, told.read_at = sequence, at.instant, None
        return
    session.add(
        Letter(
            application_id=application_id,
            sequence=sequence,
            recipient_id=recipient,
            kind=kind,
            data={},
            sent_at=at.instant,
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
