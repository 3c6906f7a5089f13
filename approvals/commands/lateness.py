"""Why a step is past its due date: what whoever decides it must have said, and the one writer of it."""

from __future__ import annotations

from dataclasses import dataclass

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.errors import LateReasonMissing
from approvals.events import Event
from approvals.permissions import Actor
from approvals.records.base import send, session_of, write
from approvals.records.late_reason import LATE_REASONS
from approvals.records.step import StepRecord
from approvals.vocabulary import LateReason


@dataclass(frozen=True, slots=True)
class WhyLate:
    reason: LateReason
    note: str = ""

    @property
    def is_whole(self) -> bool:
        return self.reason is not LateReason.OTHER or bool(self.note.strip())


def require_late_reason(step: StepRecord, late: WhyLate | None, at: Moment) -> None:
    """LateReasonMissing for a step past its due date of which nobody has said why in this round, nor says it now."""
    if step.is_late(at.today) and (step.late_reason is None if late is None else not late.is_whole):
        raise LateReasonMissing


def keep_late_reason(step: StepRecord, late: WhyLate | None, *, by: Actor, at: Moment) -> None:
    """Append what is said now. What holds already, and what is said of a step that is in time, adds nothing."""
    if late is None or not step.is_late(at.today):
        return
    note, newest = late.note.strip(), step.late_reasons[-1] if step.late_reasons else None
    if newest is not None and (newest.round, newest.reason, newest.note) == (step.round, late.reason, note):
        return
    number = len(step.late_reasons) + 1
    send(
        session_of(step),
        LATE_REASONS,
        {
            "step_id": step.id,
            "number": number,
            "round": step.round,
            "reason": late.reason,
            "note": note,
            "by_account": by.person,
            "at": at.instant,
        },
    )
    append(
        step.application,
        Event.LATE_REASON_GIVEN,
        by=by,
        at=at.instant,
        step=step.key,
        round=step.round,
        number=number,
        reason=str(late.reason),
        note=sealed(note),
    )
    write(step, late_reason=late.reason)
    session_of(step).expire(step, ["late_reasons"])
