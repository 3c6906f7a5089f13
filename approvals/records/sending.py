"""What was sent at a time: from the rows of submissions and materials to the values the chain compares."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from approvals.chain.mending import Changes, Sending, changes
from approvals.records.application import Application, Submission
from approvals.records.fold import item_of
from approvals.records.material import Material
from approvals.records.step import StepRecord
from services.answers import Answers, load, relevant, required_materials


def sending(application: Application, sent: Submission) -> Sending:
    """The answers that counted in this submission, and the files that lay with it for what they call for."""
    item = item_of(application)
    answers = relevant(item, load(item, sent.answers))
    return _with_files(application, answers, (file for file in application.materials if file.lay_with(sent.at)))


def unsent(application: Application, answers: Answers) -> Changes:
    """What these answers, those of its draft that count, and the files that lie with it now say otherwise than last
    sent.
    """
    there = (file for file in application.materials if file.removed_at is None)
    before = sending(application, application.submissions[-1])
    return changes(item_of(application), before, _with_files(application, answers, there))


def _with_files(application: Application, answers: Answers, there: Iterable[Material]) -> Sending:
    called_for = required_materials(item_of(application), answers)
    files: dict[str, set[str]] = {material.key: set() for material, _ in called_for}
    for file in there:
        if file.key in files:
            files[file.key].add(file.sha256)
    return Sending(answers, {key: frozenset(digests) for key, digests in files.items()})


def last_examined(application: Application, step: StepRecord) -> Submission | None:
    """The submission that the step had before it when it last decided or asked; None where it has said nothing yet."""
    if step.round_began_at is None:
        return None
    until = _spoke(application, step)
    earlier = (sent for sent in application.submissions if until is not None and sent.at <= until)
    return max(earlier, key=lambda sent: sent.version, default=None)


def compared(application: Application, step: StepRecord) -> Submission | None:
    """With which submission it compares what was sent last: the one it last examined, else the first. None in the
    first round.
    """
    if step.round_began_at is None:
        return None
    return last_examined(application, step) or application.submissions[0]


def _spoke(application: Application, step: StepRecord) -> datetime | None:
    """When it decided or asked in the round before; in a round that an amendment ended it may have said nothing."""
    decided = step.round_before
    if decided is not None:
        return decided.at
    asked = (each.asked_at for each in application.corrections if each.step_id == step.id and each.round < step.round)
    return max(asked, default=None)
