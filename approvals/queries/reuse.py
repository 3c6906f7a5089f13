"""Who was allowed to use a certificate, and who has used it: for its holder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from approvals.errors import NotFound
from approvals.permissions import Actor, may
from approvals.queries.register import status_on
from approvals.records.application import Application
from approvals.records.certificate import Certificate
from approvals.records.people import department_names
from approvals.records.reuse import Consent
from approvals.vocabulary import CertificateStatus
from services.item import Text

MOST = 100
"""Newest consents shown; who has more finds the others withdrawn long since."""


@dataclass(frozen=True, slots=True)
class Used:
    department: Text
    version: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Consented:
    """`application` has its number, or none while it is a draft."""

    id: int
    application: str
    title: str
    given_at: datetime
    withdrawn_at: datetime | None
    uses: tuple[Used, ...]


@dataclass(frozen=True, slots=True)
class Lent:
    """A certificate that an application may use, as it stands today."""

    number: str
    title: str
    status: CertificateStatus
    is_unsound: bool
    valid_until: date | None


def lent_to(session: Session, application_id: int, today: date) -> tuple[Lent, ...]:
    """What its applicant lets the offices use for this application, and nothing else of what they hold."""
    found = session.scalars(
        select(Certificate)
        .join(Consent, Consent.certificate_id == Certificate.id)
        .where(Consent.application_id == application_id, Consent.withdrawn_at.is_(None))
        .order_by(Consent.id)
    )
    return tuple(
        Lent(each.number, each.title, status_on(each, today), each.is_unsound, each.valid_until) for each in found
    )


def withdrawn_from(session: Session, application_id: int) -> frozenset[str]:
    """Numbers of certificates that this application might use once and may not any more."""
    given = select(Certificate.number, Consent.withdrawn_at).join(Consent, Consent.certificate_id == Certificate.id)
    rows = session.execute(given.where(Consent.application_id == application_id)).all()
    return frozenset(number for number, _at in rows) - {number for number, at in rows if at is None}


def consents(session: Session, number: str, *, by: Actor) -> tuple[Consented, ...]:
    """Newest first. NotFound for a certificate that is not the actor's own."""
    certificate = session.scalar(
        select(Certificate).where(Certificate.number == number).options(joinedload(Certificate.application))
    )
    if certificate is None or not may(by, "certificate:consent", certificate.application):
        raise NotFound
    found = session.scalars(
        select(Consent)
        .where(Consent.certificate_id == certificate.id)
        .options(
            joinedload(Consent.application).load_only(Application.number, Application.title),
            selectinload(Consent.uses),
        )
        .order_by(Consent.id.desc())
        .limit(MOST)
    ).all()
    names = department_names(session)
    return tuple(
        Consented(
            each.id,
            each.application.number or "",
            each.application.title,
            each.given_at,
            each.withdrawn_at,
            tuple(
                Used(names.get(use.department_code, Text(use.department_code)), use.version, use.used_at)
                for use in reversed(each.uses)
            ),
        )
        for each in found
    )
