"""What must stand on a certificate that has been granted but not made yet."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.certificates.content import Paper
from approvals.records.certificate import Certificate
from approvals.vocabulary import CertificateStatus


def pending_paper(session: Session, application_id: int) -> Paper | None:
    """None when the certificate was issued already."""
    found = session.scalar(select(Certificate).where(Certificate.application_id == application_id))
    if found is None or found.status is not CertificateStatus.PENDING:
        return None
    return Paper(
        number=found.number,
        identifier=found.identifier,
        code=found.code,
        content=found.sheet,
        valid_until=found.valid_until,
        department=found.department_code,
        is_organisations=found.is_organisations,
    )
