"""Tell owners of drafts that nobody goes on with, and delete these drafts later, in batches."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from approvals.commands.expire_draft import expire_draft
from approvals.queries.for_change import free_ones
from approvals.queries.old_drafts import old_drafts
from portal.keeping import keeping
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from approvals.clock.moment import Moment

BATCH = 100
"""In one transaction: on SQLite nobody else writes meanwhile."""


def expire_drafts(at: Moment | None = None, seconds: float | None = None) -> int:
    """How many were deleted, within so many seconds. Two at once do no harm: each leaves alone what the other holds."""
    end = time.monotonic() + seconds if seconds is not None else None
    kept, deleted, last = keeping(), 0, 0
    while end is None or time.monotonic() < end:
        moment = at or now()
        old = old_drafts(reading(), kept.quiet_since(moment.instant), BATCH, last)
        reading().rollback()
        if not old:
            break
        last = old[-1]
        with changing(at=moment) as session:
            deleted += sum(expire_draft(each, kept, at=moment) for each in free_ones(session, old))
    return deleted
