"""What the register says about a certificate to anybody who asks: its state and dates, its holder masked."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from approvals.certificates.essence import masked_name
from approvals.certificates.identifier import code_hash
from approvals.certificates.life import is_possible
from approvals.clock.moment import local_date
from approvals.records.application import Application
from approvals.records.certificate import Certificate, PastVersion
from approvals.records.copy import ORIGINAL, CertificateCopy
from approvals.records.people import department_names
from approvals.vocabulary import CertificateAct, CertificateStatus, SignatureLevel
from services.item import Text

NO_HASH = "0" * 64
"""Compared with when there is no such number, so that the answer takes as long."""


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """Of a copy (加注件): for whom, for what, until when. `is_outdated`: of a version that was replaced."""

    number: str
    purpose: str
    recipient: str
    made_on: date
    valid_until: date | None
    revoked_on: date | None
    is_outdated: bool
    has_expired: bool


@dataclass(frozen=True, slots=True)
class TranslationFacts:
    """Of a translation, beside which the Chinese original prevails."""

    language: str
    title: str
    made_on: date
    sha256: str
    signed_sha256: str
    level: SignatureLevel | None


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """`holder` is masked: enough to compare with a paper at hand, too little to learn a name."""

    number: str
    identifier: str
    title: str
    holder: str
    issuer: Text
    status: CertificateStatus
    granted_on: date
    issued_on: date | None
    """The day that the paper shows and the QR code says, which is that of the grant; none while it is being made."""
    valid_until: date | None
    sha256: str | None
    is_on_commitment: bool = False
    """Issued on a promise (告知承诺) that is verified afterwards."""
    version: int = 1
    since: date | None = None
    """Since when it is suspended, expired, replaced, revoked or annulled; none while it is in force."""
    newest: int | None = None
    """Of a version that was replaced: the version that took its place last."""
    entered_at: datetime | None = None
    """When its file was entered in the register."""
    level: SignatureLevel | None = None
    signed_sha256: str | None = None
    copy: CopyFacts | None = None
    """Where a copy was asked about: everything else is said of the certificate it was made from."""
    translation: TranslationFacts | None = None
    """Of this version, where its holder had one made."""
    is_translation: bool = False
    """The translation was asked about."""
    sm2: str | None = None
    """The detached signature over the data in its file; its key is one of `/verify/keys/sm2.pem`."""
    is_unsound: bool = False
    """The key that signed it was revoked, and nothing proves that it signed before."""


def entry_by_code(session: Session, number: str, code: str, *, today: date) -> RegisterEntry | None:
    """None for an unknown number and for a wrong code alike, in the same time."""
    found = _by_number(session, number)
    given = code_hash(code)
    past = session.scalar(_past().where(Certificate.number == number, PastVersion.code_hash == given))
    own = (CertificateCopy.language == ORIGINAL, CertificateCopy.number == number, CertificateCopy.code_hash == given)
    copied = session.scalar(_copies().where(*own))
    is_right = hmac.compare_digest(found.code_hash if found else NO_HASH, given)
    if past is not None:
        return _past_entry(session, past)
    if copied is not None:
        return _copy_entry(session, copied, today)
    return _entry(session, found, today) if found and is_right else None


def entry_by_number(session: Session, number: str, *, today: date) -> RegisterEntry | None:
    """For whoever holds the signed file: that is proof enough to be told its state."""
    found = _by_number(session, number)
    return _entry(session, found, today) if found else None


def entry_by_digest(session: Session, sha256: str, signed: str, *, today: date) -> RegisterEntry | None:
    """By the digest of the file, or of the bytes in it that were signed: those stay when time-stamps are added."""
    found = session.scalar(_wanted().where(or_(Certificate.sha256 == sha256, Certificate.signed_sha256 == signed)))
    if found is not None:
        return _entry(session, found, today)
    past = session.scalar(_past().where(or_(PastVersion.sha256 == sha256, PastVersion.signed_sha256 == signed)))
    if past is not None:
        return _past_entry(session, past)
    copied = session.scalar(
        _copies().where(or_(CertificateCopy.sha256 == sha256, CertificateCopy.signed_sha256 == signed))
    )
    return _copy_entry(session, copied, today) if copied else None


def status_on(certificate: Certificate, today: date) -> CertificateStatus:
    """The last day of validity is a valid one; expiry needs no act of the office."""
    has_run_out = certificate.valid_until is not None and certificate.valid_until < today
    stands = is_possible(CertificateAct.EXPIRE, certificate.status)
    return CertificateStatus.EXPIRED if stands and has_run_out else certificate.status


def day_of_issue(certificate: Certificate) -> date | None:
    """As the paper has it: the day it was granted, or changed, or issued again; none while it is being made."""
    return local_date(certificate.granted_at) if certificate.issued_at else None


def since_when(certificate: Certificate, today: date) -> date | None:
    """Since when it is not in force any more; none while it is, and while it is being made."""
    status = status_on(certificate, today)
    if status in (CertificateStatus.IN_FORCE, CertificateStatus.PENDING):
        return None
    if status is CertificateStatus.EXPIRED and certificate.valid_until is not None:
        return certificate.valid_until + timedelta(days=1)
    return local_date(certificate.acts[-1].at) if certificate.acts else None


def _by_number(session: Session, number: str) -> Certificate | None:
    return session.scalar(_wanted().where(Certificate.number == number))


def _wanted() -> Select[Certificate]:
    return select(Certificate).options(
        joinedload(Certificate.application).load_only(Application.organisation_id), selectinload(Certificate.acts)
    )


def _past() -> Select[PastVersion]:
    of_whom = joinedload(PastVersion.certificate).joinedload(Certificate.application)
    return select(PastVersion).join(PastVersion.certificate).options(of_whom.load_only(Application.organisation_id))


def _past_entry(session: Session, past: PastVersion) -> RegisterEntry:
    """What has been replaced is not in force, whatever became of the version that replaced it."""
    certificate = past.certificate
    return replace(
        _entry(session, certificate, local_date(past.ended_at)),
        identifier=past.identifier,
        holder=masked_name(str(past.sheet["holder"]), is_organisation=certificate.is_organisations),
        status=CertificateStatus.SUPERSEDED,
        granted_on=local_date(past.granted_at),
        issued_on=local_date(past.granted_at),
        valid_until=past.valid_until,
        sha256=past.sha256,
        signed_sha256=past.signed_sha256,
        translation=_translation(session, certificate, past.version),
        entered_at=past.issued_at,
        level=None,
        sm2=None,
        is_unsound=False,
        version=past.version,
        since=local_date(past.ended_at),
        newest=certificate.version,
    )


def _copies() -> Select[CertificateCopy]:
    of_whom = joinedload(CertificateCopy.certificate)
    return select(CertificateCopy).options(
        of_whom.joinedload(Certificate.application).load_only(Application.organisation_id),
        of_whom.selectinload(Certificate.acts),
    )


def _copy_entry(session: Session, copied: CertificateCopy, today: date) -> RegisterEntry:
    """What is said of the version that it was made from."""
    wanted = _past().where(PastVersion.certificate_id == copied.certificate_id, PastVersion.version == copied.version)
    past = session.scalar(wanted)
    entry = replace(
        _past_entry(session, past) if past else _entry(session, copied.certificate, today),
        sha256=copied.sha256,
        signed_sha256=copied.signed_sha256,
        entered_at=copied.made_at,
        level=copied.level,
        sm2=copied.sm2,
        is_unsound=copied.is_unsound or (past is None and copied.certificate.is_unsound),
    )
    if copied.is_translation:
        return replace(entry, is_translation=True)
    facts = CopyFacts(
        number=copied.number,
        purpose=copied.purpose,
        recipient=copied.recipient,
        made_on=local_date(copied.asked_at),
        valid_until=copied.valid_until,
        revoked_on=local_date(copied.revoked_at) if copied.revoked_at else None,
        is_outdated=copied.version != copied.certificate.version,
        has_expired=copied.valid_until is not None and copied.valid_until < today,
    )
    return replace(entry, copy=facts)


def _translation(session: Session, certificate: Certificate, version: int) -> TranslationFacts | None:
    found = session.scalar(
        select(CertificateCopy).where(
            CertificateCopy.certificate_id == certificate.id,
            CertificateCopy.version == version,
            CertificateCopy.language != ORIGINAL,
        )
    )
    if found is None or found.sheet is None or not (found.made_at and found.sha256 and found.signed_sha256):
        return None
    return TranslationFacts(
        language=found.language,
        title=str(found.sheet["title"]),
        made_on=local_date(found.made_at),
        sha256=found.sha256,
        signed_sha256=found.signed_sha256,
        level=found.level,
    )


def _entry(session: Session, found: Certificate, today: date) -> RegisterEntry:
    names = department_names(session)
    is_organisation = found.is_organisations
    return RegisterEntry(
        number=found.number,
        identifier=found.identifier,
        title=found.title,
        holder=masked_name(str(found.sheet["holder"]), is_organisation=is_organisation),
        issuer=names.get(found.department_code, Text(found.department_code)),
        status=status_on(found, today),
        granted_on=local_date(found.granted_at),
        issued_on=day_of_issue(found),
        valid_until=found.valid_until,
        sha256=found.sha256,
        is_on_commitment=bool(found.sheet.get("on_commitment")),
        version=found.version,
        since=since_when(found, today),
        entered_at=found.issued_at,
        level=found.level,
        signed_sha256=found.signed_sha256,
        translation=_translation(session, found, found.version),
        sm2=found.sm2,
        is_unsound=found.is_unsound,
    )
