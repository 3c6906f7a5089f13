"""Drafts that nobody has gone on with for long."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.records.application import Application
from approvals.vocabulary import ApplicationStatus


def old_drafts(session: Session, saved_before: datetime, most: int, after: int = 0) -> list[int]:
    """Ids, in order, from behind `after`."""
    wanted = select(Application.id).where(
        Application.status == ApplicationStatus.DRAFT, Application.saved_at < saved_before, Application.id > after
    )
    return list(session.scalars(wanted.order_by(Application.id).limit(most)))
