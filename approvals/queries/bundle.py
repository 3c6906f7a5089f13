"""A bundle as its applicant follows it: every application started together, and what is to be done next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session, joinedload

from approvals.clock.moment import Moment
from approvals.errors import NotFound
from approvals.permissions import Actor, check
from approvals.queries.applications import ApplicationRow, Turn, bundle_name, owned, rows
from approvals.records.application import Application
from approvals.records.bundle import BundleRecord
from approvals.records.certificate import Certificate
from approvals.vocabulary import ApplicationStatus, CertificateStatus
from services.current import catalogue
from services.item import Text


class Awaited(StrEnum):
    """How it stands with what the others wait for."""

    UNDER_WAY = "under_way"
    ISSUED = "issued"
    ENDED = "ended"
    """Without founding anybody."""


@dataclass(frozen=True, slots=True)
class BundleSeen:
    """`next` is the first application that waits for the applicant; `last_due` the latest date that is promised.

    `waiting` are the items that begin once `awaited` has founded by whom they are applied for.
    """

    token: str
    slug: str
    name: Text
    organisation: str | None
    begun_at: datetime
    rows: tuple[ApplicationRow, ...]
    waiting: tuple[Text, ...] = ()
    awaited: Text | None = None
    awaited_is: Awaited | None = None
    founding: str | None = None
    """Token of the application that they wait for."""

    @property
    def next(self) -> ApplicationRow | None:
        waiting = [row for row in self.rows if row.turn is Turn.APPLICANT]
        return next((row for row in waiting if row.to_mend), waiting[0] if waiting else None)

    @property
    def last_due(self) -> date | None:
        return max((row.due for row in self.rows if row.due), default=None)

    @property
    def drafts(self) -> int:
        return sum(row.status is ApplicationStatus.DRAFT for row in self.rows)

    @property
    def ended(self) -> int:
        return sum(row.status.is_final for row in self.rows)


def bundle(session: Session, token: str, *, by: Actor, at: Moment) -> BundleSeen:
    """NotFound for a bundle that is not the actor's, as for none; a mandate for some items shows those alone, and
    whoever belongs to the organisation that was founded sees what is applied for in its name.
    """
    check(by, "application:list")
    record = session.scalar(select(BundleRecord).where(BundleRecord.token == token))
    if record is None:
        raise NotFound
    is_own = record.organisation_id is not None or record.applicant_id == by.applicant
    mine = owned(by, record.organisation_id) if is_own else false()
    seen = or_(mine, Application.organisation_id.in_(sorted(by.organisations)))
    query = select(Application).where(Application.bundle_id == record.id, seen).order_by(Application.id)
    found = rows(session, query, at)
    if not found and not is_own:
        raise NotFound
    waiting, offered = (record.waiting or {}).get("parts", []) if is_own else [], catalogue().items
    founding = _founding(session, record) if waiting else None
    return BundleSeen(
        token=record.token,
        slug=record.slug,
        name=bundle_name(record.slug),
        organisation=record.organisation.name if record.organisation else None,
        begun_at=record.created_at,
        rows=found,
        waiting=tuple(offered[code].name for code in waiting if code in offered),
        awaited=offered[founding.item_code].name if founding else None,
        awaited_is=_awaited(founding) if waiting else None,
        founding=founding.token if founding else None,
    )


def _founding(session: Session, record: BundleRecord) -> Application | None:
    codes = [code for code, item in catalogue().items.items() if item.founds is not None]
    mine = select(Application).where(Application.bundle_id == record.id, Application.item_code.in_(codes))
    return session.scalars(
        mine.order_by(Application.id).limit(1).options(joinedload(Application.certificate))
    ).one_or_none()


def _awaited(application: Application | None) -> Awaited:
    certificate = application.certificate if application else None
    if certificate is not None and certificate.status is CertificateStatus.IN_FORCE:
        return Awaited.ISSUED
    is_over = application is None or (application.status.is_final and certificate is None)
    return Awaited.ENDED if is_over or _is_lost(certificate) else Awaited.UNDER_WAY


def _is_lost(certificate: Certificate | None) -> bool:
    return certificate is not None and certificate.status is not CertificateStatus.PENDING
