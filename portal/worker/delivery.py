"""Deliver the parcels of the outbox: each takes effect once, however often it is tried."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import structlog

from approvals.commands.deliver import claim, close, fail
from approvals.queries.outbox import due_parcels
from portal.letters.account import send_account_letter
from portal.letters.codes import send_code
from portal.letters.mail import send_mail
from portal.letters.send import write_letter
from portal.letters.texts import send_text
from portal.unit_of_work import changing, now, reading
from portal.worker.copies import make_copy_paper
from portal.worker.papers import make_paper
from portal.worker.reviewing import make_anew

if TYPE_CHECKING:
    from approvals.clock.moment import Moment

log = structlog.get_logger()

Effect = Callable[[Any, "Moment"], None]
"""What must happen inside the transaction that closes the parcel; prepared outside of it."""

KINDS: Mapping[str, Callable[[Mapping[str, Any], Moment], Effect]] = {
    "letter": write_letter,
    "mail": send_mail,
    "text": send_text,
    "account": send_account_letter,
    "paper": make_paper,
    "code": send_code,
    "copy": make_copy_paper,
    "remake": make_anew,
}


def deliver(parcel_id: int, at: Moment | None = None) -> bool:
    """Claim, prepare without holding a lock, then effect and closing in one transaction. False when nothing came of it.

    A kill before the last commit leaves the parcel open, and a later sweep does it again; after it, it is closed.
    """
    moment = at or now()
    with changing(at=moment) as session:
        claimed = claim(session, parcel_id, at=moment)
    if claimed is None:
        return False
    try:
        effect = KINDS[claimed.kind](claimed.data, moment)
        with changing(at=moment) as session:
            if close(session, parcel_id, at=moment):
                effect(session, moment)
    except Exception as error:
        log.exception("parcel failed", parcel=parcel_id, kind=claimed.kind)
        with changing(at=moment) as session:
            fail(session, parcel_id, f"{type(error).__name__}: {error}"[:500], at=moment)
        return False
    return True


def sweep(at: Moment | None = None, seconds: float | None = None) -> int:
    """Deliver everything that is due, or as much as `seconds` allow; the number of parcels closed.

    Two sweeps at once do no harm. What one attempts is not due again before its wait is over, so the loop ends.
    """
    end = time.monotonic() + seconds if seconds is not None else None
    done = 0
    while True:
        moment = at or now()
        waiting = due_parcels(reading(), moment.instant)
        reading().rollback()
        if not waiting:
            return done
        for parcel in waiting:
            if end is not None and time.monotonic() > end:
                return done
            done += deliver(parcel, at)
