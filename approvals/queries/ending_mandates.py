"""Mandates in force whose last day is near, and nobody was told yet."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.records.mandate import Mandate

NEAR = timedelta(days=14)
"""One that was accepted later than that before its end is still remembered."""


def ending_mandates(session: Session, at: Moment, most: int) -> list[Mandate]:
    """Locked, in order; what another holds is passed over."""
    near = (Mandate.ends_on >= at.today, Mandate.ends_on <= at.today + NEAR, Mandate.begins_on <= at.today)
    standing = (Mandate.revoked_at.is_(None), Mandate.warned_at.is_(None), Mandate.accepted_at < at.instant - NEAR)
    wanted = select(Mandate).where(*near, *standing).order_by(Mandate.id).limit(most)
    return list(session.scalars(wanted.with_for_update(of=Mandate, skip_locked=True)))
