"""The ledger of time that is not counted: what stopped which clock, why, on what basis, how long, and who did it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from approvals.clock.moment import Moment
from approvals.queries.case import Case
from approvals.records.fold import lead_of
from approvals.records.pause import PauseRecord
from approvals.records.step import StepRecord
from approvals.vocabulary import PauseReason
from services.item import Text


@dataclass(frozen=True, slots=True)
class StoppedTime:
    """A pause; `step` None: of the whole application. `days` are working days that stood still."""

    step: Text | None
    by: Text | None
    """The department that stopped it; None: nobody did, it followed."""
    after: Text | None
    """Of the whole application when nobody stopped it: the step whose pause left none to go on."""
    why: PauseReason
    note: str
    basis: str
    began: date
    ended: date | None
    announced: int | None
    days: int


def ledger(case: Case, *, at: Moment) -> tuple[StoppedTime, ...]:
    """In the order in which they were written."""
    application = case.application
    steps = {step.id: step for step in application.steps}
    found = []
    for pause in application.pauses:
        step = steps.get(pause.step_id or 0)
        last = steps.get(_last_before(application.pauses, pause)) if step is None and not pause.is_suspension else None
        found.append(
            StoppedTime(
                step=_title(case, step),
                by=case.department(step or lead_of(application)) if pause.by_account is not None else None,
                after=_title(case, last),
                why=pause.reason,
                note=pause.note,
                basis=pause.basis,
                began=pause.span.start,
                ended=pause.span.end,
                announced=pause.days_needed,
                days=at.calendar.working_days(pause.span.start, pause.span.end or at.today),
            )
        )
    return tuple(found)


def _last_before(pauses: list[PauseRecord], whole: PauseRecord) -> int:
    """The id of the step that was stopped last for the same reason when the whole stopped."""
    before = [
        each.step_id
        for each in pauses
        if each.step_id is not None and each.reason is whole.reason and each.began_at <= whole.began_at
    ]
    return before[-1] if before else 0


def _title(case: Case, step: StepRecord | None) -> Text | None:
    return case.item.steps[step.key].title if step else None
