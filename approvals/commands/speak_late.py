"""Speak late: an opinion that comes after consent was deemed is kept and flagged, and changes nothing by itself."""

from __future__ import annotations

from sqlalchemy import select

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.commands.decide import OPINIONS
from approvals.errors import AlreadyDecided, OutcomeNotPossible, OwnApplication, ReasonMissing, StepNotOpen
from approvals.events import Event
from approvals.permissions import Actor, check, owns
from approvals.records.base import session_of
from approvals.records.step import LateOpinion, StepRecord
from approvals.vocabulary import Outcome


def speak_late(step: StepRecord, outcome: Outcome, reason: str, *, conditions: str = "", by: Actor, at: Moment) -> None:
    """Once per round, with its reason. Who decides reads it; what was deemed stands until that person acts on it."""
    application = step.application
    check(by, "step:decide", step)
    if owns(by, application):
        raise OwnApplication
    deemed = step.decision
    if deemed is None:
        raise StepNotOpen(status=str(step.status))
    if not deemed.is_deemed or deemed.outcome is Outcome.ACCEPT:
        raise AlreadyDecided(by=deemed.by_account, at=deemed.at, outcome=str(deemed.outcome))
    if outcome not in OPINIONS:
        raise OutcomeNotPossible(outcome=str(outcome))
    if not reason.strip():
        raise ReasonMissing
    session = session_of(application)
    same_round = select(LateOpinion).where(LateOpinion.step_id == step.id, LateOpinion.round == step.round)
    spoken = session.scalars(same_round).one_or_none()
    if spoken is not None:
        raise AlreadyDecided(by=spoken.by_account, at=spoken.at, outcome=str(spoken.outcome))
    session.add(
        LateOpinion(
            step_id=step.id,
            round=step.round,
            outcome=outcome,
            reason=reason.strip(),
            conditions=conditions.strip(),
            by_account=by.person,
            at=at.instant,
        )
    )
    append(
        application,
        Event.LATE_OPINION,
        by=by,
        at=at.instant,
        step=step.key,
        round=step.round,
        outcome=str(outcome),
        reason=sealed(reason.strip()),
        conditions=sealed(conditions.strip()),
    )
