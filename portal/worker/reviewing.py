"""Judge what revoked keys have signed, and make again by parcels what is believed no more."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flask import current_app

from approvals.commands.review import enter_review, remake
from approvals.errors import NotAllowed
from approvals.queries import for_change
from approvals.queries.batch import whose
from approvals.queries.signed_by import SignedRow, signed_by
from approvals.queries.verification import is_sound
from approvals.storage import Folder
from config import Settings
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.certificates.trust import Trust
    from approvals.clock.moment import Moment

PARCEL = 100


def review_signatures(at: Moment | None = None, seconds: float | None = None) -> int:
    """How many were judged, within so many seconds. Each is entered for itself with the day by which it was judged:
    killed at any moment it goes on where it was, and a list that names an earlier day is a new question.
    """
    from approvals.certificates import signatories
    from approvals.certificates.judge import revoked_since
    from approvals.certificates.trust import trusted

    settings: Settings = current_app.extensions["settings"]
    end = time.monotonic() + seconds if seconds is not None else None
    trust, judged = trusted(settings.keys), 0
    for each in signatories.known(settings.keys):
        since = revoked_since(each.certificates, trust)
        while since is not None:
            rows = signed_by(reading(), each.id, revoked_since=since, most=PARCEL)
            reading().rollback()
            if not rows:
                break
            for row in rows:
                if end is not None and time.monotonic() > end:
                    return judged
                _review(row, since, trust, settings, at or now())
                judged += 1
    return judged


def _review(row: SignedRow, since: datetime, trust: Trust, settings: Settings, at: Moment) -> None:
    """A file that is gone proves nothing."""
    from approvals.certificates.judge import look

    try:
        found = look(Folder(settings.files).get(row.sha256), trust, at.instant)
        sound = is_sound(found, row.issued_at)
    except FileNotFoundError:
        sound = False
    with changing(at=at) as session:
        for_change.lock(session, row.application_id)
        enter_review(session, row.kind, row.id, sha256=row.sha256, since=since, is_sound=sound, at=at)


def make_anew(data: Mapping[str, Any], at: Moment) -> Callable[[Any, Moment], None]:
    """Reissue a certificate for whoever ordered it, as they may act now."""

    def effect(session: Any, moment: Moment) -> None:
        certificate = for_change.certificate(session, data["application"])
        by = whose(session, data["account"], at=moment)
        if by is None:
            raise NotAllowed
        remake(certificate, by=by, at=moment)

    return effect
