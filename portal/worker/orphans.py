"""Clear away stored files that nobody refers to: of discarded drafts, of uploads that were refused or broke off."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import structlog
from flask import current_app

from approvals.commands.forget_files import KEPT, forget_files
from approvals.queries.known_files import known_files
from approvals.storage import Folder
from config import Settings
from portal.journey.arriving import Arrivals
from portal.journey.pictures import pictures
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from approvals.clock.moment import Moment

log = structlog.get_logger()

BATCH = 500


def clear_orphans(at: Moment | None = None, beginning: str = "") -> int:
    """How many files were removed, among those whose digest begins so. Two at once do no harm.

    First the register forgets a file, a day later it is removed: whoever reads the register at this moment (a backup,
    `rongyiban check`) still finds what stands there.
    """
    settings: Settings = current_app.extensions["settings"]
    storage = Folder(settings.files)
    moment = at or now()
    with changing(at=moment) as session:
        for digest in forget_files(session, at=moment):
            storage.touch(digest, moment.instant)
    before = moment.instant - KEPT
    removed = 0
    every = storage.digests(beginning)
    while digests := list(islice(every, BATCH)):
        known = known_files(reading(), digests)
        reading().rollback()
        removed += sum(storage.remove(digest, before) for digest in digests if digest not in known)
    pictures().remove_without(storage, beginning)
    parts = storage.remove_parts(before) + Arrivals(settings.arriving).remove_old(before)
    if removed or parts:
        log.info("orphans removed", files=removed, parts=parts)
    return removed
