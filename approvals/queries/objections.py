"""Objections to refusals, for the applicant: until when, what was said, what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from approvals.chain.position import ENDINGS
from approvals.clock.moment import Moment, local_date
from approvals.errors import NotFound
from approvals.permissions import Actor, may
from approvals.records.application import Application
from approvals.records.credit import Objection
from approvals.records.fold import item_of
from approvals.records.obligation import Obligation
from approvals.vocabulary import ObligationKind
from services.item import Text


@dataclass(frozen=True, slots=True)
class Objected:
    """`due`: by when the department answers; `is_upheld` None before."""

    reason: str
    at: datetime
    due: date | None
    is_upheld: bool | None
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Objections:
    """`until` is the last day, of a matter that was refused."""

    number: str
    title: str
    item: Text
    raised: tuple[Objected, ...]
    until: date | None
    may_object: bool


def objections(session: Session, number: str, *, within: int, by: Actor, at: Moment) -> Objections:
    """NotFound for everybody but the applicant."""
    application = session.scalar(
        select(Application)
        .where(Application.number == number)
        .options(joinedload(Application.revision), selectinload(Application.steps))
    )
    if application is None or not may(by, "objection:raise", application):
        raise NotFound
    owed = select(Obligation.subject, Obligation.due).where(
        Obligation.application_id == application.id, Obligation.kind == ObligationKind.OBJECTION
    )
    due = {row.subject: row.due for row in session.execute(owed)}
    raised = session.scalars(
        select(Objection)
        .where(Objection.application_id == application.id, Objection.record_id.is_(None))
        .order_by(Objection.id)
    ).all()
    is_refused = application.status in ENDINGS.values() and application.ended_at is not None
    until = local_date(application.ended_at) + timedelta(days=within) if is_refused and application.ended_at else None
    rounds = {step.key: step.round for step in application.steps}
    is_new = all(rounds.get(each.step_key) != each.round for each in raised)
    return Objections(
        number=number,
        title=application.title,
        item=item_of(application).name,
        raised=tuple(
            Objected(each.reason, each.at, due.get(str(each.id)), each.is_upheld, each.answer, each.answered_at)
            for each in raised
        ),
        until=until,
        may_object=until is not None and at.today <= until and is_new,
    )
