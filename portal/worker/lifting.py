"""Lift what is due: signatures that were issued at a lower level, archive time-stamps before they weaken."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog
from flask import current_app

from approvals.commands.lift import Claim, claim
from approvals.commands.lift import lift as enter
from approvals.permissions import SYSTEM
from approvals.queries import for_change
from approvals.queries.lifts import due_lifts
from approvals.storage import Folder
from config import Settings
from portal.signing import desk_of
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from approvals.clock.moment import Moment

log = structlog.get_logger()


def lift_due(at: Moment | None = None, seconds: float | None = None) -> int:
    """How many files were lifted. The network is asked while nothing is locked; two at once do no harm."""
    end = time.monotonic() + seconds if seconds is not None else None
    done, tried = 0, set[int]()
    while True:
        moment = at or now()
        waiting = [each for each in due_lifts(reading(), moment.instant) if each not in tried]
        reading().rollback()
        if not waiting:
            return done
        for each in waiting:
            tried.add(each)
            if end is not None and time.monotonic() > end:
                return done
            done += lift_one(each, at)


def lift_one(lift: int, at: Moment | None = None) -> bool:
    """Claim, lift outside of any transaction, enter. False when nothing was gained."""
    moment = at or now()
    with changing(at=moment) as session:
        claimed = claim(session, lift, at=moment)
    if claimed is None:
        return False
    try:
        return _lifted(lift, claimed, moment)
    except Exception:
        log.exception("signature could not be lifted", lift=lift)
        return False


def _lifted(lift_id: int, claimed: Claim, at: Moment) -> bool:
    from approvals.certificates.lift import lift, renew
    from approvals.certificates.proof import prove

    settings: Settings = current_app.extensions["settings"]
    storage = Folder(settings.files)
    kept = storage.get(claimed.sha256)
    is_renewal = claimed.level.rank >= claimed.wanted.rank
    desk = desk_of(settings)
    done = renew(kept, desk, at=at.instant) if is_renewal else lift(kept, claimed.wanted, desk, at=at.instant)
    if done.pdf != kept:
        prove(done.pdf, desk, at=at.instant)
    digest = storage.put(done.pdf)
    with changing(at=at) as session:
        for_change.lock(session, claimed.application_id)
        return enter(
            lift_id,
            from_sha256=claimed.sha256,
            sha256=digest,
            size=len(done.pdf),
            level=done.level,
            failure=done.failure,
            renew_at=done.renew_at,
            by=SYSTEM,
            at=at,
            session=session,
        )
