"""Reopen a refused application after a successful objection: the step that refused decides anew."""

from __future__ import annotations

from approvals.audit.append import append, sealed
from approvals.chain.position import ENDINGS
from approvals.clock.moment import Moment
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.intervene import intervene
from approvals.commands.obligation import take_up_all
from approvals.commands.settle import settle
from approvals.errors import NotRefused, NotThisAuthority, OwnApplication, ReasonMissing, ReferenceMissing
from approvals.events import Event
from approvals.permissions import Actor, check, owns
from approvals.records.application import Application
from approvals.records.base import session_of, write
from approvals.records.fold import lead_of
from approvals.records.pause import PauseRecord
from approvals.records.step import StepRecord
from approvals.vocabulary import InterventionKind, PauseBasis, PauseReason


def reopen(application: Application, reference: str, reason: str, *, by: Actor, at: Moment) -> None:
    """`reference` is the number of the decision that upheld the objection (art. 38: reconsideration or lawsuit).

    The step that ended the application opens in a new round, everybody else's opinion stands, and the days from the
    end until now are not counted. Raises NotRefused, NotThisAuthority, ReferenceMissing or ReasonMissing.
    """
    check(by, "application:reopen", application)
    if owns(by, application):
        raise OwnApplication
    ending, ended_at = ending_of(application), application.ended_at
    if ending is None or ended_at is None:
        raise NotRefused(status=str(application.status))
    if by.department != lead_of(application).department_code:
        raise NotThisAuthority
    if not reference.strip():
        raise ReferenceMissing
    if not reason.strip():
        raise ReasonMissing
    session = session_of(application)
    intervene(application, InterventionKind.REOPENED, reason, reference=reference, by=by, at=at)
    application.pauses.append(
        PauseRecord(
            step_id=None,
            reason=PauseReason.OBJECTION,
            note=reference.strip(),
            basis=PauseBasis.OBJECTION,
            by_account=by.account,
            began_at=ended_at,
            ended_at=at.instant,
        )
    )
    session.flush()
    ending.begin_round(at.instant)
    write(application, decided_at=None)
    event = append(
        application,
        Event.REOPENED,
        by=by,
        at=at.instant,
        step=ending.key,
        round=ending.round,
        reference=sealed(reference.strip()),
        reason=sealed(reason.strip()),
    )
    settle(application, by=by, at=at)
    take_up_all(application, at=at)
    announce(application, ParcelKind.LETTER, event, at=at)


def ending_of(application: Application) -> StepRecord | None:
    """The step that refused it; None where nothing was refused."""
    if application.status not in ENDINGS.values():
        return None
    return next((step for step in application.steps if step.decision and step.decision.outcome in ENDINGS), None)
