"""Which signatures are still to be lifted or renewed, and how far those of the register are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from approvals.records.certificate import Certificate, Lift
from approvals.vocabulary import SignatureLevel


@dataclass(frozen=True, slots=True)
class LiftRow:
    """`error` is why the last attempt came to nothing; none where a renewal lies ahead."""

    number: str
    level: SignatureLevel | None
    wanted: SignatureLevel
    due_at: datetime
    attempts: int
    error: str | None

    @property
    def is_behind(self) -> bool:
        """Not at the level wanted, or its renewal failed."""
        return self.level is None or self.level.rank < self.wanted.rank or self.error is not None


def due_lifts(session: Session, at: datetime, limit: int = 100) -> list[int]:
    """Ids of certificates, what has waited longest first."""
    query = select(Lift.certificate_id).join(Lift.certificate).where(Lift.due_at <= at, Certificate.sha256.is_not(None))
    query = query.order_by(Lift.due_at, Lift.id)
    return list(session.scalars(query.limit(limit)))


def lifts(session: Session, limit: int = 1000) -> tuple[LiftRow, ...]:
    """What is due next, first."""
    query = select(Lift, Certificate.number, Certificate.level).join(Lift.certificate).order_by(Lift.due_at, Lift.id)
    return tuple(
        LiftRow(number, level, each.wanted, each.due_at, each.attempts, each.error)
        for each, number, level in session.execute(query.limit(limit))
    )


def levels(session: Session) -> dict[SignatureLevel, int]:
    """How many certificates have each level."""
    query = select(Certificate.level, func.count()).where(Certificate.level.is_not(None)).group_by(Certificate.level)
    counted = {level: count for level, count in session.execute(query) if level is not None}
    return {level: counted.get(level, 0) for level in SignatureLevel}
