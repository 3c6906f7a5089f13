"""Carries out begun batches: each step in a transaction of its own, by the same command as singly."""

from __future__ import annotations

import time

from approvals.commands.batch import carry_out, give_up
from approvals.errors import NotAllowed, Refusal
from approvals.queries import for_change
from approvals.queries.batch import Waiting, next_waiting, whose
from portal.unit_of_work import changing, now, reading


def carry_on(batch: int | None = None, *, seconds: float) -> bool:
    """What is waiting of one batch, or of all of them, for so many seconds; whether nothing is left.

    Killed at any moment it goes on where it was: an entry is marked in the transaction that does what it says. Two at
    once do no harm: the second finds the entry done.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        reading().rollback()
        waiting = next_waiting(reading(), batch)
        if waiting is None:
            return True
        _carry_out(waiting)
    return False


def _carry_out(waiting: Waiting) -> None:
    at = now()
    by = whose(reading(), waiting.account, at=at)
    try:
        if by is None:
            raise NotAllowed
        with changing(by, at) as session:
            carry_out(session, waiting.entry, for_change.step(session, waiting.number, waiting.key), by=by, at=at)
    except Refusal as refusal:
        with changing(at=at) as session:
            give_up(session, waiting.entry, refusal)
