"""Which certificates a signing key has signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from approvals.records.certificate import Certificate
from approvals.records.people import Department
from approvals.vocabulary import SignatureLevel


@dataclass(frozen=True, slots=True)
class SignedRow:
    number: str
    sha256: str
    level: SignatureLevel
    issued_at: datetime


def signed_by(session: Session, signer: str, limit: int) -> tuple[SignedRow, ...]:
    """Oldest first."""
    query = select(Certificate.number, Certificate.sha256, Certificate.level, Certificate.issued_at)
    query = query.where(Certificate.signer == signer).order_by(Certificate.id).limit(limit)
    return tuple(
        SignedRow(number, sha256, level, issued_at)
        for number, sha256, level, issued_at in session.execute(query)
        if sha256 and level and issued_at
    )


def counts(session: Session, signers: Iterable[str]) -> dict[str, int]:
    """How many each of these keys has signed."""
    wanted = list(signers)
    query = select(Certificate.signer, func.count()).where(Certificate.signer.in_(wanted)).group_by(Certificate.signer)
    found = {signer: count for signer, count in session.execute(query) if signer}
    return {signer: found.get(signer, 0) for signer in wanted}


def department_name(session: Session, code: str) -> str | None:
    """As it stands in the certificate of its key."""
    return session.scalars(select(Department.name_zh).where(Department.code == code)).first()
