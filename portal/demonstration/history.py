"""A year in which one kind of permit was decided again and again: some at once, some late, some after a correction."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from approvals.commands.resubmit import resubmit
from approvals.commands.return_for_correction import Mend, return_for_correction
from approvals.commands.take import take as take_on
from approvals.queries import for_change
from approvals.queries.actor import actor_named, clerk_of
from approvals.queries.progress import progress
from portal.demonstration.acting import apply, moment, take, workable
from portal.unit_of_work import changing, reading
from portal.worker.delivery import sweep
from services.current import catalogue

if TYPE_CHECKING:
    from approvals.clock.calendar import Calendar
    from approvals.storage import Storage

APPLICANT = "yanmao"
CASES = ((1, 1), (0, 2), (2, 1), (1, 4), (3, 2), (0, 1), (2, 6), (1, 2), (4, 3), (0, 1), (1, 5), (2, 2))
"""Working days until somebody took a step, and until it was decided then."""
APART = timedelta(days=26)
UNCLEAR = "请写明现住址的门牌号。"
AS_IT_IS = "门牌号就是这样，社区可以证明。"


def tell(storage: Storage, today: date, calendar: Calendar) -> None:
    """The newest was decided some weeks ago."""
    day = today - APART * (len(CASES) + 1)
    for place, (waited, worked) in enumerate(CASES):
        day += APART
        _decided(storage, calendar.on_or_after(day), calendar, waited, worked, is_mended=place % 4 == 3)


def _decided(storage: Storage, day: date, calendar: Calendar, waited: int, worked: int, *, is_mended: bool) -> None:
    item, who = catalogue().item("residence-permit"), actor_named(reading(), APPLICANT)
    number = apply(item, storage, moment(day, calendar), by=who)
    while waiting := workable(progress(reading(), number)):
        step, clerk = waiting[0], clerk_of(reading(), waiting[0].department)
        day = calendar.add_working_days(day, waited)
        at = moment(day, calendar, 10)
        with changing(clerk, at) as session:
            take_on(for_change.step(session, number, step.key), by=clerk, at=at)
        if is_mended and step.key == "review":
            mend, is_mended = [Mend("question", next(iter(item.questions)), UNCLEAR)], False
            with changing(clerk, at) as session:
                return_for_correction(for_change.step(session, number, step.key), mend, by=clerk, at=at)
            day = calendar.add_working_days(day, 5)
            at = moment(day, calendar, 11)
            with changing(who, at) as session:
                resubmit(for_change.application(session, number), explanation=AS_IT_IS, by=who, at=at)
        day = calendar.add_working_days(day, worked)
        take(number, step, moment(day, calendar, 15))
    sweep(moment(day, calendar, 16))
