"""Whether anything that the tracker shows of an application has changed: one cheap question."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.errors import NotFound
from approvals.permissions import Actor, may
from approvals.records.application import Application
from approvals.records.step import StepRecord


@dataclass(frozen=True, slots=True)
class _Subject:
    owner_account: int | None
    owner_organisation: int | None
    item_code: str
    departments: frozenset[str]


def tracker_version(session: Session, number: str, *, by: Actor, at: Moment) -> str:
    """Sixteen signs, others after every event of the trail and on every new day. NotFound as for the tracker itself."""
    query = (
        select(
            Application.trail_head,
            Application.applicant_id,
            Application.organisation_id,
            Application.item_code,
            StepRecord.department_code,
        )
        .outerjoin(StepRecord, StepRecord.application_id == Application.id)
        .where(Application.number == number)
    )
    rows = session.execute(query).all()
    departments = frozenset(row.department_code for row in rows if row.department_code)
    if not rows or not may(
        by,
        "application:read",
        _Subject(rows[0].applicant_id, rows[0].organisation_id, rows[0].item_code, departments),
    ):
        raise NotFound
    return hashlib.sha256(f"{rows[0].trail_head}|{at.today}".encode()).hexdigest()[:16]
