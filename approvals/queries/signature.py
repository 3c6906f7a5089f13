"""Who of the office did something: a person and the department they did it for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.records.people import Account, department_names
from services.item import Text


@dataclass(frozen=True, slots=True)
class Signature:
    """`department` None for whoever belongs to none."""

    name: str
    department: Text | None


def signatures(session: Session, accounts: Iterable[int | None]) -> dict[int, Signature]:
    """By account; None among them stands for the portal itself, which signs nothing."""
    ids = {each for each in accounts if each}
    departments = department_names(session)
    rows = session.execute(select(Account.id, Account.name, Account.department_code).where(Account.id.in_(ids)))
    return {row.id: Signature(row.name, departments.get(row.department_code or "")) for row in rows}
