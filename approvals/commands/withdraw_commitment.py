"""Take a commitment back: its steps review as usual, and what was allowed to follow is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.commands import writs
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.obligation import drop_all
from approvals.commands.running import require_running
from approvals.commands.settle import settle
from approvals.commitments.signed import resting
from approvals.errors import NothingPromised, TooLateToWithdraw
from approvals.events import Event
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.commitment import CommitmentWithdrawal
from approvals.records.correction import Correction, CorrectionEntry
from approvals.records.fold import item_of, sent_answers
from approvals.records.pause import PauseRecord
from approvals.records.step import StepRecord
from approvals.vocabulary import PauseBasis, PauseReason, StepStatus
from services.answers import required_materials
from services.item import OPINIONS, Source

ASK = "已撤回承诺，请补交这份材料。"


def withdraw_commitment(application: Application, key: str, *, by: Actor, at: Moment) -> None:
    """Until the decision. Steps decided on the promise open in a new round; others keep what they said.

    Materials that were put off are asked for as a correction of the first of these steps that is open, so that its
    clock stands still meanwhile. Raises NothingPromised, TooLateToWithdraw or Finished.
    """
    check(by, "commitment:withdraw", application)
    if application.decided_at is not None:
        raise TooLateToWithdraw
    require_running(application)
    commitment = next((each for each in application.commitments if each.step_key == key and each.is_in_force), None)
    if commitment is None:
        raise NothingPromised
    rested = {step for step, promise in resting(application).items() if promise == key}
    session = session_of(application)
    session.add(CommitmentWithdrawal(commitment=commitment, by_account=by.person, at=at.instant))
    session.flush()
    event = append(application, Event.COMMITMENT_WITHDRAWN, by=by, at=at.instant, step=key)
    drop_all(application, commitment=commitment, by=by, at=at)
    missing = _missing(application)
    item = item_of(application)
    steps = [each for each in application.steps if each.key in rested and item.steps[each.key].kind in OPINIONS]
    _reopen(application, steps, missing, by=by, at=at)
    settle(application, by=by, at=at)
    _ask(application, steps, missing, by=by, at=at)
    announce(application, ParcelKind.LETTER, event, at=at)


def _reopen(
    application: Application, steps: Sequence[StepRecord], missing: list[str], *, by: Actor, at: Moment
) -> None:
    """Those that were decided on the promise."""
    for step in steps:
        if step.decision is not None and step.decision.is_promised:
            step.begin_round(at.instant)
            opened = {"step": step.key, "round": step.round, "questions": [], "materials": missing}
            append(application, Event.STEP_REOPENED, by=by, at=at.instant, **opened)


def _missing(application: Application) -> list[str]:
    """Materials that are required now and not there."""
    present = {each.key for each in application.materials if each.removed_at is None}
    wanted = required_materials(item_of(application), sent_answers(application))
    return [
        material.key
        for material, is_required in wanted
        if is_required and material.source is Source.UPLOAD and material.key not in present
    ]


def _ask(application: Application, steps: Sequence[StepRecord], missing: list[str], *, by: Actor, at: Moment) -> None:
    """Everything at once, of the first step that can ask: one of the promise's own, else whichever is open."""
    asking = next((each for each in (*steps, *application.steps) if each.status is StepStatus.OPEN), None)
    if not missing or asking is None:
        return
    entries = [CorrectionEntry(kind="material", target=key, text=ASK) for key in missing]
    mend = Correction(step=asking, round=asking.round, by_account=None, asked_at=at.instant, entries=entries)
    application.corrections.append(mend)
    application.pauses.append(
        PauseRecord(step_id=asking.id, reason=PauseReason.CORRECTION, basis=PauseBasis.CORRECTION, began_at=at.instant)
    )
    session_of(application).flush()
    asked = append(
        application,
        Event.CORRECTION_ASKED,
        by=by,
        at=at.instant,
        step=asking.key,
        round=asking.round,
        entries=[["material", key, sealed(ASK)] for key in missing],
        why=sealed(""),
    )
    settle(application, by=by, at=at)
    writs.correction(mend, by=by, at=at)
    announce(application, ParcelKind.LETTER, asked, at=at)
