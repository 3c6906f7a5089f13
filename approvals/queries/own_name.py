"""What somebody is called and by which number, for the identity service."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from approvals.permissions import Actor, check
from approvals.records.people import Account


@dataclass(frozen=True, slots=True)
class OwnName:
    name: str
    identity_number: str


def own_name(session: Session, *, by: Actor) -> OwnName:
    check(by, "account:read")
    account = session.get_one(Account, by.person)
    return OwnName(account.name, account.identity_number or "")
