"""Decide a step: accept, give an opinion, grant or refuse."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from approvals.chain.checklist import Tick, Ticks, against
from approvals.clock.moment import Moment
from approvals.commands.conclude import conclude, consequences
from approvals.commands.consent import use_reused
from approvals.commands.held import require_held
from approvals.commands.honour import honour
from approvals.commands.lateness import WhyLate, keep_late_reason, require_late_reason
from approvals.commands.running import require_running
from approvals.commitments.owing import grounds
from approvals.errors import (
    AlreadyDecided,
    AlreadyProposed,
    ConsentMissing,
    OutcomeNotPossible,
    OwnApplication,
    PromiseBroken,
    ReasonMissing,
    SecondPersonNeeded,
    StepNotOpen,
)
from approvals.permissions import Actor, check, owns
from approvals.records.fold import item_of, points_of, position_of
from approvals.records.step import StepRecord
from approvals.vocabulary import Outcome, StepStatus
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

NOTHING: Ticks = MappingProxyType({})

NEEDS_REASON = frozenset(
    {Outcome.NOT_NEEDED, Outcome.NOT_ACCEPTED, Outcome.DISAGREE, Outcome.CANNOT_JUDGE, Outcome.REFUSE}
)
"""Licensing Law art. 32 and 38: who says no says why."""


def decide(
    step: StepRecord,
    outcome: Outcome,
    reason: str,
    *,
    conditions: str = "",
    ticks: Ticks = NOTHING,
    late: WhyLate | None = None,
    by: Actor,
    at: Moment,
) -> None:
    """Record what the department decided. Of two who decide at once the first wins; the second gets AlreadyDecided.
    `late`: why only now, of a step that is past its due date, where that was not said before.
    """
    permit(step, outcome, reason, conditions, ticks, late, by=by, at=at)
    keep_late_reason(step, late, by=by, at=at)
    conclude(step, outcome, reason.strip(), conditions.strip(), ticks=answered(step, ticks), by=by, at=at)
    draw_consequences(step, outcome, by=by, at=at)


def answered(step: StepRecord, ticks: Ticks) -> list[tuple[str, Tick]]:
    """Of what was ticked, the points that are asked, in their order."""
    return [(each.key, ticks[each.key]) for each in points_of(step) if each.key in ticks]


def draw_consequences(step: StepRecord, outcome: Outcome, *, by: Actor, at: Moment) -> None:
    """What follows from a decision that people have taken, on which certificates it rested first of all."""
    use_reused(step, outcome, by=by, at=at)
    consequences(step.application, step, outcome, by=by, at=at)
    honour(step.application, at=at)


def permit(
    step: StepRecord,
    outcome: Outcome | None,
    reason: str,
    conditions: str,
    ticks: Ticks = NOTHING,
    late: WhyLate | None = None,
    *,
    by: Actor,
    at: Moment,
) -> None:
    """Everything that stands against deciding alone, each by its name; with no outcome yet, what would stand against
    any.
    """
    require_duty(step, by)
    require_undecided(step)
    if is_for_two(step):
        raise SecondPersonNeeded
    require_held(step, by)
    weigh(step, outcome, reason, conditions, ticks)
    if outcome is not None:
        require_late_reason(step, late, at)


def is_for_two(step: StepRecord) -> bool:
    """双人复核: whether what one person says counts only once another one has confirmed it."""
    return item_of(step.application).steps[step.key].two_persons


def require_desk(step: StepRecord, by: Actor) -> None:
    """The step is open, with this department and in nobody else's hands, and the affair is not the actor's own."""
    require_duty(step, by)
    require_open(step)
    require_held(step, by)


def require_duty(step: StepRecord, by: Actor) -> None:
    """It is the actor's department that decides it, and not the actor's own affair."""
    check(by, "step:decide", step)
    if owns(by, step.application):
        raise OwnApplication


def weigh(step: StepRecord, outcome: Outcome | None, reason: str, conditions: str, ticks: Ticks) -> None:
    """What stands against this outcome, whoever says it; nothing stands against one that is not chosen yet."""
    application = step.application
    kind = item_of(application).steps[step.key].kind
    if outcome is None and POSSIBLE[kind]:
        return
    if outcome not in POSSIBLE[kind]:
        raise OutcomeNotPossible(outcome=str(outcome))
    if outcome in NEEDS_REASON and not reason.strip():
        raise ReasonMissing
    if outcome is Outcome.AGREE_WITH_CONDITIONS and not conditions.strip():
        raise ReasonMissing
    if outcome is Outcome.GRANT and step.key in position_of(application).denied:
        raise ConsentMissing
    if outcome is Outcome.GRANT and application.has_promises and grounds(application):
        raise PromiseBroken
    refusal = against(points_of(step), ticks, outcome)
    if refusal is not None:
        raise refusal


def require_open(step: StepRecord) -> None:
    """As `require_undecided`, and nothing waits for a second person."""
    require_undecided(step)
    if is_for_two(step) and step.proposal is not None:
        raise AlreadyProposed(by=step.proposal.by_account)


def require_undecided(step: StepRecord) -> None:
    """Decided already, all over, or not open for another reason: each its own refusal."""
    if step.decision is not None and step.is_present:
        raise AlreadyDecided(by=step.decision.by_account, at=step.decision.at, outcome=str(step.decision.outcome))
    require_running(step.application)
    if step.status is not StepStatus.OPEN:
        raise StepNotOpen(status=str(step.status))
