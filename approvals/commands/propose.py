"""Two people decide (双人复核): one proposes, another one of the department confirms or sends back.

Licensing Law art. 34: what has to be verified is verified by at least two officials. Until it is confirmed a proposal
counts for nothing: the step is open and its clock runs.
"""

from __future__ import annotations

from dataclasses import replace

from approvals.audit.append import append, sealed
from approvals.chain.checklist import Tick, Ticks
from approvals.clock.moment import Moment
from approvals.commands.conclude import conclude, kept, told
from approvals.commands.decide import (
    NOTHING,
    answered,
    draw_consequences,
    is_for_two,
    require_desk,
    require_duty,
    require_undecided,
    weigh,
)
from approvals.commands.lateness import WhyLate, keep_late_reason, require_late_reason
from approvals.errors import NothingProposed, NotYourProposal, OutcomeNotPossible, OwnProposal, ReasonMissing
from approvals.events import Event
from approvals.permissions import Actor
from approvals.records.base import session_of
from approvals.records.proposal import Proposal
from approvals.records.step import StepRecord
from approvals.vocabulary import Judgement, Outcome, ProposalEnd


def propose(
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
    """Keep the opinion whole for the second person. AlreadyProposed while another one waits. `late`: as in deciding."""
    require_desk(step, by)
    if not is_for_two(step):
        raise OutcomeNotPossible(outcome=str(outcome))
    weigh(step, outcome, reason, conditions, ticks)
    require_late_reason(step, late, at)
    keep_late_reason(step, late, by=by, at=at)
    session, found = session_of(step), answered(step, ticks)
    proposal = Proposal(
        step_id=step.id,
        number=len(step.proposals) + 1,
        round=step.round,
        outcome=outcome,
        reason=reason.strip(),
        conditions=conditions.strip(),
        ticks=kept(found),
        by_account=by.person,
        at=at.instant,
    )
    session.add(proposal)
    append(
        step.application,
        Event.OPINION_PROPOSED,
        by=by,
        at=at.instant,
        step=step.key,
        round=step.round,
        number=proposal.number,
        outcome=str(outcome),
        reason=sealed(proposal.reason),
        conditions=sealed(proposal.conditions),
        **told(found),
    )
    session.flush()
    session.expire(step, ["proposals"])


def confirm(step: StepRecord, number: int, *, late: WhyLate | None = None, by: Actor, at: Moment) -> None:
    """The opinion of that number counts from now on, with both names; weighed again, as things stand now. `late`: why
    only now, where it was proposed in time.
    """
    proposal = _waiting(step, number, by)
    if proposal.by_account == by.person:
        raise OwnProposal
    ticks = [(key, Tick(Judgement(judgement), note)) for key, judgement, note in proposal.ticks or ()]
    weigh(step, proposal.outcome, proposal.reason, proposal.conditions, dict(ticks))
    require_late_reason(step, late, at)
    keep_late_reason(step, late, by=replace(by, lenders=frozenset()), at=at)  # who confirms does it as themselves
    _write_end(proposal, ProposalEnd.CONFIRMED, by=by, at=at)
    conclude(step, proposal.outcome, proposal.reason, proposal.conditions, ticks=ticks, proposal=proposal, by=by, at=at)
    draw_consequences(step, proposal.outcome, by=by, at=at)


def send_back(step: StepRecord, number: int, why: str, *, by: Actor, at: Moment) -> None:
    """The opinion goes back to whoever proposed it, who reads why."""
    proposal = _waiting(step, number, by)
    if proposal.by_account == by.person:
        raise OwnProposal
    if not why.strip():
        raise ReasonMissing
    _end(step, proposal, ProposalEnd.SENT_BACK, why.strip(), by=by, at=at)


def take_back(step: StepRecord, number: int, *, by: Actor, at: Moment) -> None:
    """By whoever proposed it, as long as nobody has answered."""
    proposal = _waiting(step, number, by)
    if proposal.by_account != by.person:
        raise NotYourProposal
    _end(step, proposal, ProposalEnd.TAKEN_BACK, by=by, at=at)


def lapse(step: StepRecord, *, by: Actor, at: Moment) -> None:
    """Nobody is to confirm an opinion whose ground is gone. Where none waits, nothing happens."""
    if is_for_two(step) and step.proposal is not None:
        _end(step, step.proposal, ProposalEnd.LAPSED, by=by, at=at)


def _waiting(step: StepRecord, number: int, by: Actor) -> Proposal:
    """The one that waits. Who answers need not have the step in hand: it stays with whoever proposed."""
    require_duty(step, by)
    require_undecided(step)
    proposal = step.proposal if is_for_two(step) else None
    if proposal is None or proposal.number != number:
        raise NothingProposed
    return proposal


def _end(step: StepRecord, proposal: Proposal, end: ProposalEnd, note: str = "", *, by: Actor, at: Moment) -> None:
    _write_end(proposal, end, note, by=by, at=at)
    append(
        step.application,
        Event.PROPOSAL_ENDED,
        by=by,
        at=at.instant,
        step=step.key,
        round=proposal.round,
        number=proposal.number,
        end=str(end),
        note=sealed(note),
    )


def _write_end(proposal: Proposal, end: ProposalEnd, note: str = "", *, by: Actor, at: Moment) -> None:
    proposal.ending, proposal.note, proposal.ended_by, proposal.ended_at = end, note, by.account, at.instant
