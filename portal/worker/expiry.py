"""Enter the expiry of every certificate whose last day has passed, in batches."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from approvals.commands.live import expire
from approvals.queries.for_change import free_ones
from approvals.queries.run_out import run_out
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from approvals.clock.moment import Moment

BATCH = 100
"""In one transaction: on SQLite nobody else writes meanwhile."""


def enter_expiries(at: Moment | None = None, seconds: float | None = None) -> int:
    """How many were entered, within so many seconds. Two at once do no harm: each leaves alone what the other holds."""
    end = time.monotonic() + seconds if seconds is not None else None
    entered = last = 0
    while end is None or time.monotonic() < end:
        moment = at or now()
        waiting = run_out(reading(), moment.today, BATCH, last)
        reading().rollback()
        if not waiting:
            break
        last = waiting[-1]
        with changing(at=moment) as session:
            free = free_ones(session, waiting)
            entered += sum(expire(each.certificate, at=moment) for each in free if each.certificate is not None)
    return entered
