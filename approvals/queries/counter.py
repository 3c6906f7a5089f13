"""What a counter clerk sees: who came to the window today, what was taken in for them, and what they may fetch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from approvals.clock.moment import CITY, Moment, local_date
from approvals.errors import NotFound
from approvals.permissions import Actor, check
from approvals.queries import for_change
from approvals.queries.paging import Page, paged
from approvals.records.application import Application
from approvals.records.correction import Correction
from approvals.records.counter import Attendance, Visit
from approvals.records.fold import item_of
from approvals.records.writ import DELIVERED, Writ, undelivered
from approvals.vocabulary import (
    FINAL,
    ApplicationStatus,
    Attending,
    Authority,
    CertificateStatus,
    Channel,
    IdentityDocument,
    WritKind,
)
from services.answers import masked
from services.item import Text

DELIVER_WITHIN = 10
"""Working days from the decision until its papers are served (Licensing Law art. 44)."""
MOST = 20


@dataclass(frozen=True, slots=True)
class Came:
    """One visit of today. `name` is masked."""

    id: int
    at: datetime
    window: str
    name: str
    taken: int
    handed_out: int


@dataclass(frozen=True, slots=True)
class Taken:
    """An application that came up in this visit. `number` None: it is not sent in yet."""

    token: str
    number: str | None
    title: str
    item: Text
    status: ApplicationStatus
    is_editable: bool


@dataclass(frozen=True, slots=True)
class Ready:
    """A result that may be fetched. `serve_by`: none once it was delivered electronically."""

    number: str
    title: str
    item: Text
    status: ApplicationStatus
    serve_by: date | None
    is_making: bool


@dataclass(frozen=True, slots=True)
class AtWindow:
    """A visit with all that concerns it. `owner` is whose affairs they are; `owner_number` the credit code of an
    organisation, or a person's identity number, masked.
    """

    id: int
    at: datetime
    window: str
    name: str
    identity_number: str
    document: IdentityDocument
    authority: Authority | None
    owner: str
    owner_number: str
    is_organisation: bool
    taken: tuple[Taken, ...]
    to_mend: tuple[Taken, ...]
    running: tuple[Taken, ...]
    """Sent in before, at whichever window, and not decided."""
    ready: tuple[Ready, ...]


@dataclass(frozen=True, slots=True)
class ToHandOut:
    """One result, with the certificate there is (number) and the writs that go with it (serials)."""

    visit: AtWindow
    result: Ready
    certificate: str | None


def visits_today(session: Session, *, page: int = 1, by: Actor, at: Moment) -> Page[Came]:
    """Of this clerk, the newest first."""
    check(by, "counter:serve")
    begins = datetime.combine(at.today, time(), CITY)
    wanted = (
        select(Visit)
        .where(Visit.clerk_id == by.person, Visit.at >= begins, Visit.at < begins + timedelta(days=1))
        .order_by(Visit.id.desc())
    )
    query, number, total = paged(session, wanted, page)
    found = session.scalars(query).all()
    counts = {
        (visit, purpose): count
        for visit, purpose, count in session.execute(
            select(Attendance.visit_id, Attendance.purpose, func.count())
            .where(Attendance.visit_id.in_([each.id for each in found]))
            .group_by(Attendance.visit_id, Attendance.purpose)
        )
    }
    rows = tuple(
        Came(
            each.id,
            each.at,
            each.window,
            masked(each.name),
            counts.get((each.id, Attending.TAKE), 0),
            counts.get((each.id, Attending.HAND_OUT), 0),
        )
        for each in found
    )
    return Page(rows, number, total)


def last_window(session: Session, *, by: Actor) -> str:
    """Where this clerk sat last: mostly they sit there again."""
    check(by, "counter:serve")
    newest = select(Visit.window).where(Visit.clerk_id == by.person).order_by(Visit.id.desc()).limit(1)
    return session.scalar(newest) or ""


def at_window(session: Session, visit_id: int, *, number: str = "", by: Actor, at: Moment) -> AtWindow:
    """`number` names one more result that may be fetched, also where it was delivered electronically.

    NotFound for a visit that was not at this clerk's window today.
    """
    check(by, "counter:serve")
    visit = for_change.visit(session, visit_id, by=by, at=at)
    attended = select(Attendance.application_id).where(
        Attendance.visit_id == visit.id, Attendance.purpose.in_((Attending.TAKE, Attending.MEND, Attending.OPEN))
    )
    taken = _loaded(session, _all().where(Application.id.in_(attended)).order_by(Application.id))
    returned = exists().where(Correction.application_id == Application.id, Correction.answered_at.is_(None))
    theirs = _theirs(visit)
    mending = _loaded(
        session,
        _all()
        .where(theirs, Application.channel == Channel.COUNTER, returned, Application.id.not_in(attended))
        .order_by(Application.id)
        .limit(MOST),
    )
    going_on = _loaded(
        session,
        _all()
        .where(theirs, Application.channel == Channel.COUNTER, Application.id.not_in(attended), ~returned)
        .where(Application.status.not_in({*FINAL, ApplicationStatus.DRAFT, ApplicationStatus.GRANTED}))
        .order_by(Application.id)
        .limit(MOST),
    )
    named = visit.organisation
    return AtWindow(
        id=visit.id,
        at=visit.at,
        window=visit.window,
        name=visit.name,
        identity_number=masked(visit.identity_number),
        document=visit.document,
        authority=visit.authority,
        owner=named.name if named else visit.account.name,
        owner_number=named.credit_code if named else masked(visit.account.identity_number or ""),
        is_organisation=named is not None,
        taken=tuple(_taken(each) for each in taken),
        to_mend=tuple(_taken(each) for each in mending if not each.status.is_final),
        running=tuple(_taken(each) for each in going_on),
        ready=tuple(_results(session, theirs, number, at)),
    )


def to_hand_out(session: Session, visit_id: int, number: str, *, by: Actor, at: Moment) -> ToHandOut:
    """NotFound for what is not ready, or not for this visit."""
    visit = at_window(session, visit_id, number=number, by=by, at=at)
    result = next((each for each in visit.ready if each.number == number and not each.is_making), None)
    application = session.scalar(
        select(Application).where(Application.number == number).options(joinedload(Application.certificate))
    )
    if result is None or application is None or application.id not in by.attended:
        raise NotFound
    certificate = application.certificate
    return ToHandOut(visit, result, certificate.number if certificate else None)


def _theirs(visit: Visit) -> ColumnElement[bool]:
    if visit.organisation_id is not None:
        return Application.organisation_id == visit.organisation_id
    return (Application.applicant_id == visit.account_id) & Application.organisation_id.is_(None)


def _all() -> Select[Application]:
    return select(Application).options(joinedload(Application.revision), selectinload(Application.corrections))


def _loaded(session: Session, query: Select[Application]) -> Sequence[Application]:
    return session.scalars(query).all()


def _taken(application: Application) -> Taken:
    is_asked = any(each.is_open for each in application.corrections) and not application.status.is_final
    return Taken(
        application.token,
        application.number,
        application.title,
        item_of(application).name,
        application.status,
        application.status is ApplicationStatus.DRAFT or is_asked or application.amending_since is not None,
    )


def _results(session: Session, theirs: ColumnElement[bool], number: str, at: Moment) -> Iterable[Ready]:
    """Decided, and not fetched since; what nobody has yet first, then the one that was named."""
    decision = (
        select(func.max(Writ.drawn_up_at))
        .where(Writ.application_id == Application.id, Writ.kind.in_(DELIVERED))
        .correlate(Application)
        .scalar_subquery()
    )
    fetched = exists().where(
        Attendance.application_id == Application.id,
        Attendance.purpose == Attending.HAND_OUT,
        Attendance.at >= decision,
    )
    served = exists().where(
        Writ.application_id == Application.id, Writ.kind == WritKind.DELIVERY, Writ.drawn_up_at >= decision
    )
    wanted = (
        select(Application)
        .options(joinedload(Application.revision), selectinload(Application.writs), joinedload(Application.certificate))
        .where(theirs, decision.is_not(None), ~fetched, ~served | (Application.number == number))
        .order_by(Application.decided_at, Application.id)
        .limit(MOST)
    )
    for each in session.scalars(wanted):
        decided = undelivered(each.writs)
        certificate = each.certificate
        yield Ready(
            number=str(each.number),
            title=each.title,
            item=item_of(each).name,
            status=each.status,
            serve_by=at.calendar.add_working_days(local_date(decided.drawn_up_at), DELIVER_WITHIN) if decided else None,
            is_making=certificate is not None and certificate.status is CertificateStatus.PENDING,
        )
