"""What its head may do to an application as a whole: extend, suspend, terminate, reopen, and what was done so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from approvals.chain.position import ENDINGS
from approvals.clock.moment import Moment
from approvals.errors import NotFound
from approvals.permissions import Actor, check, may, owns
from approvals.queries.signature import Signature, signatures
from approvals.records.application import Application
from approvals.records.extension import Extension, is_extended_by, most_days, requests_of, waiting_request
from approvals.records.fold import item_of, lead_of, suspension_of
from approvals.records.intervention import Intervention
from approvals.records.people import Account
from approvals.vocabulary import ApplicationStatus, InterventionKind, RequestEnd
from services.item import Text


@dataclass(frozen=True, slots=True)
class Done:
    """`kind` None: an extension, by `days`."""

    kind: InterventionKind | None
    days: int
    reason: str
    reference: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ExtensionAsked:
    """A request from a desk to extend the limits, that waits or was declined."""

    days: int
    reason: str
    by: Signature | None
    at: datetime
    declined: str | None
    """Why it was; None while it waits."""


@dataclass(frozen=True, slots=True)
class Whole:
    """`verbs` are the interventions that this person may carry out now: extend, decline, suspend, resume, terminate,
    reopen.
    """

    number: str
    title: str
    item: Text
    status: ApplicationStatus
    promised_due: date | None
    statutory_due: date | None
    verbs: tuple[str, ...]
    most_days: int
    done: tuple[Done, ...]
    asked: ExtensionAsked | None


def whole(session: Session, number: str, *, by: Actor, at: Moment) -> Whole:
    """NotFound for none, NotAllowed for one that is not this person's business."""
    application = session.scalar(
        select(Application)
        .where(Application.number == number)
        .options(joinedload(Application.revision), selectinload(Application.steps), selectinload(Application.pauses))
    )
    if application is None or not may(by, "application:read", application):
        raise NotFound
    check(by, "application:extend", application)
    return Whole(
        number=number,
        title=application.title,
        item=item_of(application).name,
        status=application.status,
        promised_due=application.promised_due,
        statutory_due=application.statutory_due,
        verbs=() if owns(by, application) else tuple(_verbs(application, by, at)),
        most_days=most_days(application),
        done=_done(session, application),
        asked=asked if (asked := extension_asked(session, application)) and asked.declined is None else None,
    )


def _verbs(application: Application, by: Actor, at: Moment) -> list[str]:
    is_reviewed = application.accepted_at is not None and not application.status.is_decided
    is_lead = by.department == lead_of(application).department_code
    is_in_time = application.statutory_due is not None and at.today <= application.statutory_due
    is_running = not application.status.is_final and application.status is not ApplicationStatus.GRANTED
    is_suspended = suspension_of(application) is not None
    possible = {
        "extend": is_reviewed and is_in_time and not application.extended_days and is_extended_by(application, by),
        "decline": is_extended_by(application, by) and waiting_request(application) is not None,
        "suspend": is_lead and is_reviewed and not is_suspended,
        "resume": is_lead and is_suspended and is_running,
        "terminate": is_lead and is_running,
        "reopen": is_lead and application.status in ENDINGS.values(),
    }
    return [verb for verb, is_possible in possible.items() if is_possible]


def extension_asked(session: Session, application: Application) -> ExtensionAsked | None:
    """The newest, while the limits can still be extended."""
    requests = [] if application.status.is_decided else requests_of(application)
    asked = requests[-1] if requests else None
    if asked is None or asked.ending is RequestEnd.GRANTED:
        return None
    by = signatures(session, {asked.by_account}).get(asked.by_account)
    return ExtensionAsked(asked.days, asked.reason, by, asked.at, asked.note if asked.ending else None)


def _done(session: Session, application: Application) -> tuple[Done, ...]:
    interventions = session.execute(
        select(Intervention, Account.name)
        .join(Account, Account.id == Intervention.by_account)
        .where(Intervention.application_id == application.id)
    )
    extensions = session.execute(
        select(Extension, Account.name)
        .join(Account, Account.id == Extension.by_account)
        .where(Extension.application_id == application.id)
    )
    found = [Done(each.kind, 0, each.reason, each.reference, name, each.at) for each, name in interventions]
    found += [Done(None, each.days, each.reason, "", name, each.at) for each, name in extensions]
    return tuple(sorted(found, key=lambda each: each.at, reverse=True))
