"""Withdraw an application: the applicant's right until the decision."""

from __future__ import annotations

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.settle import settle
from approvals.errors import Finished
from approvals.events import Event
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.vocabulary import ApplicationStatus


def withdraw(application: Application, reason: str, *, by: Actor, at: Moment) -> None:
    """Ends every open step. After the decision, and for a draft (which is just deleted), refused as Finished."""
    check(by, "application:withdraw", application)
    if application.status.is_final or application.status in (ApplicationStatus.GRANTED, ApplicationStatus.DRAFT):
        raise Finished(status=str(application.status))
    application.withdrawn_at = at.instant
    for correction in application.corrections:
        correction.answered_at = correction.answered_at or at.instant
    for pause in application.pauses:
        pause.ended_at = pause.ended_at or at.instant
    event = append(application, Event.WITHDRAWN, by=by, at=at.instant, reason=sealed(reason))
    settle(application, by=by, at=at)
    announce(application, ParcelKind.LETTER, event, at=at)
