"""Open an application outside one's work: the reason is kept, the trail says so, and it may be read for an hour."""

from __future__ import annotations

from datetime import timedelta

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.errors import NotFound, ReasonMissing
from approvals.events import Event
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.opening import Opening, is_running
from approvals.vocabulary import OpeningReason

STAYS_OPEN = timedelta(hours=1)


def open_case(application: Application, reason: OpeningReason, note: str, *, by: Actor, at: Moment) -> None:
    """Nothing is written while an opening of this person is still running. NotFound for a draft, else ReasonMissing."""
    check(by, "application:open")
    if application.submitted_at is None:
        raise NotFound
    if not note.strip():
        raise ReasonMissing
    session = session_of(application)
    if is_running(session, application.id, by.account, at.instant):
        return
    session.add(
        Opening(
            application_id=application.id,
            account_id=by.person,
            role=by.role,
            reason=reason,
            note=note.strip(),
            at=at.instant,
            until=at.instant + STAYS_OPEN,
        )
    )
    append(application, Event.OPENED, by=by, at=at.instant, reason=str(reason), note=sealed(note.strip()))
