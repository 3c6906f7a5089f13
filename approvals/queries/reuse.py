"""Who was allowed to use a certificate, and who has used it: for its holder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from approvals.errors import NotFound
from approvals.permissions import Actor, may
from approvals.records.application import Application
from approvals.records.certificate import Certificate
from approvals.records.people import department_names
from approvals.records.reuse import Consent
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
