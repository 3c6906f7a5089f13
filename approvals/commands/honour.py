"""Honour the commitments: the portal decides the open steps that rest on one, and says so."""

from __future__ import annotations

from approvals.clock.moment import Moment
from approvals.commands.conclude import conclude, consequences
from approvals.commands.obligation import owe
from approvals.commands.register import unprintable
from approvals.commitments.signed import resting
from approvals.permissions import SYSTEM
from approvals.records.application import Application
from approvals.records.fold import item_of, position_of
from approvals.vocabulary import Outcome, StepStatus
from services.item import StepKind

OUTCOMES = {StepKind.ACCEPTANCE: Outcome.ACCEPT, StepKind.DECISION: Outcome.GRANT}
"""Every other kind agrees."""


def honour(application: Application, *, at: Moment) -> None:
    """Until no open step rests on a commitment. What the portal cannot decide on a promise waits for its clerk: a
    decision whose join did not consent, or a certificate with a character that the fonts do not have.
    """
    if not application.has_promises:
        return
    commitments = {each.step_key: each for each in application.commitments if each.is_in_force}
    while not application.status.is_final:
        rests = resting(application)
        step = next((each for each in application.steps if each.status is StepStatus.OPEN and each.key in rests), None)
        if step is None:
            return
        commitment = commitments[rests[step.key]]
        kind = item_of(application).steps[step.key].kind
        outcome = OUTCOMES.get(kind, Outcome.AGREE)
        if outcome is Outcome.GRANT and (
            step.key in position_of(application).denied or unprintable(application, step, at=at)
        ):
            return
        if kind is not StepKind.ACCEPTANCE:
            owe(application, commitment, at=at)
        conclude(step, outcome, "", "", by=SYSTEM, at=at, promised=commitment.sha256)
        consequences(application, step, outcome, by=SYSTEM, at=at)
