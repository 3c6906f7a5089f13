"""The demonstration accounts, for the sign-in page of a demonstration."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.records.people import Account, department_names
from approvals.vocabulary import Role
from services.item import Text


@dataclass(frozen=True, slots=True)
class DemonstrationAccount:
    """`place` is the department of staff or the organisation somebody acts for."""

    username: str
    role: Role
    place: Text | None
    acts_for_organisation: bool


def demonstration_accounts(session: Session) -> tuple[DemonstrationAccount, ...]:
    """In the order in which they were made; the door asks only in demonstration mode."""
    names = department_names(session)
    found = session.scalars(
        select(Account).where(Account.is_demonstration, Account.disabled_at.is_(None)).order_by(Account.id)
    )
    return tuple(_told(account, names.get(account.department_code or "")) for account in found)


def _told(account: Account, department: Text | None) -> DemonstrationAccount:
    organisation = next((member.organisation for member in account.memberships if member.ended_at is None), None)
    place = department or (Text(organisation.name) if organisation else None)
    return DemonstrationAccount(account.username, account.role, place, organisation is not None)
