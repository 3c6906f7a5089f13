"""Who holds a session token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.permissions import Actor
from approvals.records.people import Department, SignIn, token_hash
from services.item import Text


@dataclass(frozen=True, slots=True)
class Holder:
    """`workspaces` are (id, name, credit code) of the organisations the account may act for."""

    actor: Actor
    name: str
    username: str
    language: str
    department: Text | None
    workspaces: tuple[tuple[int, str, str], ...]


def visitor_of(session: Session, token: str, at: datetime) -> Holder | None:
    found = session.scalar(
        select(SignIn).where(SignIn.token_hash == token_hash(token), SignIn.ended_at.is_(None), SignIn.expires_at > at)
    )
    if found is None or found.account.disabled_at is not None:
        return None
    account = found.account
    department = session.get(Department, account.department_code) if account.department_code else None
    place = None if department is None else Text(department.name_zh, department.name_en)
    workspaces = tuple(
        (member.organisation_id, member.organisation.name, member.organisation.credit_code)
        for member in account.memberships
        if member.ended_at is None
    )
    return Holder(account.actor, account.name, account.username, account.language, place, workspaces)
