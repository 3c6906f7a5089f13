"""Make the paper of a copy that a holder asked for: render, sign, store, register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import current_app

from approvals.commands.copy import enter_copy
from approvals.permissions import SYSTEM
from approvals.queries import for_change
from approvals.queries.copies import copy_to_make
from approvals.storage import Folder
from config import Settings
from portal.signing import desk_of
from portal.unit_of_work import reading
from portal.worker.papers import seal_of

if TYPE_CHECKING:
    from approvals.clock.moment import Moment


def make_copy_paper(data: Mapping[str, Any], at: Moment) -> Any:
    """As of a certificate, without a lock; made twice, the second is thrown away."""
    from approvals.certificates.make import make

    settings: Settings = current_app.extensions["settings"]
    found = copy_to_make(reading(), data["copy"])
    reading().rollback()
    if found is None:
        return lambda session, moment: None
    application, paper = found
    made = make(
        paper,
        desk_of(settings),
        public_url=settings.public_url,
        is_demonstration=bool(settings.demonstration),
        at=at.instant,
    )
    digest = Folder(settings.files).put(made.pdf)

    def register(session: Any, moment: Moment) -> None:
        for_change.lock(session, application)
        copy = for_change.copy(session, data["copy"])
        enter_copy(copy, sha256=digest, size=len(made.pdf), seal=seal_of(made), by=SYSTEM, at=moment)

    return register
