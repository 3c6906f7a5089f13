"""Take a step that nobody has, or take it over from a colleague, saying why."""

from __future__ import annotations

from approvals.clock.moment import Moment
from approvals.commands.pass_on import pass_on, require_on_desk
from approvals.errors import AlreadyTaken, ReasonMissing
from approvals.permissions import Actor
from approvals.records.step import StepRecord
from approvals.vocabulary import Assigning


def take(step: StepRecord, *, by: Actor, at: Moment) -> None:
    """Of two who take it at once the first has it, and the second gets AlreadyTaken. Who has it already keeps it."""
    require_on_desk(step, "step:take", by)
    if step.assignee_id == by.account:
        return
    if step.assignee_id is not None:
        raise AlreadyTaken(by=step.assignee_id)
    pass_on(step, Assigning.TAKE, by.account, by=by, at=at)


def take_over(step: StepRecord, reason: str, *, from_account: int, by: Actor, at: Moment) -> None:
    """`from_account` is who had it when it was looked at: AlreadyTaken where that is somebody else by now."""
    require_on_desk(step, "step:take", by)
    if step.assignee_id == by.account:
        return
    if step.assignee_id not in (None, from_account):
        raise AlreadyTaken(by=step.assignee_id)
    if not reason.strip():
        raise ReasonMissing
    pass_on(step, Assigning.TAKE_OVER, by.account, reason, by=by, at=at)
