"""The ladder of supervision: from which day on each rung is reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import floor
from typing import Final

from approvals.clock.calendar import ONE_DAY, Calendar
from approvals.clock.lights import warning_days
from approvals.vocabulary import Rung
from services.item import Limit

PATIENCE: Final = 2
"""Working days past the promise after which the supervising body steps in."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A rung, the first day on which it holds, and the due date that comes near or has passed by then."""

    rung: Rung
    since: date
    due: date


def ladder(
    promised: Limit, promised_due: date | None, statutory_due: date | None, calendar: Calendar
) -> tuple[Reached, ...]:
    """Each rung from the day it is reached, in the order of the rungs; empty without any due date.

    A due date is kept while its day lasts. The rungs agree with the lights: warning is yellow, late is red, breached is
    deep red. Where nothing is promised there is no promise to break, and the statutory date is warned of.
    """
    next_due = promised_due or statutory_due
    if next_due is None:
        return ()
    warned = calendar.numbered(calendar.number(next_due) - floor(warning_days(promised, promised_due)))
    rungs = [Reached(Rung.WARNING, warned, next_due)]
    if promised_due is not None:
        rungs.append(Reached(Rung.LATE, promised_due + ONE_DAY, promised_due))
        third = calendar.add_working_days(promised_due, PATIENCE + 1)
        rungs.append(Reached(Rung.ESCALATED, third, promised_due))
    if statutory_due is not None:
        rungs.append(Reached(Rung.BREACHED, statutory_due + ONE_DAY, statutory_due))
    return tuple(rungs)
