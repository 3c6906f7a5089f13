"""Confirm: whoever is present at a window stands by what was filled in for them there and is sent in now."""

from __future__ import annotations

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.errors import NotConfirmed, NotFound
from approvals.events import Event
from approvals.permissions import Actor
from approvals.records.application import Application
from approvals.records.counter import Confirmation, Visit, confirmation_digest
from approvals.vocabulary import Attending


def confirm(application: Application, words: str, *, by: Actor, at: Moment) -> None:
    """Of the newest submission, in its transaction. `words` are those that stood on the page. Else NotConfirmed."""
    if not words.strip():
        raise NotConfirmed
    visit = visit_of(application, by)
    sent = application.submissions[-1]
    sha256 = confirmation_digest(words, sent.sha256)
    application.confirmations.append(
        Confirmation(version=sent.version, visit_id=visit.id, words=words, sha256=sha256, at=at.instant)
    )
    append(application, Event.CONFIRMED, by=by, at=at.instant, version=sent.version, text=sealed(sha256), **seen(visit))


def seen(visit: Visit) -> dict[str, str]:
    """What the trail says of a visit: codes, and the person under seal."""
    authority = {"authority": str(visit.authority)} if visit.authority else {}
    present = sealed(f"{visit.name} {visit.identity_number}")
    return {"window": visit.window, "document": str(visit.document), "present": present, **authority}


def visit_of(application: Application, by: Actor) -> Visit:
    """In which this clerk attends to it."""
    mine = [
        each.visit
        for each in application.attendances
        if each.visit.clerk_id == by.account and each.purpose is not Attending.HAND_OUT
    ]
    if not mine:
        raise NotFound
    return max(mine, key=lambda each: each.id)
