"""What a calendar program shows: the dates in somebody's or an organisation's applications and certificates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from approvals.clock.moment import Moment, local_date
from approvals.errors import NotFound
from approvals.permissions import Actor, check
from approvals.queries.applications import clock_of, owned
from approvals.queries.standing import items_by_revision
from approvals.records.acting import mandates_in_force, with_mandates
from approvals.records.application import Application
from approvals.records.certificate import Certificate
from approvals.records.correction import Correction
from approvals.records.feed import Feed
from approvals.records.obligation import Obligation
from approvals.records.people import Organisation, token_hash
from approvals.vocabulary import ApplicationStatus, CertificateStatus, Light, ObligationKind, ObligationStatus
from services.item import Item, Text

MOST = 1000
"""Of each sort: those that fall due first."""
OWED = (ObligationStatus.OPEN, ObligationStatus.REPORTED, ObligationStatus.LATE)


class DateKind(StrEnum):
    """What falls on a day, beside what is owed (ObligationKind)."""

    CORRECTION = "correction"
    """Waits for the applicant since `begins`; the law names no last day."""
    ACCEPTANCE = "acceptance"
    DECISION = "decision"
    EXPIRY = "expiry"


@dataclass(frozen=True, slots=True)
class DatedEvent:
    """`key` stays the same while its date moves. It names the matter and its number, and nobody."""

    key: str
    kind: DateKind | ObligationKind
    item: Text
    number: str
    """Of the application, of an expiry that of the certificate."""
    begins: date
    ends: date
    """The last day that belongs to it."""
    is_ours: bool
    is_provisional: bool = False
    """Further days may count, or not: the date is expected."""


@dataclass(frozen=True, slots=True)
class Dates:
    language: str
    events: tuple[DatedEvent, ...]


@dataclass(frozen=True, slots=True)
class Subscription:
    """`since` is none where there is no address; `organisation` is id and name, none for what is one's own."""

    organisation: tuple[int, str] | None
    since: datetime | None
    may_subscribe: bool


def subscriptions(session: Session, *, by: Actor) -> tuple[Subscription, ...]:
    """One's own first, then each organisation one acts for, or did when one subscribed."""
    check(by, "calendar:subscribe")
    feeds = session.scalars(select(Feed).where(Feed.account_id == by.person, Feed.revoked_at.is_(None))).all()
    since = {each.organisation_id: each.created_at for each in feeds}
    acted_for = {*by.organisations, *(each.organisation for each in by.powers)}
    wanted = (acted_for | since.keys()) - {None}
    found = session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted)).order_by(Organisation.id)
    )
    own = Subscription(None, since.get(None), may_subscribe=True)
    return (own, *(Subscription((id_, name), since.get(id_), id_ in acted_for) for id_, name in found))


def dates(session: Session, token: str, *, at: Moment) -> Dates:
    """By whoever knows the address. NotFound once it is revoked, the account is disabled, or who subscribed no longer
    acts for the organisation.
    """
    found = session.scalar(
        select(Feed)
        .where(Feed.token_hash == token_hash(token), Feed.revoked_at.is_(None))
        .options(joinedload(Feed.account))
    )
    if found is None or found.account.disabled_at is not None:
        raise NotFound
    by = with_mandates(found.account, mandates_in_force(session, found.account_id, at.today))
    by = replace(by, principal=None)
    check(by, "application:list")
    whose = owned(by, found.organisation_id)
    events = (*_running(session, whose, at), *_owed(session, whose, at), *_expiring(session, whose, at))
    return Dates(found.language, tuple(sorted(events, key=lambda each: (each.begins, each.key))))


def _running(session: Session, whose: ColumnElement[bool], at: Moment) -> Iterator[DatedEvent]:
    under_way = (ApplicationStatus.SUBMITTED, ApplicationStatus.RETURNED, ApplicationStatus.IN_REVIEW)
    applications = session.scalars(
        select(Application)
        .where(whose, Application.status.in_(under_way))
        .order_by(Application.promised_due, Application.id)
        .limit(MOST)
        .options(
            selectinload(Application.steps),
            selectinload(Application.corrections).joinedload(Correction.step),
            selectinload(Application.pauses),
        )
    ).all()
    items = items_by_revision(session, (each.revision_id for each in applications))
    for application in applications:
        item, number = items[application.revision_id], application.number or ""
        yield from _corrections(application, item, number, at)
        clock, due = clock_of(application, item, at)
        if clock is not None and due is not None:
            is_submitted = application.status is ApplicationStatus.SUBMITTED
            kind = DateKind.ACCEPTANCE if is_submitted else DateKind.DECISION
            is_stopped = clock.light is Light.PAUSED
            key = f"{kind}-{application.id}"
            yield DatedEvent(
                *(key, kind, item.name, number, due, due),
                is_ours=False,
                is_provisional=is_stopped or not at.calendar.is_official(due),
            )


def _corrections(application: Application, item: Item, number: str, at: Moment) -> Iterator[DatedEvent]:
    """What several departments ask for at once is one thing to do."""
    asked = [local_date(each.asked_at) for each in application.corrections if each.is_open]
    if asked:
        kind = DateKind.CORRECTION
        first = min(asked)
        yield DatedEvent(f"{kind}-{application.id}", kind, item.name, number, first, max(first, at.today), is_ours=True)


def _owed(session: Session, whose: ColumnElement[bool], at: Moment) -> Iterator[DatedEvent]:
    wanted = select(Obligation).join(Obligation.application).where(whose, Obligation.status.in_(OWED))
    loaded = joinedload(Obligation.application).joinedload(Application.revision)
    found = session.scalars(wanted.order_by(Obligation.due, Obligation.id).limit(MOST).options(loaded)).all()
    items = items_by_revision(session, (each.application.revision_id for each in found))
    for each in found:
        waits_for_us = each.kind.is_the_applicants and each.status is not ObligationStatus.REPORTED
        yield DatedEvent(
            f"owed-{each.id}",
            each.kind,
            items[each.application.revision_id].name,
            each.application.number or "",
            each.due,
            each.due,
            is_ours=waits_for_us,
            is_provisional=not at.calendar.is_official(each.due),
        )


def _expiring(session: Session, whose: ColumnElement[bool], at: Moment) -> Iterator[DatedEvent]:
    wanted = (
        select(Certificate)
        .join(Certificate.application)
        .where(
            whose,
            or_(Certificate.status == CertificateStatus.IN_FORCE, Certificate.status == CertificateStatus.SUSPENDED),
            Certificate.valid_until >= at.today,
        )
    )
    loaded = joinedload(Certificate.application).joinedload(Application.revision)
    found = session.scalars(wanted.order_by(Certificate.valid_until, Certificate.id).limit(MOST).options(loaded)).all()
    items = items_by_revision(session, (each.application.revision_id for each in found))
    for each in found:
        if each.valid_until is not None:
            day = each.valid_until
            name = items[each.application.revision_id].name
            yield DatedEvent(f"expiry-{each.id}", DateKind.EXPIRY, name, each.number, day, day, is_ours=True)
