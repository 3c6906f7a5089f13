"""Decide as somebody does who has gone through the checklist and found everything in order."""

from __future__ import annotations

from sqlalchemy import select

from approvals.clock.moment import Moment
from approvals.commands import decide as deciding
from approvals.commands.decide import is_for_two
from approvals.commands.propose import confirm, propose
from approvals.commands.ticks import POINT, all_met
from approvals.permissions import Actor
from approvals.queries.actor import second_of
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.step import StepRecord
from approvals.vocabulary import Outcome
from portal.demonstration.acting import BUSY
from portal.unit_of_work import now, reading

WHY = {"late_reason": str(BUSY.reason)}
"""Why only now, as a form posts it."""


def decide(step: StepRecord, outcome: Outcome, reason: str, *, conditions: str = "", by: Actor, at: Moment) -> None:
    """The command, with every point met, and why where it is late; where two people are asked for, a colleague
    confirms.
    """
    needs_second, why = is_for_two(step), BUSY if step.is_late(at.today) else None
    verb = propose if needs_second else deciding.decide
    verb(step, outcome, reason, conditions=conditions, ticks=all_met(step), late=why, by=by, at=at)
    if needs_second:
        confirm(step, len(step.proposals), by=second_of(session_of(step), step.department_code, by), at=at)


def ticked(number: str, key: str) -> dict[str, str]:
    """The same as a form posts it; nothing for a step that is none."""
    found = reading().scalars(
        select(StepRecord)
        .join(Application, Application.id == StepRecord.application_id)
        .where(Application.number == number, StepRecord.key == key)
    )
    step = found.one_or_none()
    if step is None:
        return {}
    met = {f"{POINT}{point}": str(tick.judgement) for point, tick in all_met(step).items()}
    return {**met, **(WHY if step.is_late(now().today) else {})}
