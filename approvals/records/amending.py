"""Whether what was sent in may still be amended by the applicant: nobody has said yet whether it is accepted."""

from __future__ import annotations

from approvals.records.application import Application
from approvals.records.fold import item_of
from approvals.records.step import StepRecord
from approvals.vocabulary import ApplicationStatus, StepStatus
from services.item import StepKind


def accepting(application: Application) -> list[StepRecord]:
    steps = item_of(application).steps
    return [step for step in application.steps if step.is_present and steps[step.key].kind is StepKind.ACCEPTANCE]


def is_amendable(application: Application) -> bool:
    """Once a department has accepted it, or asked for a correction, others rely on what was sent."""
    steps = accepting(application)
    is_waiting = application.status is ApplicationStatus.SUBMITTED
    return is_waiting and bool(steps) and all(step.status is StepStatus.OPEN for step in steps)


def is_amending(application: Application) -> bool:
    """Whether the applicant has opened it and may still send the amendment."""
    return application.amending_since is not None and is_amendable(application)
