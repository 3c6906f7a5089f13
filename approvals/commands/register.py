"""Enter a granted application's certificate in the register: numbered now, made by the worker."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.certificates.content import Content, content_of
from approvals.certificates.glyphs import missing, spoken
from approvals.certificates.identifier import code_hash, identifier, verification_code
from approvals.clock.calendar import last_day
from approvals.clock.moment import Moment
from approvals.commitments.signed import resting
from approvals.errors import GlyphMissing, NotOnline
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.certificate import Certificate
from approvals.records.fold import item_of, sent_answers
from approvals.records.paper import PaperVersion, in_force
from approvals.records.people import Department, Organisation, region_names
from approvals.records.sequence import following
from approvals.records.step import StepRecord
from approvals.vocabulary import CertificateStatus
from services.item import Item
from services.numbers import credit_code as credit_code_of
from services.papers import SEAL, fitted, seal_of

DEMONSTRATION_AUTHORITY = "11510100MB0000000X"
"""Stands for the body that defines certificate types; shaped like a credit code, assigned to nobody."""


def register(application: Application, step: StepRecord, *, at: Moment) -> Certificate:
    """A pending certificate with a number without gaps per department and day.

    Refused with GlyphMissing when the fonts cannot show a character of it: a certificate never shows an empty box.
    """
    session = session_of(application)
    item = item_of(application)
    spec = item.certificate
    if spec is None:
        raise NotOnline(item=item.code)
    issuer = session.get_one(Department, step.department_code)
    issuer_code = issuer.credit_code or DEMONSTRATION_AUTHORITY
    written = in_force(session, issuer.code, item.code, SEAL)
    assigned = _credit_code(session, item, issuer) if item.founds else ""
    content = _content(application, issuer, written, credit_code=assigned, at=at)
    unknown = missing(content.texts())
    if unknown:
        raise GlyphMissing(characters=spoken(unknown))

    # Duty and region name the department in digits and capitals, which is all an identifier may have.
    series = f"{issuer.duty.replace('_', '')}{issuer.region}{at.today:%Y%m%d}"
    number = f"{series}{following(session, f'certificate:{series}'):04d}"
    code = verification_code()
    application.certificate = Certificate(
        number=number,
        identifier=identifier(f"{DEMONSTRATION_AUTHORITY}{item.code[-3:]}", issuer_code, number, 1),
        code=code,
        code_hash=code_hash(code),
        title=content.title,
        department_code=issuer.code,
        status=CertificateStatus.PENDING,
        sheet=content.as_data(),
        granted_at=at.instant,
        valid_until=_last_day(item, at),
        text_id=_id_of(written.get(item.code)),
        seal_id=_id_of(written.get(SEAL)),
    )
    return application.certificate


def unprintable(application: Application, step: StepRecord, *, at: Moment) -> bool:
    """Whether the fonts cannot show a character that its certificate needs."""
    session = session_of(application)
    issuer = session.get_one(Department, step.department_code)
    written = in_force(session, issuer.code, item_of(application).code, SEAL)
    return bool(missing(_content(application, issuer, written, at=at).texts()))


def _content(
    application: Application,
    issuer: Department,
    written: Mapping[str, PaperVersion],
    *,
    credit_code: str = "",
    at: Moment,
) -> Content:
    """`written` is what the office has in force: its texts for this item, and its seal."""
    item, answers = item_of(application), sent_answers(application)
    text, seal = written.get(item.code), written.get(SEAL)
    applicant = application.organisation.name if application.organisation else application.applicant.name
    return content_of(
        item,
        answers,
        holder=str(answers[item.founds.name]) if item.founds else applicant,
        issuer=issuer.name_zh,
        issuer_code=issuer.credit_code or DEMONSTRATION_AUTHORITY,
        regions=region_names(session_of(application)),
        issued_on=at.today,
        promised=frozenset(resting(application)),
        valid_until=_last_day(item, at),
        spec=fitted(item, text.content) if text and text.content else None,
        credit_code=credit_code,
        seal=seal_of(seal.content) if seal and seal.content else None,
    )


def _credit_code(session: Session, item: Item, issuer: Department) -> str:
    """The next that no organisation has: some were registered elsewhere."""
    prefix = item.founds.prefix if item.founds else ""
    while True:
        serial = following(session, f"credit code:{prefix}{issuer.region}")
        code = credit_code_of(prefix, issuer.region, serial)
        if session.scalar(select(Organisation.id).where(Organisation.credit_code == code)) is None:
            return code


def _last_day(item: Item, at: Moment) -> date | None:
    years = item.certificate.valid_years if item.certificate else None
    return last_day(at.today, years) if years else None


def _id_of(version: PaperVersion | None) -> int | None:
    return version.id if version else None
