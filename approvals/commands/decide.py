"""Decide a step: accept, give an opinion, grant or refuse."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.register import register
from approvals.commands.running import require_running
from approvals.commands.settle import settle
from approvals.errors import (
    AlreadyDecided,
    ConsentMissing,
    OutcomeNotPossible,
    OwnApplication,
    ReasonMissing,
    StepNotOpen,
)
from approvals.events import Event
from approvals.permissions import Actor, check, owns
from approvals.records.application import Application
from approvals.records.base import write
from approvals.records.fold import item_of, position_of
from approvals.records.step import Decision, StepRecord
from approvals.vocabulary import ApplicationStatus, Outcome, StepStatus
from services.item import StepKind

OPINIONS = (
    Outcome.AGREE,
    Outcome.AGREE_WITH_CONDITIONS,
    Outcome.DISAGREE,
    Outcome.NOT_CONCERNED,
    Outcome.CANNOT_JUDGE,
)
FINDINGS = (Outcome.AGREE, Outcome.AGREE_WITH_CONDITIONS, Outcome.DISAGREE)

POSSIBLE: Mapping[StepKind, tuple[Outcome, ...]] = {
    StepKind.ACCEPTANCE: (Outcome.ACCEPT, Outcome.NOT_NEEDED, Outcome.NOT_ACCEPTED),
    StepKind.REVIEW: OPINIONS,
    StepKind.TECHNICAL_REVIEW: OPINIONS,
    StepKind.CONSULTATION: OPINIONS,
    StepKind.ON_SITE: FINDINGS,
    StepKind.PUBLIC_NOTICE: FINDINGS,
    StepKind.DECISION: (Outcome.GRANT, Outcome.REFUSE),
    StepKind.ISSUE: (),
}
"""What each kind of step may end in. Issuing is done by the portal itself, never by a clerk."""

NEEDS_REASON = frozenset(
    {Outcome.NOT_NEEDED, Outcome.NOT_ACCEPTED, Outcome.DISAGREE, Outcome.CANNOT_JUDGE, Outcome.REFUSE}
)
"""Licensing Law art. 32 and 38: who says no says why."""


def decide(step: StepRecord, outcome: Outcome, reason: str, *, conditions: str = "", by: Actor, at: Moment) -> None:
    """Record what the department decided. Of two who decide at once the first wins; the second gets AlreadyDecided."""
    application = step.application
    check(by, "step:decide", step)
    if owns(by, application):
        raise OwnApplication
    require_open(step)
    kind = item_of(application).steps[step.key].kind
    if outcome not in POSSIBLE[kind]:
        raise OutcomeNotPossible(outcome=str(outcome))
    if outcome in NEEDS_REASON and not reason.strip():
        raise ReasonMissing
    if outcome is Outcome.AGREE_WITH_CONDITIONS and not conditions.strip():
        raise ReasonMissing
    if outcome is Outcome.GRANT and step.key in position_of(application).denied:
        raise ConsentMissing

    conclude(step, outcome, reason.strip(), conditions.strip(), by=by, at=at)
    consequences(application, step, outcome, by=by, at=at)


def require_open(step: StepRecord) -> None:
    """Decided already, all over, or not open for another reason: each its own refusal."""
    if step.decision is not None and step.is_present:
        raise AlreadyDecided(by=step.decision.by_account, at=step.decision.at, outcome=str(step.decision.outcome))
    require_running(step.application)
    if step.status is not StepStatus.OPEN:
        raise StepNotOpen(status=str(step.status))


def conclude(
    step: StepRecord,
    outcome: Outcome,
    reason: str,
    conditions: str,
    *,
    by: Actor,
    at: Moment,
    deemed_from: datetime | None = None,
) -> None:
    """Append the decision and settle what follows from it.

    `deemed_from`: the department was silent, and the law takes its consent as given from that instant on.
    """
    application = step.application
    step.add(
        Decision(
            step_id=step.id,
            round=step.round,
            outcome=outcome,
            reason=reason,
            conditions=conditions,
            is_deemed=deemed_from is not None,
            by_account=by.account,
            at=at.instant,
        )
    )
    if outcome is Outcome.ACCEPT:
        write(application, accepted_at=deemed_from or at.instant)
    if outcome in (Outcome.GRANT, Outcome.REFUSE):
        write(application, decided_at=at.instant)
    append(
        application,
        Event.STEP_DECIDED,
        by=by,
        at=at.instant,
        step=step.key,
        round=step.round,
        outcome=str(outcome),
        reason=sealed(reason),
        conditions=sealed(conditions),
        **({"deemed_from": deemed_from.isoformat()} if deemed_from else {}),
    )
    settle(application, by=by, at=at)


def consequences(application: Application, step: StepRecord, outcome: Outcome, *, by: Actor, at: Moment) -> None:
    """Tell the applicant what a decision means, and have the certificate made of a permit that is granted."""
    if outcome is Outcome.ACCEPT:
        event = append(application, Event.ACCEPTED, by=by, at=at.instant)
        announce(application, ParcelKind.LETTER, event, at=at)
    elif application.status in (ApplicationStatus.NOT_NEEDED, ApplicationStatus.NOT_ACCEPTED):
        event = append(application, Event.NOT_ACCEPTED, by=by, at=at.instant, outcome=str(outcome))
        announce(application, ParcelKind.LETTER, event, at=at)
    elif application.status is ApplicationStatus.REFUSED:
        event = append(application, Event.REFUSED, by=by, at=at.instant)
        announce(application, ParcelKind.LETTER, event, at=at)
    elif application.status is ApplicationStatus.GRANTED and application.certificate is None:
        certificate = register(application, step, at=at)
        event = append(application, Event.GRANTED, by=by, at=at.instant, certificate=certificate.number)
        announce(application, ParcelKind.LETTER, event, at=at)
        announce(application, ParcelKind.PAPER, event, at=at)
