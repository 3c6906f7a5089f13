"""Where an application stands: folded from its plan and its facts, never stored as truth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from approvals.chain.joins import Verdict, gathered
from approvals.chain.plan import Plan, PlannedStep
from approvals.vocabulary import ApplicationStatus, Outcome, StepStatus
from services.item import StepKind


@dataclass(frozen=True, slots=True)
class Facts:
    """What has happened: `outcomes` per step, steps `returned` to the applicant or `paused`, and whether the whole
    application was withdrawn, terminated, or is suspended.
    """

    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    returned: frozenset[str] = frozenset()
    paused: frozenset[str] = frozenset()
    is_withdrawn: bool = False
    is_terminated: bool = False
    is_suspended: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """`steps` in plan order; `denied` are decisions that may only refuse, for what they waited for did not consent;
    `consents` says of each finished step whether it stands for consent where it is waited for.
    """

    steps: Mapping[str, StepStatus]
    status: ApplicationStatus
    denied: frozenset[str] = frozenset()
    consents: Mapping[str, bool] = field(default_factory=dict)

    @property
    def open(self) -> tuple[str, ...]:
        return tuple(key for key, status in self.steps.items() if status is StepStatus.OPEN)

    @property
    def is_finished(self) -> bool:
        return self.status.is_final


ENDINGS: Mapping[Outcome, ApplicationStatus] = {
    Outcome.NOT_NEEDED: ApplicationStatus.NOT_NEEDED,
    Outcome.NOT_ACCEPTED: ApplicationStatus.NOT_ACCEPTED,
    Outcome.REFUSE: ApplicationStatus.REFUSED,
}


def locate(plan: Plan, facts: Facts) -> Position:
    """Fold. Deterministic and total: any facts give a position, and more facts never reopen a finished step."""
    ending = _ending(facts)
    statuses: dict[str, StepStatus] = {}
    consents: dict[str, bool] = {}
    denied: set[str] = set()
    verdicts: dict[str, tuple[Verdict, ...]] = {}
    for step in plan.steps:
        verdicts[step.key] = tuple(gate.verdict(consents) for gate in step.gates)  # whom it waits for is judged by now
        verdict = gathered(verdicts[step.key])
        status = _status(step, verdict, facts)
        if verdict is Verdict.DENIED and step.kind is StepKind.DECISION:
            denied.add(step.key)
        if status is StepStatus.DONE:
            consents[step.key] = facts.outcomes[step.key].consents or not step.kind.has_vote
        elif status is StepStatus.CUT_OFF:
            consents[step.key] = False
        statuses[step.key] = status
    for step in reversed(plan.steps):  # so that whoever waits for it has been judged before
        if statuses[step.key] in UNFINISHED and (ending or _is_moot(plan, step, statuses, verdicts)):
            statuses[step.key] = StepStatus.MOOT
    return Position(statuses, ending or _running(plan, statuses), frozenset(denied), consents)


BEGUN = frozenset({StepStatus.OPEN, StepStatus.RETURNED, StepStatus.PAUSED})
"""A department has it on its desk, or waits for the applicant or a special procedure."""
UNFINISHED = BEGUN | {StepStatus.WAITING}


def _ending(facts: Facts) -> ApplicationStatus | None:
    if facts.is_withdrawn:
        return ApplicationStatus.WITHDRAWN
    if facts.is_terminated:
        return ApplicationStatus.TERMINATED
    return next((ENDINGS[outcome] for outcome in facts.outcomes.values() if outcome in ENDINGS), None)


def _status(step: PlannedStep, verdict: Verdict, facts: Facts) -> StepStatus:
    if step.key in facts.outcomes:
        return StepStatus.DONE
    if verdict is Verdict.PENDING:
        return StepStatus.WAITING
    if verdict is Verdict.DENIED and step.kind is not StepKind.DECISION:
        return StepStatus.CUT_OFF
    if step.key in facts.returned:
        return StepStatus.RETURNED
    return StepStatus.PAUSED if facts.is_suspended or step.key in facts.paused else StepStatus.OPEN


def _is_moot(
    plan: Plan, step: PlannedStep, statuses: Mapping[str, StepStatus], verdicts: Mapping[str, tuple[Verdict, ...]]
) -> bool:
    """Nobody needs it any more: its join was settled without it, or whoever waits for it is moot, too."""
    waiting = plan.waiting_for[step.key]
    return bool(waiting) and all(
        statuses[key] is StepStatus.MOOT or verdicts[key][gate] is not Verdict.PENDING for key, gate in waiting
    )


def _running(plan: Plan, statuses: Mapping[str, StepStatus]) -> ApplicationStatus:
    kinds = {step.key: step.kind for step in plan.steps}

    def all_done(kind: StepKind) -> bool:
        return all(statuses[key] is StepStatus.DONE for key, its in kinds.items() if its is kind)

    unfinished = [status for status in statuses.values() if status in UNFINISHED]
    if not unfinished:
        return ApplicationStatus.ISSUED
    is_stopped = StepStatus.RETURNED in unfinished and StepStatus.OPEN not in unfinished
    if not all_done(StepKind.ACCEPTANCE):
        return ApplicationStatus.RETURNED if is_stopped else ApplicationStatus.SUBMITTED
    if all_done(StepKind.DECISION) and StepKind.DECISION in kinds.values():
        return ApplicationStatus.GRANTED
    return ApplicationStatus.RETURNED if is_stopped else ApplicationStatus.IN_REVIEW
