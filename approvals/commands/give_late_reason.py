"""Say why a step is past its due date before it is decided."""

from __future__ import annotations

from approvals.clock.moment import Moment
from approvals.commands.decide import require_duty, require_undecided
from approvals.commands.held import require_held
from approvals.commands.lateness import WhyLate, keep_late_reason, require_late_reason
from approvals.errors import NotLate
from approvals.permissions import Actor
from approvals.records.step import StepRecord


def give_late_reason(step: StepRecord, late: WhyLate, *, by: Actor, at: Moment) -> None:
    """By whoever may decide it; said again where something else holds by now. NotLate while there is time."""
    require_duty(step, by)
    require_undecided(step)
    require_held(step, by)
    if not step.is_late(at.today):
        raise NotLate
    require_late_reason(step, late, at)
    keep_late_reason(step, late, by=by, at=at)
