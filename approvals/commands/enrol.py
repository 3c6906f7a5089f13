"""Enrol people: accounts, organisations and who acts for whom."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.audit.staff import append_staff
from approvals.clock.moment import Moment
from approvals.events import StaffEvent
from approvals.records.people import Account, Membership, Organisation
from approvals.records.secrecy import keyring
from approvals.vocabulary import Role


def enrol(
    session: Session,
    *,
    username: str,
    password_hash: str,
    role: Role,
    name: str,
    department: str | None = None,
    identity_number: str | None = None,
    phone: str | None = None,
    is_demonstration: bool = False,
    at: Moment,
) -> Account:
    """The account of this user name: an existing one is returned as it is."""
    found = session.scalar(select(Account).where(Account.username == username))
    if found is not None:
        return found
    marks = keyring()
    account = Account(
        username=username,
        password_hash=password_hash,
        role=role,
        name=name,
        identity_number=identity_number,
        identity_mark=marks.mark(identity_number) if identity_number else None,
        phone=phone,
        phone_mark=marks.mark(phone) if phone else None,
        department_code=department,
        language="zh",
        is_demonstration=is_demonstration,
    )
    session.add(account)
    session.flush()  # its id is needed by memberships
    if role.is_staff:
        post = {"role": str(role), "department": department or ""}
        append_staff(session, account.id, StaffEvent.ADDED, by=None, at=at, **post)
    return account


def found_organisation(session: Session, *, name: str, credit_code: str, address: str | None) -> Organisation:
    found = session.scalar(select(Organisation).where(Organisation.credit_code == credit_code))
    if found is None:
        found = Organisation(name=name, credit_code=credit_code, address=address)
        session.add(found)
        session.flush()  # its id is needed by memberships
    return found


def admit(session: Session, account: Account, organisation: Organisation, duty: str) -> None:
    """Let the account act for the organisation; once."""
    if all(member.organisation_id != organisation.id for member in account.memberships):
        session.add(Membership(account=account, organisation=organisation, duty=duty))
