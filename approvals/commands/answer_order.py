"""Answer a supervision order (督办): the head of the department says why it is late and what happens now."""

from __future__ import annotations

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.errors import NoOrder, OwnApplication, ReasonMissing
from approvals.events import Event
from approvals.permissions import Actor, check, owns
from approvals.records.application import Application
from approvals.records.base import write
from approvals.records.supervision import SupervisionRecord


def answer_order(record: SupervisionRecord, application: Application, answer: str, *, by: Actor, at: Moment) -> None:
    """Once, by the department it was sent to. Raises NoOrder for a mere reminder and for what was answered already."""
    check(by, "supervision:answer", record)
    if owns(by, application):
        raise OwnApplication
    if not record.rung.is_order or record.answered_at is not None:
        raise NoOrder
    if not answer.strip():
        raise ReasonMissing
    write(record, answer=answer.strip(), answered_by=by.person, answered_at=at.instant)
    append(
        application,
        Event.ORDER_ANSWERED,
        by=by,
        at=at.instant,
        subject=record.subject,
        rung=str(record.rung),
        due=record.due.isoformat(),
        answer=sealed(answer.strip()),
    )
