"""What really happened lately: how long decisions of an item took, and what is applied for most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from approvals.clock.deadline import used
from approvals.clock.moment import Moment, local_date
from approvals.clock.pauses import Pause
from approvals.days import Days
from approvals.records.application import Application
from approvals.records.pause import PauseRecord
from services.item import Unit

LEAST = 10
"""Cases: of fewer nothing is claimed."""
PERIODS = (90, 365)
"""Days looked back on: the shorter one where it has enough cases."""
MOST = 500
"""Cases looked at: the newest."""


@dataclass(frozen=True, slots=True)
class Took:
    """Working days from acceptance to the decision, without the days on which the application's own clock stood still:
    its applicant had something to mend and no department could go on, or it was suspended.

    Half of the `cases` of the last `period` days took at most `median`, nine in ten at most `ninetieth`.
    """

    cases: int
    median: int
    ninetieth: int
    period: int


def took(session: Session, item_code: str, *, at: Moment, least: int = LEAST) -> Took | None:
    """None where too few were decided to say anything."""
    since = at.instant - timedelta(days=PERIODS[-1])
    decided = session.execute(
        select(Application.id, Application.accepted_at, Application.decided_at)
        .where(
            Application.item_code == item_code,
            Application.decided_at >= since,
            Application.accepted_at.is_not(None),
        )
        .order_by(Application.decided_at.desc())
        .limit(MOST)
    ).all()
    if len(decided) < least:
        return None
    stopped = _stopped(session, [row.id for row in decided])
    counted = [
        (ended, used(local_date(began), local_date(ended), at.calendar, stopped[application], Unit.WORKING_DAYS))
        for application, began, ended in decided
        if began and ended
    ]
    for period in PERIODS:
        days = [number for ended, number in counted if ended >= at.instant - timedelta(days=period)]
        if len(days) >= least:
            counted_days = Days.of(days)
            return Took(counted_days.number, counted_days.median or 0, counted_days.p90 or 0, period)
    return None


def _stopped(session: Session, applications: Sequence[int]) -> dict[int, list[Pause]]:
    """When each one's own clock stood still: nobody could go on with it (Licensing Law art. 45)."""
    pauses = select(PauseRecord).where(PauseRecord.application_id.in_(applications), PauseRecord.step_id.is_(None))
    found: dict[int, list[Pause]] = defaultdict(list)
    for pause in session.scalars(pauses):
        found[pause.application_id].append(pause.span)
    return found


def used_most(session: Session, *, at: Moment, period: int = PERIODS[0], least: int = LEAST) -> dict[str, int]:
    """Items by code with the number of applications sent in the last `period` days, the most first; those with fewer
    than `least` are left out.
    """
    number = func.count()
    query = (
        select(Application.item_code, number)
        .where(Application.submitted_at >= at.instant - timedelta(days=period))
        .group_by(Application.item_code)
        .having(number >= least)
        .order_by(number.desc(), Application.item_code)
    )
    return {row[0]: row[1] for row in session.execute(query)}
