"""Issue: put the finished paper of a pending certificate into the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from approvals.audit.append import append
from approvals.clock.moment import Moment
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.conclude import conclude
from approvals.commands.lift import plan
from approvals.commands.live import note
from approvals.events import Event
from approvals.permissions import Actor, check
from approvals.records.base import session_of
from approvals.records.certificate import Certificate
from approvals.records.fold import item_of
from approvals.records.material import StoredFile
from approvals.vocabulary import CertificateAct, CertificateStatus, Outcome, SignatureLevel, StepStatus
from services.item import StepKind


@dataclass(frozen=True, slots=True)
class Seal:
    """What is entered about the signature: whose key (SHA-256 of its certificate), what it covers, how far it got."""

    signer: str
    signed_sha256: str
    wanted: SignatureLevel
    level: SignatureLevel
    failure: str | None = None
    renew_at: datetime | None = None
    sm2: str | None = None
    sm2_key: str | None = None


def issue(certificate: Certificate, *, sha256: str, size: int, seal: Seal, by: Actor, at: Moment) -> bool:
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
    certificate.sha256, certificate.signed_sha256 = sha256, seal.signed_sha256
    certificate.signer, certificate.level = seal.signer, seal.level
    certificate.sm2, certificate.sm2_key = seal.sm2, seal.sm2_key
    plan(certificate, seal.wanted, seal.failure, seal.renew_at, at)
    certificate.status = CertificateStatus.IN_FORCE
    certificate.issued_at = at.instant
    note(certificate, CertificateAct.ISSUE, "", by=by, at=at)
    for step in application.steps:
        if item_of(application).steps[step.key].kind is StepKind.ISSUE and step.status is StepStatus.OPEN:
            conclude(step, Outcome.ISSUED, "", "", by=by, at=at)
    event = append(
        application,
        Event.CERTIFICATE_ISSUED,
        by=by,
        at=at.instant,
        number=certificate.number,
        sha256=sha256,
        signed=seal.signed_sha256,
        signer=seal.signer,
        level=str(seal.level),
    )
    announce(application, ParcelKind.LETTER, event, at=at)
    return True
