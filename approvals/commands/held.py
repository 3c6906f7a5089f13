"""Who may act on a step within its department: whoever has it, anybody while nobody has, and always the head."""

from __future__ import annotations

from approvals.errors import SomebodyElseHasIt
from approvals.permissions import Actor, may
from approvals.records.step import StepRecord


def require_held(step: StepRecord, by: Actor) -> None:
    """SomebodyElseHasIt while a colleague has the step; who wants to act on it takes it over first."""
    if step.assignee_id in (None, by.account) or may(by, "step:assign", step):
        return
    raise SomebodyElseHasIt(by=step.assignee_id)
