"""Who an account is on a day: its own rights and its mandates in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.permissions import Actor
from approvals.records.mandate import Mandate
from approvals.records.people import Account
from approvals.vocabulary import Duty


def mandates_in_force(session: Session, account_id: int, today: date) -> Sequence[Mandate]:
    return session.scalars(
        select(Mandate)
        .where(
            Mandate.grantee_id == account_id,
            Mandate.accepted_at.is_not(None),
            Mandate.revoked_at.is_(None),
            Mandate.begins_on <= today,
            Mandate.ends_on >= today,
        )
        .order_by(Mandate.id)
    ).all()


def with_mandates(account: Account, mandates: Sequence[Mandate]) -> Actor:
    """An administrator acts for the organisation in everything; everybody else within the mandate."""
    own = account.actor
    administered = frozenset(
        each.organisation_id
        for each in mandates
        if each.duty is Duty.ADMINISTRATOR and each.organisation_id is not None
    )
    return replace(
        own,
        organisations=own.organisations | administered,
        manages=own.manages | administered,
        powers=tuple(each.power for each in mandates if each.organisation_id not in administered),
    )
