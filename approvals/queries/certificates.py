"""The certificates of one person or one organisation, and one of them with everything that stands on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from approvals.certificates.content import CREDIT_CODE, MANNER
from approvals.clock.moment import Moment, local_date
from approvals.errors import NotAllowed, NotFound
from approvals.permissions import Actor, check
from approvals.queries.applications import owned
from approvals.queries.openings import readable
from approvals.queries.paging import Page, paged
from approvals.queries.register import day_of_issue, status_on
from approvals.records.application import Application
from approvals.records.certificate import Certificate
from approvals.records.fold import item_of
from approvals.records.people import department_names
from approvals.vocabulary import CertificateStatus, SignatureLevel
from services.item import Text

PERSONAL = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|1[3-9]\d{9})(?![0-9A-Za-z])")
"""Identity numbers (GB 11643-1999) and mobile numbers."""


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """`title` as printed. `granted_on` is the day of the decision; `issued_on`, the day on the paper, is the same, and
    none while it is being made.
    """

    number: str
    title: str
    subject: str
    """What the application was called."""
    holder: str
    issuer: Text
    status: CertificateStatus
    granted_on: date
    issued_on: date | None
    valid_until: date | None
    is_unsound: bool
    """Its key was revoked: the file proves nothing until it is made again."""


@dataclass(frozen=True, slots=True)
class CertificateSeen:
    """`lines` are label, in both languages, and value as printed, with identity numbers masked; `code` lets others
    verify it.
    """

    row: CertificateRow
    application: str
    identifier: str
    code: str
    lines: tuple[tuple[Text, str], ...]
    level: SignatureLevel | None = None
    is_to_be_lifted: bool = False
    """It was issued at a lower level than it gets."""
    has_data: bool = False
    """With a detached signature over it."""


def certificates(
    session: Session, *, organisation: int | None, page: int, by: Actor, at: Moment
) -> Page[CertificateRow]:
    """Newest first."""
    check(by, "certificate:list")
    wanted = select(Certificate).join(Certificate.application).where(owned(by, organisation))
    query, number, total = paged(session, wanted.order_by(Certificate.id.desc()), page)
    found = session.scalars(query.options(joinedload(Certificate.application))).all()
    names = department_names(session)
    return Page(tuple(_row(each, names[each.department_code], at) for each in found), number, total)


def certificate(session: Session, number: str, *, by: Actor, at: Moment) -> CertificateSeen:
    """NotFound for a certificate that does not exist and for one that the actor may not see: the same answer."""
    found = _visible(session, number, by, at)
    names = department_names(session)
    spec = item_of(found.application).certificate
    labels = {
        label.zh: label for label in (CREDIT_CODE, MANNER, *(label for _key, label in (spec.fields if spec else ())))
    }
    return CertificateSeen(
        row=_row(found, names[found.department_code], at),
        application=found.application.number or "",
        identifier=found.identifier,
        code=found.code,
        level=found.level,
        has_data=found.sm2 is not None,
        is_to_be_lifted=bool(found.level and found.lift and found.lift.wanted.rank > found.level.rank),
        lines=tuple((labels.get(label, Text(label)), without_numbers(value)) for label, value in found.sheet["fields"]),
    )


def certificate_file(session: Session, number: str, *, by: Actor, at: Moment) -> str:
    """The digest of the signed file; NotFound while it is being made."""
    found = _visible(session, number, by, at)
    if found.sha256 is None:
        raise NotFound
    return found.sha256


def certificate_signature(session: Session, number: str, *, by: Actor, at: Moment) -> tuple[str, str, str]:
    """The digest of the file, the detached signature over its data, the id of its key; NotFound where there is none."""
    found = _visible(session, number, by, at)
    if found.sha256 is None or found.sm2 is None or found.sm2_key is None:
        raise NotFound
    return found.sha256, found.sm2, found.sm2_key


def without_numbers(text: str) -> str:
    """Identity and phone numbers are masked on every page, the holder's own too: somebody may look over a shoulder."""
    return PERSONAL.sub(lambda found: f"{found[0][:3]}{'*' * (len(found[0]) - 7)}{found[0][-4:]}", text)


def _visible(session: Session, number: str, by: Actor, at: Moment) -> Certificate:
    """ReasonNeeded for staff whose work the application is not."""
    found = session.scalar(
        select(Certificate)
        .where(Certificate.number == number)
        .options(joinedload(Certificate.application).options(selectinload(Application.steps)))
    )
    if found is None:
        raise NotFound
    try:
        check(by, "certificate:download", found.application)
    except NotAllowed:
        raise NotFound from None
    if by.role.is_staff:
        readable(session, found.application, by=by, at=at)
    return found


def _row(certificate: Certificate, issuer: Text, at: Moment) -> CertificateRow:
    return CertificateRow(
        number=certificate.number,
        title=certificate.title,
        subject=certificate.application.title,
        holder=str(certificate.sheet["holder"]),
        issuer=issuer,
        status=status_on(certificate, at.today),
        granted_on=local_date(certificate.granted_at),
        issued_on=day_of_issue(certificate),
        valid_until=certificate.valid_until,
        is_unsound=certificate.is_unsound,
    )
