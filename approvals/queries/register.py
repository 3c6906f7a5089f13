"""What the register says about a certificate to anybody who asks: its state and dates, its holder masked."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from approvals.certificates.identifier import code_hash
from approvals.clock.moment import local_date
from approvals.records.application import Application
from approvals.records.certificate import Certificate
from approvals.records.people import department_names
from approvals.vocabulary import CertificateStatus
from services.item import Text

NO_HASH = "0" * 64
"""Compared with when there is no such number, so that the answer takes as long."""


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
    valid_until: date | None
    sha256: str | None
    is_on_commitment: bool = False
    """Issued on a promise (告知承诺) that is verified afterwards."""


def entry_by_code(session: Session, number: str, code: str, *, today: date) -> RegisterEntry | None:
    """None for an unknown number and for a wrong code alike, in the same time."""
    found = _by_number(session, number)
    is_right = hmac.compare_digest(found.code_hash if found else NO_HASH, code_hash(code))
    return _entry(session, found, today) if found and is_right else None


def entry_by_number(session: Session, number: str, *, today: date) -> RegisterEntry | None:
    """For whoever holds the signed file: that is proof enough to be told its state."""
    found = _by_number(session, number)
    return _entry(session, found, today) if found else None


def entry_by_digest(session: Session, sha256: str, *, today: date) -> RegisterEntry | None:
    """By the digest of the signed file."""
    found = session.scalar(_wanted().where(Certificate.sha256 == sha256))
    return _entry(session, found, today) if found else None


def status_on(certificate: Certificate, today: date) -> CertificateStatus:
    """The last day of validity is a valid one; expiry needs no act of the office."""
    has_run_out = certificate.valid_until is not None and certificate.valid_until < today
    in_force = certificate.status is CertificateStatus.IN_FORCE
    return CertificateStatus.EXPIRED if in_force and has_run_out else certificate.status


def _by_number(session: Session, number: str) -> Certificate | None:
    return session.scalar(_wanted().where(Certificate.number == number))


def _wanted() -> Select[Certificate]:
    return select(Certificate).options(joinedload(Certificate.application).load_only(Application.organisation_id))


def _entry(session: Session, found: Certificate, today: date) -> RegisterEntry:
    names = department_names(session)
    is_organisation = found.application.organisation_id is not None
    return RegisterEntry(
        number=found.number,
        identifier=found.identifier,
        title=found.title,
        holder=masked_name(str(found.sheet["holder"]), is_organisation=is_organisation),
        issuer=names.get(found.department_code, Text(found.department_code)),
        status=status_on(found, today),
        granted_on=local_date(found.granted_at),
        issued_on=local_date(found.issued_at) if found.issued_at else None,
        valid_until=found.valid_until,
        sha256=found.sha256,
        is_on_commitment=bool(found.sheet.get("on_commitment")),
    )


def masked_name(name: str, *, is_organisation: bool) -> str:
    """王＊＊ for a person, 成都＊＊＊＊有限公司 for an organisation: the number of stars does not tell the length."""
    if not is_organisation:
        return f"{name[:1]}＊＊"
    return f"{name[:2]}＊＊＊＊{name[-4:]}" if len(name) > 8 else f"{name[:1]}＊＊＊＊{name[-1:]}"
