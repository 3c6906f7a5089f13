"""Tell the applicant about an event: a letter to each person it concerns."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.records.application import Application
from approvals.records.letter import Letter


def write(session: Session, *, application_id: int, sequence: int, kind: str, at: Moment) -> None:
    """To the person who applied; a second call for the same event and person adds nothing."""
    application = session.get_one(Application, application_id)
    recipient = application.applicant_id
    already = select(Letter.id).where(
        Letter.application_id == application_id, Letter.sequence == sequence, Letter.recipient_id == recipient
    )
    if session.scalar(already) is None:
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
