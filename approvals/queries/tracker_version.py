"""Whether anything that the tracker shows of an application has changed: one cheap question."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.errors import NotFound
from approvals.permissions import Actor
from approvals.queries.openings import check_reading
from approvals.records.application import Application
from approvals.records.step import StepRecord


@dataclass(frozen=True, slots=True)
class _Subject:
    concerns: int
    owner_account: int | None
    owner_organisation: int | None
    item_code: str
    departments: frozenset[str]


def tracker_version(session: Session, number: str, *, by: Actor, at: Moment) -> str:
    """Sixteen signs, others after every event of the trail and on every new day. Refused as the tracker itself."""
    query = (
        select(
            Application.id,
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
    if not rows:
        raise NotFound
    first = rows[0]
    subject = _Subject(first.id, first.applicant_id, first.organisation_id, first.item_code, departments)
    check_reading(session, subject, first.id, number, by=by, at=at)
    return hashlib.sha256(f"{rows[0].trail_head}|{at.today}".encode()).hexdigest()[:16]
