"""Write to the department that has an application, or from it to the applicant; and mark what was read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.attach import register_file
from approvals.errors import NotFound, OwnApplication, ReasonMissing, TalkOver, TooManyMessages
from approvals.events import Event
from approvals.inspection import Inspected
from approvals.permissions import Actor, check, owns
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.message import Message, MessageFile

MOST_IN_A_ROW = 20
"""Messages that one side sends before the other answers."""


def write_message(
    application: Application,
    department: str,
    text: str,
    files: Sequence[tuple[Inspected, str]] = (),
    *,
    open_days: int,
    by: Actor,
    at: Moment,
) -> Message:
    """`files` lie in the storage under their digests. `open_days` after the end of the matter the talk is over.

    Who answers has read what was asked. The applicant is told by letter that somebody wrote, not what.
    """
    check(by, "message:write", application)
    is_office = by.department is not None
    if is_office and owns(by, application):
        raise OwnApplication
    if department not in talking_with(application) or (is_office and department != by.department):
        raise NotFound
    if application.ended_at is not None and at.instant > application.ended_at + timedelta(days=open_days):
        raise TalkOver(days=open_days)
    if not text.strip():
        raise ReasonMissing
    session = session_of(application)
    _refuse_flood(session, application, department, is_office=is_office)
    for file, digest in files:
        register_file(application, file, digest, at=at)
    message = Message(
        application_id=application.id,
        department_code=department,
        is_office=is_office,
        text=text.strip(),
        by_account=by.person,
        at=at.instant,
        files=[MessageFile(sha256=digest, name=file.name) for file, digest in files],
    )
    session.add(message)
    session.flush()
    mark_read(session, application, department, until=message.id, by=by, at=at)
    event = append(
        application,
        Event.MESSAGE_SENT,
        by=by,
        at=at.instant,
        department=department,
        files=[digest for _file, digest in files],
        text=sealed(message.text),
    )
    if is_office:
        announce(application, ParcelKind.LETTER, event, at=at)
    return message


def mark_read(
    session: Session, application: Application, department: str, *, until: int, by: Actor, at: Moment
) -> None:
    """What the other side wrote, up to the newest that stood on the page."""
    check(by, "message:write", application)
    session.execute(
        update(Message)
        .where(
            Message.application_id == application.id,
            Message.department_code == (by.department or department),
            Message.is_office.is_(by.department is None),
            Message.id <= until,
            Message.read_at.is_(None),
        )
        .values(read_at=at.instant)
    )


def talking_with(application: Application) -> frozenset[str]:
    """The departments that have it or had it."""
    return frozenset(step.department_code for step in application.steps if step.opened_at is not None)


def _refuse_flood(session: Session, application: Application, department: str, *, is_office: bool) -> None:
    talk = (Message.application_id == application.id, Message.department_code == department)
    answered = select(func.max(Message.id)).where(*talk, Message.is_office.is_(not is_office)).scalar_subquery()
    sent = select(func.count()).where(*talk, Message.id > func.coalesce(answered, 0))
    if (session.scalar(sent.select_from(Message)) or 0) >= MOST_IN_A_ROW:
        raise TooManyMessages(most=MOST_IN_A_ROW)
