"""The due dates of a step and of an application, computed from its rows by the clock."""

from __future__ import annotations

from approvals.clock.deadline import Deadline, due
from approvals.clock.moment import Moment, local_date
from approvals.records.application import Application
from approvals.records.step import StepRecord
from services.item import Limit


def step_due(application: Application, step: StepRecord, limit: Limit, *, at: Moment) -> Deadline | None:
    """A step's clock stops for its own pauses; None when it has not opened or has no limit."""
    if step.opened_at is None:
        return None
    pauses = [pause.span for pause in application.pauses if pause.step_id == step.id]
    return due(limit, local_date(step.opened_at), at.calendar, pauses, at.today)


def application_due(application: Application, limit: Limit, *, at: Moment) -> Deadline | None:
    """The application's clock runs from acceptance and stops for its own pauses only."""
    if application.accepted_at is None:
        return None
    pauses = [pause.span for pause in application.pauses if pause.step_id is None]
    return due(limit, local_date(application.accepted_at), at.calendar, pauses, at.today)
