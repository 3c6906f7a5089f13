"""The copies and the translation of one certificate, for its holder; what must stand on one to be made; its file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from approvals.certificates.content import Paper
from approvals.clock.moment import Moment
from approvals.errors import NotFound
from approvals.permissions import Actor, may
from approvals.queries.register import status_on
from approvals.records.certificate import Certificate
from approvals.records.copy import ENGLISH, ORIGINAL, CertificateCopy
from approvals.vocabulary import CertificateStatus, SignatureLevel


@dataclass(frozen=True, slots=True)
class Copied:
    """`is_usable`: it verifies as valid today, once it is made."""

    id: int
    number: str
    code: str
    purpose: str
    recipient: str
    asked_at: datetime
    valid_until: date | None
    revoked_at: datetime | None
    is_made: bool
    level: SignatureLevel | None
    is_to_be_lifted: bool
    """A time-stamp or evidence is still to come; it is signed and may be used."""
    is_outdated: bool
    is_usable: bool


@dataclass(frozen=True, slots=True)
class Copies:
    """`application` is the number of the one that the certificate came from."""

    number: str
    title: str
    application: str
    rows: tuple[Copied, ...]
    may_make: bool


@dataclass(frozen=True, slots=True)
class Translated:
    """`id` is none where nobody has asked for it."""

    id: int | None
    is_made: bool
    level: SignatureLevel | None
    is_to_be_lifted: bool
    may_make: bool


def copies(session: Session, number: str, *, by: Actor, at: Moment) -> Copies:
    """NotFound for everybody but who holds it; newest first."""
    certificate = _held(session, number, by)
    found = session.scalars(
        select(CertificateCopy)
        .where(CertificateCopy.certificate_id == certificate.id, CertificateCopy.language == ORIGINAL)
        .options(selectinload(CertificateCopy.lift))
        .order_by(CertificateCopy.id.desc())
    )
    is_in_force = status_on(certificate, at.today) is CertificateStatus.IN_FORCE and not certificate.is_unsound
    return Copies(
        number=certificate.number,
        title=certificate.title,
        application=certificate.application.number or "",
        rows=tuple(_copied(each, certificate, at.today, is_in_force=is_in_force) for each in found),
        may_make=is_in_force,
    )


def translation(session: Session, number: str, *, by: Actor, at: Moment) -> Translated:
    """Into English, of the version that stands now. NotFound for everybody but who holds the certificate."""
    certificate = _held(session, number, by)
    found = session.scalar(
        select(CertificateCopy)
        .where(
            CertificateCopy.certificate_id == certificate.id,
            CertificateCopy.version == certificate.version,
            CertificateCopy.language == ENGLISH,
        )
        .options(selectinload(CertificateCopy.lift))
    )
    return Translated(
        id=found.id if found else None,
        is_made=found is not None and found.made_at is not None,
        level=found.level if found else None,
        is_to_be_lifted=found is not None and _is_to_be_lifted(found),
        may_make=found is None
        and not certificate.is_unsound
        and status_on(certificate, at.today) is CertificateStatus.IN_FORCE,
    )


def _held(session: Session, number: str, by: Actor) -> Certificate:
    certificate = session.scalar(
        select(Certificate).where(Certificate.number == number).options(joinedload(Certificate.application))
    )
    if certificate is None or not may(by, "certificate:copy", certificate.application):
        raise NotFound
    return certificate


def _is_to_be_lifted(copy: CertificateCopy) -> bool:
    return bool(copy.level and copy.lift and copy.lift.wanted.rank > copy.level.rank)


def _copied(copy: CertificateCopy, certificate: Certificate, today: date, *, is_in_force: bool) -> Copied:
    return Copied(
        id=copy.id,
        number=copy.number,
        code=copy.code,
        purpose=copy.purpose,
        recipient=copy.recipient,
        asked_at=copy.asked_at,
        valid_until=copy.valid_until,
        revoked_at=copy.revoked_at,
        is_made=copy.made_at is not None,
        level=copy.level,
        is_to_be_lifted=_is_to_be_lifted(copy),
        is_outdated=copy.version != certificate.version,
        is_usable=is_in_force and copy.stands(today) and not copy.is_unsound,
    )


def copy_file(session: Session, number: str, copy_id: int, *, by: Actor) -> tuple[str, str]:
    """Number and digest of its file, for who holds the certificate."""
    found = session.scalar(
        select(CertificateCopy)
        .join(CertificateCopy.certificate)
        .where(Certificate.number == number, CertificateCopy.id == copy_id)
        .options(joinedload(CertificateCopy.certificate).joinedload(Certificate.application))
    )
    if found is None or found.sha256 is None or not may(by, "certificate:copy", found.certificate.application):
        raise NotFound
    return found.number, found.sha256


def copy_to_make(session: Session, copy_id: int) -> tuple[int, Paper] | None:
    """Id of the application it belongs to, and the paper; None when it was made already, or its certificate has been
    replaced meanwhile.
    """
    copy = session.get(CertificateCopy, copy_id)
    if copy is None or copy.made_at is not None or copy.version != copy.certificate.version:
        return None
    certificate = copy.certificate
    return certificate.application_id, Paper(
        number=certificate.number if copy.is_translation else copy.number,
        identifier=certificate.identifier,
        code=copy.code,
        content=certificate.sheet,
        translation=copy.sheet,
        valid_until=certificate.valid_until,
        department=certificate.department_code,
        is_organisations=certificate.is_organisations,
        watermark=watermark(copy),
    )


def watermark(copy: CertificateCopy) -> str:
    """What stands across each page; nothing on what is for everybody."""
    until = copy.valid_until
    if until is None:
        return ""
    return f"仅供{copy.recipient}用于{copy.purpose}，有效期至 {until.year} 年 {until.month} 月 {until.day} 日"
