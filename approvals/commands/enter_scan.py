"""Enter what the virus scanner said of a file that was taken without it; what it found something in is shut away."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from approvals.audit.append import append
from approvals.clock.moment import Moment
from approvals.commands.announce import ParcelKind, announce
from approvals.events import Event
from approvals.permissions import SYSTEM
from approvals.records.application import Application
from approvals.records.material import StoredFile


def enter_scan(session: Session, sha256: str, scan: str, holders: Sequence[Application], *, at: Moment) -> bool:
    """`holders` are the locked applications that have it among their materials: where something was found, the trail
    of each says so, and whoever handed it in gets a letter while the application runs. Entered once: False afterwards.
    """
    waiting = update(StoredFile).where(StoredFile.sha256 == sha256, StoredFile.scan == "not_scanned")
    if not session.scalars(waiting.values(scan=scan).returning(StoredFile.sha256)).all():
        return False
    if scan == "infected":
        for application in holders:
            _tell(application, sha256, at)
    return True


def _tell(application: Application, sha256: str, at: Moment) -> None:
    for file in application.materials:
        if file.sha256 == sha256:
            told = {"material": file.key, "version": file.version}
            event = append(application, Event.FILE_SHUT_AWAY, by=SYSTEM, at=at.instant, **told)
            if file.removed_at is None and not application.status.is_final:
                announce(application, ParcelKind.LETTER, event, at=at)
