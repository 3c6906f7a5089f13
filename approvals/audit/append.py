"""Append an event to the trail of its application."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert

from approvals.audit.chain import fingerprint
from approvals.clock.moment import local_date
from approvals.errors import TimeRunsBackwards
from approvals.events import Event
from approvals.permissions import Actor, owns
from approvals.records.application import Application
from approvals.records.base import send, session_of, write
from approvals.records.event import EventRecord
from approvals.vocabulary import Assigning, Role

EVENTS = insert(EventRecord.__table__)  # type: ignore[arg-type]  # declared as FromClause, it is a Table


@dataclass(frozen=True, slots=True)
class Written:
    """Where in the trail an event stands."""

    sequence: int
    kind: Event


def append(application: Application, kind: Event, *, by: Actor, at: datetime, **data: object) -> Written:
    """Write the event; the application's row is locked by whoever changes it, so the head cannot move underneath.

    Raises TimeRunsBackwards where the application was changed on a later day: a server's clock is wrong, or was. Within
    a day the order of the trail counts, for two servers never agree to the second.
    """
    session = session_of(application)
    last = application.trail_at
    if last is not None and at < last and local_date(at) < local_date(last):
        raise TimeRunsBackwards(last=local_date(last))
    if application in session.new:
        session.flush()  # a new application needs its id, which the hash covers
    if by.lenders:
        data |= _deputising(application, kind, by, data)
    sequence = application.trail_length + 1
    data |= on_behalf(application, by)
    head = fingerprint(
        application.trail_head,
        application=application.id,
        sequence=sequence,
        kind=kind,
        at=at,
        by_account=by.account,
        by_role=by.role,
        data=data,
    )
    # Straight to the table: nobody needs the row as an object, and a flush for each event would be the costly part.
    send(
        session,
        EVENTS,
        {
            "application_id": application.id,
            "sequence": sequence,
            "kind": str(kind),
            "at": at,
            "by_account": by.account,
            "by_role": str(by.role),
            "data": data,
            "previous": application.trail_head,
            "hash": head,
        },
    )
    write(application, trail_length=sequence, trail_head=head, trail_at=at, trail_is_covered=False)
    return Written(sequence, kind)


def on_behalf(application: Application, by: Actor) -> dict[str, int]:
    """X for Y: whose affair it is when an applicant acts for another, and by which mandate.

    A stranger, whose attempt was refused, acts for nobody.
    """
    is_oneself = application.organisation_id is None and application.applicant_id == by.account
    if by.role is not Role.CITIZEN or is_oneself or not owns(by, application):
        return {}
    power = by.power_for(application)
    mandate = {} if power is None else {"mandate": power.mandate}
    if application.organisation_id is not None:
        return {"organisation": application.organisation_id, **mandate}
    return {"person": application.applicant_id, **mandate}


FOR_HEADS = frozenset(
    {
        Event.EXTENDED,
        Event.SUSPENDED,
        Event.RESUMED,
        Event.TERMINATED,
        Event.REOPENED,
        Event.ORDER_ANSWERED,
        Event.RECTIFICATION_ORDERED,
        Event.CERTIFICATE_SUSPENDED,
        Event.CERTIFICATE_RESUMED,
        Event.CERTIFICATE_CHANGED,
        Event.CERTIFICATE_ANNULLED,
        Event.CERTIFICATE_REVOKED,
        Event.CERTIFICATE_RESTORED,
        Event.OBJECTION_ANSWERED,
        Event.FOLLOW_UP_ANSWERED,
    }
)
"""What only a head does, or somebody who stands in for one."""


def _deputising(application: Application, kind: Event, by: Actor, data: Mapping[str, object]) -> dict[str, int]:
    """For whom it was done: who has the step, or the head or lead where nobody else could have
    done it. Who confirms what a colleague proposed does it as themselves.
    """
    if "proposed_by" in data:
        return {}
    step = next((each for each in application.steps if each.key == data.get("step")), None)
    holder = step.assignee_id if step is not None else None
    if holder is not None and holder in by.hands:
        return {} if holder == by.account else {"deputy_for": holder}
    assigns = data.get("act") in ASSIGNING_ACTS or (holder is not None and kind in ACTED_ON)
    able = (Role.HEAD,) if kind in FOR_HEADS else (Role.HEAD, Role.LEAD) if assigns else ()
    lender = next((each.account for role in able for each in by.lenders if each.role is role), None)
    return {"deputy_for": lender} if lender is not None and by.role not in able else {}


ASSIGNING_ACTS = frozenset({str(Assigning.ASSIGN), str(Assigning.RECALL)})
ACTED_ON = frozenset(
    {
        *(Event.STEP_DECIDED, Event.OPINION_PROPOSED, Event.LATE_REASON_GIVEN),
        *(Event.CORRECTION_ASKED, Event.CLOCK_PAUSED, Event.CLOCK_RESUMED),
    }
)
"""What somebody does to a step: past a colleague who has it only a head or lead may."""


def sealed(text: str) -> str:
    """A salted digest of free text, `salt:sha256`: it proves the text without showing it, and erasing the text keeps
    the chain.
    """
    salt = secrets.token_hex(8)
    return f"{salt}:{hashlib.sha256((salt + text).encode()).hexdigest()}"
