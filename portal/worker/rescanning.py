"""Have the virus scanner look at files that were taken while it was away, once it answers again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import structlog
from flask import current_app

from approvals.commands.enter_scan import enter_scan
from approvals.queries import for_change
from approvals.queries.unscanned import holders, unscanned
from approvals.storage import Folder
from config import Settings
from portal.scanning import ask
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from approvals.clock.moment import Moment

log = structlog.get_logger()

BATCH = 100


def rescan(at: Moment | None = None, seconds: float | None = None) -> int:
    """How many files were judged. Where the scanner is still away it is asked no further; two at once do no harm."""
    settings: Settings = current_app.extensions["settings"]
    if settings.clamav is None:
        return 0
    end = time.monotonic() + seconds if seconds is not None else None
    storage, judged, last = Folder(settings.files), 0, ""
    while waiting := unscanned(reading(), BATCH, last):
        reading().rollback()
        for sha256 in waiting:
            if end is not None and time.monotonic() > end:
                return judged
            last = sha256
            if not storage.holds(sha256):
                continue  # `rongyiban check` reports it
            try:
                found = ask(storage.get(sha256), settings)
            except OSError as error:
                log.warning("scanner away", reason=str(error))
                return judged
            judged += _enter(sha256, found, at or now())
    return judged


def _enter(sha256: str, found: str, at: Moment) -> bool:
    with changing(at=at) as session:
        which = holders(session, sha256) if found == "infected" else ()
        locked = [each for each in (for_change.lock(session, one) for one in which) if each is not None]
        if found == "infected":
            log.warning("infected file shut away", file=sha256, applications=[each.number for each in locked])
        return enter_scan(session, sha256, found, locked, at=at)
