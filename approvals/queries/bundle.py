"""A bundle as its applicant follows it: every application started together, and what is to be done next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.errors import NotFound
from approvals.permissions import Actor, check
from approvals.queries.applications import ApplicationRow, Turn, bundle_name, owned, rows
from approvals.records.application import Application
from approvals.records.bundle import BundleRecord
from approvals.vocabulary import ApplicationStatus
from services.item import Text


@dataclass(frozen=True, slots=True)
class BundleSeen:
    """`next` is the first application that waits for the applicant; `last_due` the latest date that is promised."""

    token: str
    slug: str
    name: Text
    organisation: str | None
    begun_at: datetime
    rows: tuple[ApplicationRow, ...]

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
    """NotFound for a bundle that is not the actor's, as for none; a mandate for some items shows those alone."""
    check(by, "application:list")
    record = session.scalar(select(BundleRecord).where(BundleRecord.token == token))
    if record is None or (record.organisation_id is None and record.applicant_id != by.applicant):
        raise NotFound
    mine = owned(by, record.organisation_id)
    query = select(Application).where(Application.bundle_id == record.id, mine).order_by(Application.id)
    return BundleSeen(
        token=record.token,
        slug=record.slug,
        name=bundle_name(record.slug),
        organisation=record.organisation.name if record.organisation else None,
        begun_at=record.created_at,
        rows=rows(session, query, at),
    )
