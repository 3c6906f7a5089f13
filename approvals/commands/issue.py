"""Issue: put the finished paper of a pending certificate into the register."""

from __future__ import annotations

from approvals.audit.append import append
from approvals.clock.moment import Moment
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.conclude import conclude
from approvals.commands.live import note
from approvals.events import Event
from approvals.permissions import Actor, check
from approvals.records.base import session_of
from approvals.records.certificate import Certificate
from approvals.records.fold import item_of
from approvals.records.material import StoredFile
from approvals.vocabulary import CertificateAct, CertificateStatus, Outcome, StepStatus
from services.item import StepKind


def issue(certificate: Certificate, *, sha256: str, size: int, by: Actor, at: Moment) -> bool:
    """False when it was issued already: the paper made twice is thrown away, number and file stay as they are."""
    application = certificate.application
    check(by, "application:issue", application)
    if certificate.status is not CertificateStatus.PENDING:
        return False
    session = session_of(application)
    if session.get(StoredFile, sha256) is None:
        session.add(
            StoredFile(
                sha256=sha256, size=size, media_type="application/pdf", pages=1, scan="own", created_at=at.instant
            )
        )
        session.flush()  # the certificate refers to it
    certificate.sha256 = sha256
    certificate.status = CertificateStatus.IN_FORCE
    certificate.issued_at = at.instant
    note(certificate, CertificateAct.ISSUE, "", by=by, at=at)
    for step in application.steps:
        if item_of(application).steps[step.key].kind is StepKind.ISSUE and step.status is StepStatus.OPEN:
            conclude(step, Outcome.ISSUED, "", "", by=by, at=at)
    event = append(
        application, Event.CERTIFICATE_ISSUED, by=by, at=at.instant, number=certificate.number, sha256=sha256
    )
    announce(application, ParcelKind.LETTER, event, at=at)
    return True
