"""Who holds a session token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.moment import local_date
from approvals.permissions import Actor
from approvals.queries.standing_in import with_lenders
from approvals.records.acting import mandates_in_force, with_mandates
from approvals.records.counter import with_attended
from approvals.records.people import Department, SignIn, token_hash
from approvals.vocabulary import Role
from services.item import Text


@dataclass(frozen=True, slots=True)
class Holder:
    """`workspaces` are (id, name, credit code) of the organisations the account may act for, `people` (id, name) of the
    people.
    """

    actor: Actor
    name: str
    username: str
    language: str
    department: Text | None
    workspaces: tuple[tuple[int, str, str], ...]
    people: tuple[tuple[int, str], ...]


def visitor_of(session: Session, token: str, at: datetime) -> Holder | None:
    found = session.scalar(
        select(SignIn).where(SignIn.token_hash == token_hash(token), SignIn.ended_at.is_(None), SignIn.expires_at > at)
    )
    if found is None or found.account.disabled_at is not None:
        return None
    account = found.account
    department = session.get(Department, account.department_code) if account.department_code else None
    place = None if department is None else Text(department.name_zh, department.name_en)
    mandates = mandates_in_force(session, account.id, local_date(at)) if account.role is Role.CITIZEN else ()
    organisations = [member.organisation for member in account.memberships if member.ended_at is None]
    organisations += [each.organisation for each in mandates if each.organisation is not None]
    workspaces = tuple({each.id: (each.id, each.name, each.credit_code) for each in organisations}.values())
    people = tuple({each.person.id: (each.person.id, each.person.name) for each in mandates if each.person}.values())
    acting = with_lenders(session, with_mandates(account, mandates), local_date(at))
    acting = with_attended(session, acting, local_date(at))
    return Holder(acting, account.name, account.username, account.language, place, workspaces, people)
