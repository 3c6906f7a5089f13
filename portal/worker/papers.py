"""Make the paper of a granted certificate: render, sign, store, register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import current_app

from approvals.commands.issue import Seal, issue
from approvals.permissions import SYSTEM
from approvals.queries import for_change
from approvals.queries.pending_paper import pending_paper
from approvals.storage import Folder
from config import Settings
from portal.signing import desk_of
from portal.unit_of_work import reading

if TYPE_CHECKING:
    from approvals.certificates.make import Made
    from approvals.clock.moment import Moment


def make_paper(data: Mapping[str, Any], at: Moment) -> Any:
    """Render and sign without a lock: the longest part. Made twice by two workers, the second is thrown away."""
    from approvals.certificates.make import make

    settings: Settings = current_app.extensions["settings"]
    application: int = data["application"]
    paper = pending_paper(reading(), application)
    reading().rollback()
    if paper is None:
        return lambda session, moment: None
    made = make(
        paper,
        desk_of(settings),
        public_url=settings.public_url,
        is_demonstration=bool(settings.demonstration),
        at=at.instant,
    )
    digest = Folder(settings.files).put(made.pdf)

    def register(session: Any, moment: Moment) -> None:
        certificate = for_change.certificate(session, application)
        issue(certificate, sha256=digest, size=len(made.pdf), seal=seal_of(made), by=SYSTEM, at=moment)

    return register


def seal_of(made: Made) -> Seal:
    """What is entered about its signature."""
    return Seal(
        made.signer, made.signed_sha256, made.wanted, made.level, made.failure, made.renew_at, made.sm2, made.sm2_key
    )
