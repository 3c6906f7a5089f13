"""What an applicant is told after sending: the number, who has it now and by when they answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from approvals.clock.moment import Moment
from approvals.errors import NotFound
from approvals.permissions import Actor, may
from approvals.queries.openings import readable
from approvals.records.application import Application
from approvals.records.fold import item_of
from approvals.records.people import department_names
from approvals.records.step import StepRecord
from approvals.vocabulary import ApplicationStatus, StepStatus
from services.item import Item, Text


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step that a department works on now. `answer_by` is the promised day, or else the statutory one."""

    title: Text
    department: Text
    answer_by: date | None
    statutory_due: date | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """`times_sent` counts the first submission, every answered correction and every amendment."""

    token: str
    number: str
    title: str
    item: Item
    applicant: str
    status: ApplicationStatus
    submitted_at: datetime
    sent_at: datetime
    times_sent: int
    is_amended: bool
    """It was sent once more unasked, before anybody said whether it is accepted."""
    files: int
    may_read_sent: bool
    """Answers and files are shown to whoever sent them, not to everybody who may follow it."""
    open_steps: tuple[Waiting, ...]


def receipt(session: Session, number: str, *, by: Actor, at: Moment) -> Receipt:
    """NotFound for an application that the actor may not read, as for none; ReasonNeeded as for the tracker."""
    application = session.scalar(
        select(Application)
        .where(Application.number == number)
        .options(
            joinedload(Application.revision),
            joinedload(Application.organisation),
            joinedload(Application.applicant),
            selectinload(Application.steps),
            selectinload(Application.submissions),
            selectinload(Application.corrections),
            selectinload(Application.materials),
        )
    )
    application = readable(session, application, by=by, at=at)
    if application.submitted_at is None:
        raise NotFound
    item = item_of(application)
    names = department_names(session)
    last = application.submissions[-1]

    def waiting(step: StepRecord) -> Waiting:
        return Waiting(
            item.steps[step.key].title,
            names.get(step.department_code, Text(step.department_code)),
            step.promised_due or step.statutory_due,
            step.statutory_due,
        )

    return Receipt(
        token=application.token,
        number=number,
        title=application.title,
        item=item,
        applicant=application.organisation.name if application.organisation else application.applicant.name,
        status=application.status,
        submitted_at=application.submitted_at,
        sent_at=last.at,
        times_sent=last.version,
        is_amended=last.version > 1 and all(each.answered_at != last.at for each in application.corrections),
        files=sum(material.lay_with(last.at) for material in application.materials),
        may_read_sent=may(by, "material:read", application),
        open_steps=tuple(waiting(step) for step in application.steps if step.status is StepStatus.OPEN),
    )
