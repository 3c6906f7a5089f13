"""Ask for a copy of a certificate for a stated purpose and recipient (加注件), enter its paper, take it back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from approvals.audit.append import append, sealed
from approvals.certificates.glyphs import missing, spoken
from approvals.certificates.identifier import code_hash, verification_code
from approvals.clock.moment import Moment
from approvals.commands.announce import PARCELS, ParcelKind, announce
from approvals.commands.issue import Seal
from approvals.commands.lift import plan
from approvals.commands.live import status_of
from approvals.errors import GlyphMissing, NotFound, NotInForce, ReasonMissing, SignatureUnsound, TooManyCopies
from approvals.events import Event
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.certificate import Certificate
from approvals.records.copy import COPY, ORIGINAL, CertificateCopy
from approvals.records.material import StoredFile
from approvals.records.outbox import Parcel
from approvals.vocabulary import CertificateStatus

LONGEST = 40
"""Letters of the purpose and of the recipient: they stand across each page."""
LONGEST_DAYS = 365
MOST = 50
"""Copies of one certificate that may be used at one time."""


def make_copy(
    certificate: Certificate, purpose: str, recipient: str, days: int, *, by: Actor, at: Moment
) -> CertificateCopy:
    """By the holder, of a certificate in force; it may be used for so many days, and no longer than the certificate."""
    application, session = certificate.application, session_of(certificate)
    check(by, "certificate:copy", application)
    status = status_of(certificate, at)
    if status is not CertificateStatus.IN_FORCE:
        raise NotInForce(status=str(status))
    if certificate.is_unsound:
        raise SignatureUnsound
    said = (" ".join(purpose.split())[:LONGEST], " ".join(recipient.split())[:LONGEST])
    if not all(said):
        raise ReasonMissing
    if unknown := missing(said):
        raise GlyphMissing(characters=spoken(unknown))
    own = select(func.count()).select_from(CertificateCopy)
    own = own.where(CertificateCopy.certificate_id == certificate.id, CertificateCopy.language == ORIGINAL)
    usable = own.where(CertificateCopy.revoked_at.is_(None), CertificateCopy.valid_until >= at.today)
    if (session.scalar(usable) or 0) >= MOST:
        raise TooManyCopies(most=MOST)
    code = verification_code()
    until = at.today + timedelta(days=min(max(days, 1), LONGEST_DAYS))
    made = CertificateCopy(
        certificate_id=certificate.id,
        number=f"{certificate.number}-F{1 + (session.scalar(own) or 0)}",
        code=code,
        code_hash=code_hash(code),
        version=certificate.version,
        purpose=said[0],
        recipient=said[1],
        valid_until=min(until, certificate.valid_until or until),
        by_account=by.person,
        asked_at=at.instant,
    )
    order(made, application, by=by, at=at)
    return made


def order(copy: CertificateCopy, application: Application, *, by: Actor, at: Moment) -> None:
    """Enter what was asked for, and have the worker make its paper."""
    session = session_of(application)
    session.add(copy)
    session.flush()  # its id names the parcel
    append(
        application,
        Event.COPY_ASKED,
        by=by,
        at=at.instant,
        copy=copy.number,
        version=copy.version,
        language=copy.language,
        until=copy.valid_until.isoformat() if copy.valid_until else None,
        words=sealed(copy.sealed_text),
    )
    parcel = Parcel(
        kind=COPY,
        key=copy.parcel,
        data={"copy": copy.id},
        application_id=application.id,
        created_at=at.instant,
        due_at=at.instant,
        attempts=0,
    )
    session.add(parcel)
    session.info.setdefault(PARCELS, []).append(parcel)


def enter_copy(copy: CertificateCopy, *, sha256: str, size: int, seal: Seal, by: Actor, at: Moment) -> bool:
    """Put its paper into the register; False when it was there already."""
    application = copy.certificate.application
    check(by, "application:issue", application)
    if copy.made_at is not None:
        return False
    session = session_of(copy)
    if session.get(StoredFile, sha256) is None:
        session.add(
            StoredFile(
                sha256=sha256, size=size, media_type="application/pdf", pages=1, scan="own", created_at=at.instant
            )
        )
        session.flush()
    copy.sha256, copy.signed_sha256, copy.made_at = sha256, seal.signed_sha256, at.instant
    copy.signer, copy.level = seal.signer, seal.level
    copy.sm2, copy.sm2_key = seal.sm2, seal.sm2_key
    plan(copy, seal.wanted, seal.failure, seal.renew_at, at)
    event = append(
        application,
        Event.COPY_MADE,
        by=by,
        at=at.instant,
        copy=copy.number,
        sha256=sha256,
        signed=seal.signed_sha256,
        signer=seal.signer,
        level=str(seal.level),
    )
    announce(application, ParcelKind.LETTER, event, at=at)
    return True


def revoke_copy(certificate: Certificate, copy_id: int, *, by: Actor, at: Moment) -> None:
    """From this moment on it verifies no more. Twice is the same as once."""
    check(by, "certificate:copy", certificate.application)
    copy = session_of(certificate).get(CertificateCopy, copy_id)
    if copy is None or copy.certificate_id != certificate.id or copy.is_translation:
        raise NotFound
    if copy.revoked_at is None:
        copy.revoked_at = at.instant
        event = append(certificate.application, Event.COPY_REVOKED, by=by, at=at.instant, copy=copy.number)
        announce(certificate.application, ParcelKind.LETTER, event, at=at)
