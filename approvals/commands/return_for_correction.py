"""Return an application for correction (补正): one department says once, item by item, what to mend."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from approvals.audit.append import append, sealed
from approvals.chain.mending import changes
from approvals.clock.moment import Moment
from approvals.commands import writs
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.decide import require_open
from approvals.commands.held import require_held
from approvals.commands.settle import settle
from approvals.errors import AskedBefore, NothingToMend, OutcomeNotPossible, OwnApplication
from approvals.events import Event
from approvals.permissions import Actor, check, owns
from approvals.records.base import session_of
from approvals.records.correction import Correction, CorrectionEntry
from approvals.records.fold import item_of
from approvals.records.pause import PauseRecord
from approvals.records.sending import last_examined, sending
from approvals.records.step import StepRecord
from approvals.vocabulary import PauseBasis, PauseReason
from services.item import StepKind, label


@dataclass(frozen=True, slots=True)
class Mend:
    """One thing to mend: `target` is the key of a question or of a material, `text` says what is wrong and how to mend
    it.
    """

    kind: str
    target: str
    text: str


def return_for_correction(
    step: StepRecord, mends: Sequence[Mend], *, why_again: str = "", by: Actor, at: Moment
) -> None:
    """Stops this step's clock until the applicant answers; the other departments go on.

    Everything is to be asked at once (art. 32): what the step could have seen in its round before, and nobody has
    changed since, is asked only with a reason why not before, `why_again`; without it AskedBefore.
    """
    application = step.application
    check(by, "step:return", step)
    if owns(by, application):
        raise OwnApplication
    require_open(step)
    require_held(step, by)
    item = item_of(application)
    if item.steps[step.key].kind is StepKind.ISSUE:
        raise OutcomeNotPossible(outcome="return")
    known = set(item.questions) | {material.key for material in item.materials}
    entries = [mend for mend in mends if mend.text.strip() and mend.target in known]
    if not entries:
        raise NothingToMend
    late = seen_before(step, {mend.target for mend in entries})
    if late and not why_again.strip():
        raise AskedBefore(what=tuple(label(item, key) for key in late))

    asked = Correction(
        step=step,
        round=step.round,
        why_again=why_again.strip() if late else "",
        by_account=by.person,
        asked_at=at.instant,
        entries=[CorrectionEntry(kind=mend.kind, target=mend.target, text=mend.text.strip()) for mend in entries],
    )
    application.corrections.append(asked)
    application.pauses.append(
        PauseRecord(
            step_id=step.id,
            reason=PauseReason.CORRECTION,
            basis=PauseBasis.CORRECTION,
            by_account=by.account,
            began_at=at.instant,
        )
    )
    session = session_of(application)
    session.flush()  # the facts are folded by the ids of their steps
    event = append(
        application,
        Event.CORRECTION_ASKED,
        by=by,
        at=at.instant,
        step=step.key,
        round=step.round,
        entries=[[mend.kind, mend.target, sealed(mend.text)] for mend in entries],
        why=sealed(why_again.strip() if late else ""),
    )
    settle(application, by=by, at=at)
    writs.correction(asked, by=by, at=at)
    announce(application, ParcelKind.LETTER, event, at=at)


def seen_before(step: StepRecord, targets: Set[str]) -> list[str]:
    """Those of the questions and materials that said in the step's round before what they say now."""
    application = step.application
    examined = last_examined(application, step)
    if examined is None:
        return []
    before, now = sending(application, examined), sending(application, application.submissions[-1])
    changed = changes(item_of(application), before, now)
    there = targets & (before.answers.keys() | before.files.keys())
    return sorted(there - {*changed.questions, *changed.materials})
