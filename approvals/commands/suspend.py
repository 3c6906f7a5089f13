"""Suspend (中止) and resume: nothing of an application may go on until something outside of it is settled."""

from __future__ import annotations

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.intervene import intervene
from approvals.commands.settle import settle
from approvals.errors import (
    AlreadySuspended,
    NotInReview,
    NotSuspended,
    NotThisAuthority,
    OwnApplication,
    ReasonMissing,
)
from approvals.events import Event
from approvals.permissions import Actor, check, owns
from approvals.records.application import Application
from approvals.records.base import session_of, write
from approvals.records.fold import lead_of, suspension_of
from approvals.records.pause import PauseRecord
from approvals.vocabulary import InterventionKind, PauseBasis, PauseReason


def suspend(application: Application, reason: str, *, by: Actor, at: Moment) -> None:
    """All its clocks stand still, and no step can be decided. By the head of the authority that decides."""
    _check(application, by)
    if application.accepted_at is None or application.status.is_decided:
        raise NotInReview(status=str(application.status))
    if suspension_of(application) is not None:
        raise AlreadySuspended
    if not reason.strip():
        raise ReasonMissing
    application.pauses.append(
        PauseRecord(
            step_id=None,
            reason=PauseReason.SUSPENSION,
            note=reason.strip(),
            basis=PauseBasis.SUSPENSION,
            by_account=by.account,
            began_at=at.instant,
        )
    )
    session_of(application).flush()
    _intervene(application, InterventionKind.SUSPENDED, Event.SUSPENDED, reason, by=by, at=at)


def resume(application: Application, reason: str, *, by: Actor, at: Moment) -> None:
    """From the next day on, time is counted again. Raises NotSuspended."""
    _check(application, by)
    running = suspension_of(application)
    if running is None:
        raise NotSuspended
    write(running, ended_at=at.instant)
    _intervene(application, InterventionKind.RESUMED, Event.RESUMED, reason, by=by, at=at)


def _check(application: Application, by: Actor) -> None:
    check(by, "application:suspend", application)
    if owns(by, application):
        raise OwnApplication
    if not application.steps or by.department != lead_of(application).department_code:
        raise NotThisAuthority


def _intervene(
    application: Application, kind: InterventionKind, event: Event, reason: str, *, by: Actor, at: Moment
) -> None:
    intervene(application, kind, reason, by=by, at=at)
    written = append(application, event, by=by, at=at.instant, reason=sealed(reason.strip()))
    settle(application, by=by, at=at)
    announce(application, ParcelKind.LETTER, written, at=at)
