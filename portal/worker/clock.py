"""The striking of the clock: every application with a clock that woke is acted on, in batches."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from approvals.commands.tick import postpone, tick
from approvals.queries.for_change import free_ones
from approvals.queries.woken import woken
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.clock.moment import Moment

log = structlog.get_logger()

BATCH = 200
"""Applications in one transaction: on SQLite nobody else writes meanwhile."""
WAIT = timedelta(hours=1)


def strike(at: Moment | None = None, seconds: float | None = None) -> int:
    """Act on everything that is due, or as much as `seconds` allow; how many rungs of the ladder were reached.

    Several share the work: each locks what it works on, and passes over what another holds.
    """
    end = time.monotonic() + seconds if seconds is not None else None
    reached, held = 0, set[int]()
    while end is None or time.monotonic() < end:
        moment = at or now()
        waiting = woken(reading(), moment.instant, BATCH, held)
        reading().rollback()
        if not waiting:
            break
        found = _act(waiting, moment)
        if found is None:
            held.update(waiting)
        else:
            reached, held = reached + found, set()
    return reached


def _act(applications: Sequence[int], at: Moment) -> int | None:
    """None when others hold all of them."""
    try:
        with changing(at=at) as session:
            free = free_ones(session, applications)
            reached = tick(session, free, at=at)
    except Exception:
        if len(applications) > 1:
            return sum(_act([each], at) or 0 for each in applications)
        log.exception("clock could not strike", application=applications[0])
        with changing(at=at) as session:
            postpone(session, applications[0], at.instant + WAIT)
        return 0
    return reached if free else None
