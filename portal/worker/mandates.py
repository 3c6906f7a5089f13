"""Tell both sides of a mandate that it ends soon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from approvals.commands.mandate import announce_end
from approvals.queries.ending_mandates import ending_mandates
from portal.unit_of_work import changing, now

if TYPE_CHECKING:
    from approvals.clock.moment import Moment

BATCH = 100


def tell_of_ends(at: Moment | None = None) -> int:
    """How many were told of; the next hour goes on."""
    moment = at or now()
    with changing(at=moment) as session:
        found = ending_mandates(session, moment, BATCH)
        return sum(announce_end(session, each, at=moment) for each in found)
