"""What was sent at a time: from the rows of submissions and materials to the values the chain compares."""

from __future__ import annotations

from datetime import datetime

from approvals.chain.mending import Sending
from approvals.records.application import Application, Submission
from approvals.records.fold import item_of
from approvals.records.step import StepRecord
from services.answers import load, relevant, required_materials


def sending(application: Application, sent: Submission) -> Sending:
    """The answers that counted in this submission, and the files that lay with it for what they call for."""
    item = item_of(application)
    answers = relevant(item, load(item, sent.answers))
    files: dict[str, set[str]] = {material.key: set() for material, _ in required_materials(item, answers)}
    for file in application.materials:
        if file.key in files and file.lay_with(sent.at):
            files[file.key].add(file.sha256)
    return Sending(answers, {key: frozenset(digests) for key, digests in files.items()})


def last_examined(application: Application, step: StepRecord) -> Submission | None:
    """The submission that the step had before it when its round before ended; None in the first round."""
    if step.round_began_at is None:
        return None
    until = _ended(application, step)
    earlier = (sent for sent in application.submissions if sent.at <= until)
    return max(earlier, key=lambda sent: sent.version, default=None)


def _ended(application: Application, step: StepRecord) -> datetime:
    """When it decided or asked in the round before."""
    decided = step.round_before
    if decided is not None:
        return decided.at
    asked = (each.asked_at for each in application.corrections if each.step_id == step.id and each.round < step.round)
    return max(asked)
