"""Which certificates, copies and translations a signing key has signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from approvals.records.certificate import Certificate
from approvals.records.copy import CertificateCopy
from approvals.records.people import Department
from approvals.vocabulary import SignatureLevel

SIGNED = ((Certificate, Certificate.issued_at), (CertificateCopy, CertificateCopy.made_at))
"""What is signed, and when it was entered in the register."""


@dataclass(frozen=True, slots=True)
class SignedRow:
    number: str
    sha256: str
    level: SignatureLevel
    issued_at: datetime


def signed_by(session: Session, signer: str, limit: int) -> tuple[SignedRow, ...]:
    """Certificates first, each oldest first."""
    rows: list[SignedRow] = []
    for paper, entered_at in SIGNED:
        query = select(paper.number, paper.sha256, paper.level, entered_at).where(paper.signer == signer)
        rows += [
            SignedRow(number, sha256, level, at)
            for number, sha256, level, at in session.execute(query.order_by(paper.id).limit(limit - len(rows)))
            if sha256 and level and at
        ]
    return tuple(rows)


def counts(session: Session, signers: Iterable[str]) -> dict[str, int]:
    """How many each of these keys has signed."""
    found = dict.fromkeys(signers, 0)
    for paper, _entered_at in SIGNED:
        query = select(paper.signer, func.count()).where(paper.signer.in_(list(found))).group_by(paper.signer)
        for signer, count in session.execute(query):
            found[str(signer)] += count
    return found


def department_name(session: Session, code: str) -> str | None:
    """As it stands in the certificate of its key."""
    return session.scalars(select(Department.name_zh).where(Department.code == code)).first()
