"""For whom somebody stands in on a day: the actor with what their absent colleagues lend them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.permissions import Actor, Lender
from approvals.records.absence import Absence, away_on
from approvals.records.people import Account


def with_lenders(session: Session, by: Actor, day: date) -> Actor:
    """One query for whoever sits at a desk, none for others. Who moved to another department lends nothing."""
    if not by.role.is_at_desk:
        return by
    absent = session.scalars(
        select(Account)
        .join(Absence, Absence.account_id == Account.id)
        .where(
            Absence.deputy_id == by.account,
            away_on(day),
            Account.department_code == by.department,
            Account.disabled_at.is_(None),
        )
    )
    lenders = frozenset(Lender(each.id, each.role, each.actor.organisations, each.actor.powers) for each in absent)
    return replace(by, lenders=lenders) if lenders else by
