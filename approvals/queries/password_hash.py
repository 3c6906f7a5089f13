"""The hash of somebody's password."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.records.people import Account, named


def password_hash(session: Session, username: str) -> str | None:
    """By user name or proven phone. None for a name that nobody has, and for an account that is disabled."""
    return session.scalar(select(Account.password_hash).where(named(username), Account.disabled_at.is_(None)))
