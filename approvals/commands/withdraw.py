"""Withdraw an application: the applicant's right until the decision."""

from __future__ import annotations

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.confirm import seen, visit_of
from approvals.commands.intervene import intervene
from approvals.commands.running import require_running
from approvals.commands.settle import settle
from approvals.errors import Finished
from approvals.events import Event
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.base import write
from approvals.vocabulary import ApplicationStatus, InterventionKind, Role


def withdraw(application: Application, reason: str, *, by: Actor, at: Moment) -> None:
    """Ends every open step. After the decision refused as Finished; a draft, which is just deleted, as NotSubmitted.

    At a window the trail says who was present.
    """
    check(by, "application:withdraw", application)
    require_running(application)
    if application.status is ApplicationStatus.GRANTED:
        raise Finished(status=str(application.status))
    intervene(application, InterventionKind.WITHDRAWN, reason, by=by, at=at)
    write(application, withdrawn_at=at.instant)
    close_open_ends(application, at=at)
    present = seen(visit_of(application, by)) if by.role is Role.COUNTER else {}
    event = append(application, Event.WITHDRAWN, by=by, at=at.instant, reason=sealed(reason), **present)
    settle(application, by=by, at=at)
    announce(application, ParcelKind.LETTER, event, at=at)


def close_open_ends(application: Application, *, at: Moment) -> None:
    """What ends has nothing left to be mended, and no clock that stands still."""
    for correction in application.corrections:
        correction.answered_at = correction.answered_at or at.instant
    for pause in application.pauses:
        pause.ended_at = pause.ended_at or at.instant
