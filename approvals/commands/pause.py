"""Start and end a special procedure (特别程序, Licensing Law art. 45): its time is not counted."""

from __future__ import annotations

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.commands import writs
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.decide import require_open
from approvals.commands.held import require_held
from approvals.commands.running import require_running
from approvals.commands.settle import settle
from approvals.errors import NotPaused, OutcomeNotPossible, OwnApplication, ReasonMissing
from approvals.events import Event
from approvals.permissions import Actor, check, owns
from approvals.records.base import session_of
from approvals.records.pause import PauseRecord
from approvals.records.step import StepRecord
from approvals.vocabulary import PauseBasis, PauseReason

PROCEDURES = frozenset(
    {
        PauseReason.HEARING,
        PauseReason.ON_SITE,
        PauseReason.EXPERT_REVIEW,
        PauseReason.TESTING,
        PauseReason.PUBLIC_NOTICE,
        PauseReason.THIRD_PARTY,
    }
)
"""Special procedures a department may start; the other pauses follow from something else."""
LONGEST = 120
"""Working days that may be announced; a demonstration bound, no article names one."""


def pause(step: StepRecord, reason: PauseReason, *, days: int, note: str, by: Actor, at: Moment) -> None:
    """`days` are the working days needed: the applicant must be told in writing, so both days and note are due."""
    application = step.application
    check(by, "step:pause", step)
    if owns(by, application):
        raise OwnApplication
    require_open(step)
    require_held(step, by)
    if reason not in PROCEDURES or application.accepted_at is None or not 1 <= days <= LONGEST:
        raise OutcomeNotPossible(outcome=str(reason))
    if not note.strip():
        raise ReasonMissing
    stopped = PauseRecord(
        step_id=step.id,
        reason=reason,
        note=note.strip(),
        basis=PauseBasis.PROCEDURE,
        days_needed=days,
        by_account=by.account,
        began_at=at.instant,
    )
    application.pauses.append(stopped)
    session = session_of(application)
    session.flush()
    event = append(
        application,
        Event.CLOCK_PAUSED,
        by=by,
        at=at.instant,
        step=step.key,
        reason=str(reason),
        days=days,
        note=sealed(note),
    )
    settle(application, by=by, at=at)
    writs.special_procedure(step, stopped, by=by, at=at)
    announce(application, ParcelKind.LETTER, event, at=at)


def resume(step: StepRecord, *, by: Actor, at: Moment) -> None:
    """The special procedure is over: from the next day on, time is counted again."""
    application = step.application
    check(by, "step:pause", step)
    require_running(application)
    running = next(
        (
            pause
            for pause in application.pauses
            if pause.step_id == step.id and pause.ended_at is None and pause.reason in PROCEDURES
        ),
        None,
    )
    if running is None:
        raise NotPaused
    running.ended_at = at.instant
    event = append(application, Event.CLOCK_RESUMED, by=by, at=at.instant, step=step.key)
    settle(application, by=by, at=at)
    announce(application, ParcelKind.LETTER, event, at=at)
