"""Answer the corrections: the mended application goes back to the steps that asked, and to no other."""

from __future__ import annotations

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.complete import complete_answers
from approvals.commands.honour import honour
from approvals.commands.regroup import regroup
from approvals.commands.running import require_running
from approvals.commands.settle import settle
from approvals.commands.submit import send
from approvals.errors import ChangedMeanwhile, NotReturned
from approvals.events import Event
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.base import write
from approvals.records.fold import item_of
from approvals.records.mended import unmended


def resubmit(
    application: Application, *, version: int | None = None, explanation: str = "", by: Actor, at: Moment
) -> None:
    """Opens a new round for each step that asked, and for those whose opinion relied on what was changed; all others
    keep their opinion untouched. `explanation` goes to those of whose requests something was left as it was.
    """
    check(by, "application:correct", application)
    require_running(application)
    asked = [correction for correction in application.corrections if correction.is_open]
    if not asked:
        raise NotReturned
    if version is not None and version != application.draft_version:
        raise ChangedMeanwhile
    answers = complete_answers(application, at)
    item = item_of(application)
    left = set(unmended(application))
    send(application, item, answers, by=by, at=at)
    for correction in asked:
        correction.answered_at = at.instant
        if explanation.strip() and left.intersection(entry.target for entry in correction.entries):
            correction.explanation = explanation.strip()
        correction.step.begin_round(at.instant)
    for pause in application.pauses:
        if pause.ended_at is None and any(pause.step_id == correction.step_id for correction in asked):
            pause.ended_at = at.instant
    event = append(
        application,
        Event.CORRECTION_ANSWERED,
        by=by,
        at=at.instant,
        steps=[correction.step.key for correction in asked],
        answers=sealed(application.submissions[-1].sha256),
        explanation=sealed(explanation.strip()),
    )
    regroup(application, {correction.step.key for correction in asked}, by=by, at=at)
    write(application, amending_since=None)
    settle(application, by=by, at=at)
    announce(application, ParcelKind.LETTER, event, at=at)
    honour(application, at=at)
