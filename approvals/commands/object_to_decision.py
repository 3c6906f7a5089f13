"""Object to a refusal (异议): the applicant says why, the head answers in time; upheld, the decision is taken anew."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment, local_date
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.obligation import begin, move
from approvals.commands.reopen import ending_of, reopen
from approvals.errors import (
    NotPossibleNow,
    NotRefused,
    ObjectedBefore,
    OwnApplication,
    ReasonMissing,
    TooLateToObject,
)
from approvals.events import Event
from approvals.permissions import Actor, check, owns
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.credit import Objection
from approvals.records.fold import lead_of
from approvals.records.obligation import Obligation
from approvals.vocabulary import Act, ObligationKind
from services.item import Limit


def object_to_decision(
    application: Application, reason: str, *, within: int, answer_in: int, by: Actor, at: Moment
) -> Objection:
    """Once for each refusal, within so many days of it; the department owes the answer in so many working days.

    It takes nothing from the remedies of the law (art. 38), whose time it does not stop.
    """
    check(by, "objection:raise", application)
    ending = ending_of(application)
    if ending is None or application.ended_at is None:
        raise NotRefused(status=str(application.status))
    until = last_day(application, within)
    if until is None or at.today > until:
        raise TooLateToObject(days=within)
    if not reason.strip():
        raise ReasonMissing
    session = session_of(application)
    same = (Objection.application_id == application.id, Objection.step_key == ending.key)
    if session.scalar(select(Objection.id).where(*same, Objection.round == ending.round)) is not None:
        raise ObjectedBefore
    objection = Objection(
        application_id=application.id,
        step_key=ending.key,
        round=ending.round,
        reason=reason.strip(),
        by_account=by.person,
        at=at.instant,
    )
    session.add(objection)
    session.flush()  # what is owed names it by its number
    owed = begin(
        application,
        ObligationKind.OBJECTION,
        step=ending.key,
        subject=str(objection.id),
        text=reason.strip(),
        limit=Limit(Decimal(answer_in)),
        department=lead_of(application).department_code,
        by=by,
        at=at,
    )
    if owed is None:
        raise ObjectedBefore
    event = append(
        application,
        Event.OBJECTION_RAISED,
        by=by,
        at=at.instant,
        obligation=owed.id,
        due=owed.due.isoformat(),
        reason=sealed(reason.strip()),
    )
    announce(application, ParcelKind.LETTER, event, at=at)
    return objection


def answer_objection_to_decision(
    obligation: Obligation, answer: str, *, is_upheld: bool, by: Actor, at: Moment
) -> None:
    """By the head of the authority that decides, with reasons. Upheld, the step that refused decides anew, and the
    letter about that tells it; dismissed, the letter names the remedies.
    """
    application = obligation.application
    check(by, "objection:answer", lead_of(application))
    if owns(by, application):
        raise OwnApplication
    if obligation.kind is not ObligationKind.OBJECTION or obligation.status.is_closed:
        raise NotPossibleNow(status=str(obligation.status))
    if not answer.strip():
        raise ReasonMissing
    objection = session_of(application).get_one(Objection, int(obligation.subject))
    objection.is_upheld, objection.answer = is_upheld, answer.strip()
    objection.answered_by, objection.answered_at = by.person, at.instant
    move(obligation, Act.FULFIL, note=answer.strip(), by=by, at=at)
    facts = {"upheld": is_upheld, "answer": sealed(answer.strip())}
    event = append(application, Event.OBJECTION_ANSWERED, by=by, at=at.instant, **facts)
    if is_upheld and ending_of(application) is not None:
        reopen(application, f"{application.number}-Y{objection.id}", answer, by=by, at=at)
    else:
        announce(application, ParcelKind.LETTER, event, at=at)


def last_day(application: Application, within: int) -> date | None:
    """On which it may be objected; None while nothing was refused."""
    ended = application.ended_at
    return None if ended is None else local_date(ended) + timedelta(days=within)
