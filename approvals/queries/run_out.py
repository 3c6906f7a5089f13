"""Certificates whose last day has passed and which are not entered as expired yet."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.records.certificate import Certificate
from approvals.vocabulary import STANDING


def run_out(session: Session, today: date, most: int, after: int = 0) -> list[int]:
    """Ids of their applications, in order, from behind `after`."""
    wanted = select(Certificate.application_id).where(
        Certificate.status.in_(STANDING), Certificate.valid_until < today, Certificate.application_id > after
    )
    return list(session.scalars(wanted.order_by(Certificate.application_id).limit(most)))
