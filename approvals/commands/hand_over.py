"""Hand a step over to a colleague, or put it back for everybody: by whoever has it, or stands in for them."""

from __future__ import annotations

from approvals.clock.moment import Moment
from approvals.commands.held import is_in_hand
from approvals.commands.pass_on import away_today, colleague, pass_on, require_on_desk, require_present
from approvals.errors import NotInYourHands, ReasonMissing
from approvals.permissions import Actor
from approvals.records.base import session_of
from approvals.records.step import StepRecord
from approvals.vocabulary import Assigning


def hand_over(step: StepRecord, to: int, note: str, *, by: Actor, at: Moment) -> None:
    """With a note on how things stand; ReasonMissing without one."""
    require_on_desk(step, "step:take", by)
    _require_mine(step, by)
    account = colleague(step, to)
    if account.id == step.assignee_id:
        return
    require_present(account, away_today(session_of(step), step.department_code, at=at))
    if not note.strip():
        raise ReasonMissing
    pass_on(step, Assigning.HAND_OVER, account.id, note, by=by, at=at)


def put_back(step: StepRecord, note: str = "", *, by: Actor, at: Moment) -> None:
    """Nobody has it afterwards, and whoever takes the next step may get it."""
    require_on_desk(step, "step:take", by)
    _require_mine(step, by)
    pass_on(step, Assigning.PUT_BACK, None, note, by=by, at=at)


def _require_mine(step: StepRecord, by: Actor) -> None:
    if not is_in_hand(step, by):
        raise NotInYourHands
