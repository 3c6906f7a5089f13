"""Which signatures are still to be lifted or renewed, and how far those of the register are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from approvals.records.certificate import Certificate, Lift
from approvals.records.copy import CertificateCopy
from approvals.records.writ import Writ, WritPaper
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
    """Their ids, what has waited longest first."""
    made = (Certificate.sha256, CertificateCopy.sha256, WritPaper.sha256)
    query = _lifts(Lift.id).where(Lift.due_at <= at, or_(*(sha256.is_not(None) for sha256 in made)))
    return list(session.scalars(query.limit(limit)))


def lifts(session: Session, limit: int = 1000) -> tuple[LiftRow, ...]:
    """Of certificates, copies and writs; what is due next, first."""
    writ = Writ.number + "-" + func.upper(WritPaper.language)
    number = func.coalesce(CertificateCopy.number, Certificate.number, writ)
    query = _lifts(Lift, number, func.coalesce(CertificateCopy.level, Certificate.level, WritPaper.level))
    return tuple(
        LiftRow(number, level and SignatureLevel(level), each.wanted, each.due_at, each.attempts, each.error)
        for each, number, level in session.execute(query.limit(limit))
    )


def _lifts(*what: Any) -> Select[Any]:
    return (
        select(*what)
        .select_from(Lift)
        .outerjoin(Lift.certificate)
        .outerjoin(Lift.copy)
        .outerjoin(Lift.writ_paper)
        .outerjoin(WritPaper.writ)
        .order_by(Lift.due_at, Lift.id)
    )


def levels(session: Session) -> dict[SignatureLevel, int]:
    """How many certificates have each level."""
    query = select(Certificate.level, func.count()).where(Certificate.level.is_not(None)).group_by(Certificate.level)
    counted = {level: count for level, count in session.execute(query) if level is not None}
    return {level: counted.get(level, 0) for level in SignatureLevel}
