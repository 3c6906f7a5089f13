"""Whether anything was ever applied for here."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.records.application import Application


def any_application(session: Session) -> bool:
    return session.scalars(select(Application.id).limit(1)).first() is not None
