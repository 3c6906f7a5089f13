"""How far an application has come: its steps with their departments and dates, and its certificate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from approvals.errors import NotFound
from approvals.queries.calendar import calendar_in_force
from approvals.records.application import Application
from approvals.records.fold import item_of
from approvals.records.people import department_names
from approvals.records.step import StepRecord
from approvals.vocabulary import ApplicationStatus, Outcome, PauseReason, StepStatus
from services.item import Item, Limit, StepKind, Text


@dataclass(frozen=True, slots=True)
class Stopped:
    """Time of a step that is not counted, and why; `days_needed` is what was announced, in working days."""

    reason: PauseReason
    basis: str
    days_needed: int | None
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class StepProgress:
    key: str
    kind: StepKind
    title: Text
    item_code: str | None
    department: str
    department_name: Text
    status: StepStatus
    opened_at: datetime | None
    closed_at: datetime | None
    outcome: Outcome | None
    promised: Limit
    statutory: Limit
    promised_due: date | None
    statutory_due: date | None
    is_provisional: bool
    pauses: tuple[Stopped, ...]


@dataclass(frozen=True, slots=True)
class CertificateMade:
    number: str
    identifier: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Progress:
    number: str
    item: Item
    status: ApplicationStatus
    submitted_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    promised_due: date | None
    statutory_due: date | None
    is_provisional: bool
    """Whether any of its due dates lies in a year without an official calendar."""
    steps: tuple[StepProgress, ...]
    certificate: CertificateMade | None


def progress(session: Session, number: str) -> Progress:
    """For the command line and the operator; pages ask queries that check who asks."""
    application = session.scalar(
        select(Application)
        .where(Application.number == number)
        .options(
            joinedload(Application.revision),
            selectinload(Application.steps).selectinload(StepRecord.decisions),
            selectinload(Application.pauses),
            joinedload(Application.certificate),
        )
    )
    if application is None:
        raise NotFound
    item = item_of(application)
    names = department_names(session)
    made = application.certificate
    calendar = calendar_in_force(session)
    expected = {
        each.key: not all(calendar.is_official(due) for due in (each.promised_due, each.statutory_due) if due)
        for each in application.steps
    }
    dues = (application.promised_due, application.statutory_due)
    return Progress(
        number=number,
        item=item,
        status=application.status,
        submitted_at=application.submitted_at,
        accepted_at=application.accepted_at,
        ended_at=application.ended_at,
        promised_due=application.promised_due,
        statutory_due=application.statutory_due,
        is_provisional=any(expected.values()) or not all(calendar.is_official(due) for due in dues if due),
        steps=tuple(
            StepProgress(
                key=step.key,
                kind=item.steps[step.key].kind,
                title=item.steps[step.key].title,
                item_code=item.steps[step.key].item_code,
                department=step.department_code,
                department_name=names[step.department_code],
                status=step.status,
                opened_at=step.opened_at,
                closed_at=step.closed_at,
                outcome=step.decision.outcome if step.decision else None,
                promised=item.steps[step.key].promised,
                statutory=item.steps[step.key].statutory,
                promised_due=step.promised_due,
                statutory_due=step.statutory_due,
                is_provisional=expected[step.key],
                pauses=tuple(
                    Stopped(each.reason, each.basis, each.days_needed, each.began_at, each.ended_at)
                    for each in application.pauses
                    if each.step_id == step.id
                ),
            )
            for step in application.steps
        ),
        certificate=CertificateMade(made.number, made.identifier, made.sha256) if made and made.sha256 else None,
    )
