"""Intervene: keep why an application was ended, stopped or changed from outside its chain, in words."""

from __future__ import annotations

from approvals.clock.moment import Moment
from approvals.permissions import Actor
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.intervention import Intervention
from approvals.vocabulary import InterventionKind


def intervene(
    application: Application, kind: InterventionKind, reason: str, *, reference: str = "", by: Actor, at: Moment
) -> None:
    """The trail holds only a digest of the reason; the event that belongs to it bears the same instant."""
    session_of(application).add(
        Intervention(
            application_id=application.id,
            kind=kind,
            reason=reason.strip(),
            reference=reference.strip(),
            by_account=by.person,
            at=at.instant,
        )
    )
