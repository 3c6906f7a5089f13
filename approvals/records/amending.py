"""Whether what was sent in may still be amended by the applicant: nobody has said yet whether it is accepted."""

from __future__ import annotations

from approvals.records.application import Application
from approvals.records.step import StepRecord
from approvals.vocabulary import ApplicationStatus, StepStatus
from services.item import Item, StepKind


def accepting(application: Application, item: Item) -> list[StepRecord]:
    steps = item.steps
    return [step for step in application.steps if step.is_present and steps[step.key].kind is StepKind.ACCEPTANCE]


def is_amendable(application: Application, item: Item) -> bool:
    """Once a department has accepted it, or asked for a correction, others rely on what was sent."""
    steps = accepting(application, item)
    is_waiting = application.status is ApplicationStatus.SUBMITTED
    return is_waiting and bool(steps) and all(step.status is StepStatus.OPEN for step in steps)


def is_amending(application: Application, item: Item) -> bool:
    """Whether the applicant has opened it and may still send the amendment."""
    return application.amending_since is not None and is_amendable(application, item)
