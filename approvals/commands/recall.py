"""Recall a step: whoever handed it over gets it back, the head takes it from anybody."""

from __future__ import annotations

from approvals.clock.moment import Moment
from approvals.commands.pass_on import pass_on, require_on_desk
from approvals.errors import NotYoursToRecall
from approvals.permissions import Actor, may
from approvals.records.assignment import giver
from approvals.records.step import StepRecord
from approvals.vocabulary import Assigning


def recall(step: StepRecord, note: str = "", *, by: Actor, at: Moment) -> None:
    """A hand-over is undone: its giver has the step again. What the head recalls is nobody's."""
    require_on_desk(step, "step:take", by)
    has_given = giver(step.assignments) == by.account
    is_handed_over = has_given and step.assignments[-1].act is Assigning.HAND_OVER
    if step.assignee_id is None or not (has_given or may(by, "step:assign", step)):
        raise NotYoursToRecall
    pass_on(step, Assigning.RECALL, by.account if is_handed_over else None, note, by=by, at=at)
