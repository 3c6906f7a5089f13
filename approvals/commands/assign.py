"""Assign a step to somebody of the department, by its head."""

from __future__ import annotations

from approvals.clock.moment import Moment
from approvals.commands.pass_on import colleague, pass_on, require_on_desk
from approvals.permissions import Actor
from approvals.records.step import StepRecord
from approvals.vocabulary import Assigning


def assign(step: StepRecord, to: int, note: str = "", *, by: Actor, at: Moment) -> None:
    """Whoever had it before: NotAColleague and ColleaguesOwn are all that stands against it."""
    require_on_desk(step, "step:assign", by)
    account = colleague(step, to)
    if step.assignee_id != account.id:
        pass_on(step, Assigning.ASSIGN, account.id, note, by=by, at=at)
