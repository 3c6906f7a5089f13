"""Assign a step to somebody of the department, by its head."""

from __future__ import annotations

from approvals.clock.moment import Moment
from approvals.commands.pass_on import away_today, colleague, pass_on, present, require_on_desk
from approvals.permissions import Actor
from approvals.records.base import session_of
from approvals.records.step import StepRecord
from approvals.vocabulary import Assigning


def assign(step: StepRecord, to: int, note: str = "", *, by: Actor, at: Moment) -> None:
    """Whoever had it before: NotAColleague and ColleaguesOwn stand against it.

    What is meant for somebody absent goes to whoever stands in; ColleagueAbsent where nobody does.
    """
    require_on_desk(step, "step:assign", by)
    meant = colleague(step, to)
    account = present(step, meant, away_today(session_of(step), step.department_code, at=at))
    if step.assignee_id != account.id:
        stands_in = meant.id if account.id != meant.id else None
        pass_on(step, Assigning.ASSIGN, account.id, note, meant_for=stands_in, by=by, at=at)
