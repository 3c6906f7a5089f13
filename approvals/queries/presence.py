"""Who else of the department has a step's desk open right now."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.look import Look
from approvals.records.people import Account
from approvals.records.step import StepRecord


def others_here(session: Session, number: str, key: str, *, by: Actor, at: Moment) -> tuple[str, ...]:
    """Their names; nobody where the step is none of this department's."""
    check(by, "queue:read")
    query = (
        select(Account.name)
        .join(Look, Look.account_id == Account.id)
        .join(StepRecord, StepRecord.id == Look.step_id)
        .join(Application, Application.id == StepRecord.application_id)
        .where(
            Application.number == number,
            StepRecord.key == key,
            StepRecord.department_code == by.department,
            Look.open_until > at.instant,
            Look.account_id != by.person,
        )
        .order_by(Look.id)
    )
    return tuple(session.scalars(query))
