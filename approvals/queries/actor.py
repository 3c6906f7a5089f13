"""Who an account is, and which account stands at a department's desk."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.errors import NotFound
from approvals.permissions import Actor
from approvals.records.people import Account
from approvals.vocabulary import AT_DESK, Role


def actor_named(session: Session, username: str) -> Actor:
    """The actor behind a user name."""
    found = session.scalar(select(Account).where(Account.username == username))
    if found is None:
        raise NotFound
    return found.actor


def clerk_of(session: Session, department: str) -> Actor:
    """The first clerk of a department, by account."""
    clerks = select(Account).where(Account.department_code == department, Account.role == Role.CLERK)
    found = session.scalars(clerks.order_by(Account.id).limit(1)).first()
    if found is None:
        raise NotFound
    return found.actor


def second_of(session: Session, department: str, first: Actor) -> Actor:
    """Somebody else at a department's desk, who confirms what the first one proposes: the next by account."""
    others = select(Account).where(
        Account.department_code == department, Account.role.in_(AT_DESK), Account.id != first.account
    )
    found = session.scalars(others.where(Account.disabled_at.is_(None)).order_by(Account.id).limit(1)).first()
    if found is None:
        raise NotFound
    return found.actor
