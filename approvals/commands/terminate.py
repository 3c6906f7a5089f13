"""Terminate (终止): end an application without a decision, because the matter has become pointless."""

from __future__ import annotations

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.intervene import intervene
from approvals.commands.running import require_running
from approvals.commands.settle import settle
from approvals.commands.withdraw import close_open_ends
from approvals.errors import Finished, NotThisAuthority, OwnApplication, ReasonMissing
from approvals.events import Event
from approvals.permissions import Actor, check, owns
from approvals.records.application import Application
from approvals.records.base import write
from approvals.records.fold import lead_of
from approvals.vocabulary import ApplicationStatus, InterventionKind


def terminate(application: Application, reason: str, *, by: Actor, at: Moment) -> None:
    """By the head of the authority that decides, with the reason. Raises Finished after the decision."""
    check(by, "application:terminate", application)
    if owns(by, application):
        raise OwnApplication
    require_running(application)
    if application.status is ApplicationStatus.GRANTED:
        raise Finished(status=str(application.status))
    if by.department != lead_of(application).department_code:
        raise NotThisAuthority
    if not reason.strip():
        raise ReasonMissing
    intervene(application, InterventionKind.TERMINATED, reason, by=by, at=at)
    write(application, terminated_at=at.instant)
    close_open_ends(application, at=at)
    event = append(application, Event.TERMINATED, by=by, at=at.instant, reason=sealed(reason.strip()))
    settle(application, by=by, at=at)
    announce(application, ParcelKind.LETTER, event, at=at)
