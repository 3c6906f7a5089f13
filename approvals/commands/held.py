"""Who may act on a step: whoever has it or stands in for them, anybody while nobody has it, and always the head."""

from __future__ import annotations

from approvals.errors import SomebodyElseHasIt
from approvals.permissions import Actor, may, owns
from approvals.records.step import StepRecord


def require_held(step: StepRecord, by: Actor) -> None:
    """SomebodyElseHasIt while a colleague has the step; who wants to act on it takes it over first."""
    if step.assignee_id is not None and not is_in_hand(step, by) and not may(by, "step:assign", step):
        raise SomebodyElseHasIt(by=step.assignee_id)


def is_in_hand(step: StepRecord, by: Actor) -> bool:
    """The actor has it, or stands in for who has it; not where the application is that colleague's own."""
    if step.assignee_id is None:
        return False
    lenders = (each for each in by.lenders if each.account == step.assignee_id)
    return step.assignee_id == by.account or any(not owns(each, step.application) for each in lenders)
