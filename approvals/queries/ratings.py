"""Ratings as each may see them: whoever gave them whole, the department without a name, supervision with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from approvals.clock.moment import CITY, Moment
from approvals.errors import NotFound
from approvals.permissions import Actor, check, may
from approvals.queries.paging import Page, paged
from approvals.queries.standing import Standing, standing
from approvals.records.application import Application
from approvals.records.fold import item_of, lead_of
from approvals.records.people import department_names
from approvals.records.rating import FollowUp, Rating, may_again
from approvals.vocabulary import Finding, FollowUpStage, RatingLevel, RatingReason
from services.item import Text


@dataclass(frozen=True, slots=True)
class Given:
    """One rating, by whoever gave it. `answer` is what came of its follow-up, `due` of the stage that runs."""

    level: RatingLevel
    reasons: tuple[RatingReason, ...]
    text: str
    at: datetime
    stage: FollowUpStage | None
    due: date | None
    finding: Finding | None
    answer: str


@dataclass(frozen=True, slots=True)
class OwnRatings:
    """What the applicant said of one application, and whether they may say more."""

    number: str
    title: str
    item: Text
    department: Text
    given: tuple[Given, ...]
    may_rate: bool


def own_ratings(session: Session, number: str, *, by: Actor) -> OwnRatings:
    """NotFound for everybody but the applicant: who decided learns from here neither whether it was rated nor how."""
    application = session.scalar(
        select(Application)
        .where(Application.number == number)
        .options(joinedload(Application.revision), selectinload(Application.steps))
    )
    if application is None or not may(by, "rating:give", application):
        raise NotFound
    found = session.scalars(
        select(Rating)
        .where(Rating.application_id == application.id)
        .options(joinedload(Rating.follow_up))
        .order_by(Rating.round)
    ).all()
    return OwnRatings(
        number=number,
        title=application.title,
        item=item_of(application).name,
        department=department_names(session)[lead_of(application).department_code],
        given=tuple(_given(each) for each in found),
        may_rate=application.status.is_final and (not found or may_again(found)),
    )


def _given(rating: Rating) -> Given:
    follow_up = rating.follow_up
    return Given(
        level=rating.level,
        reasons=_reasons(rating),
        text=rating.text,
        at=rating.at,
        stage=follow_up.stage if follow_up else None,
        due=follow_up.due if follow_up and follow_up.closed_at is None else None,
        finding=follow_up.finding if follow_up else None,
        answer=follow_up.answer if follow_up else "",
    )


@dataclass(frozen=True, slots=True)
class Said:
    """One rating, as the department reads it: how, about which item and in which month, and nobody's name."""

    level: RatingLevel
    reasons: tuple[RatingReason, ...]
    text: str
    item_code: str
    month: date
    is_second: bool
    follow_up: int | None


def department_ratings(session: Session, *, page: int, by: Actor) -> Page[Said]:
    """Newest month first; within one the order tells nothing about when each came in."""
    check(by, "rating:list")
    wanted = select(Rating).where(Rating.department_code == by.department).options(joinedload(Rating.follow_up))
    month = func.extract("year", Rating.at) * 12 + func.extract("month", Rating.at)
    query, number, total = paged(session, wanted.order_by(month.desc(), Rating.level, Rating.item_code), page)
    return Page(tuple(_said(each) for each in session.scalars(query)), number, total)


def _said(rating: Rating) -> Said:
    return Said(
        level=rating.level,
        reasons=_reasons(rating),
        text=rating.text,
        item_code=rating.item_code,
        month=rating.at.astimezone(CITY).date().replace(day=1),
        is_second=rating.round == 2,
        follow_up=rating.follow_up.id if rating.follow_up else None,
    )


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """`number`, `title`, `applicant` and `phone` are there for the supervising body alone, else empty."""

    id: int
    department: Text
    item_code: str
    level: RatingLevel
    reasons: tuple[RatingReason, ...]
    text: str
    stage: FollowUpStage
    due: date
    standing: Standing | None
    """None once it is closed, and to the department before it is its turn: the date would tell when it was rated."""
    finding: Finding | None
    answer: str
    notes: tuple[tuple[FollowUpStage, str, datetime], ...]
    again: RatingLevel | None
    """How it was rated the second time."""
    number: str
    title: str
    applicant: str
    phone: str
    may_contact: bool
    may_mend: bool


@dataclass(frozen=True, slots=True)
class FollowUps:
    page: Page[FollowUpRow]
    open: int
    late: int


def follow_ups(session: Session, *, is_closed: bool = False, page: int = 1, by: Actor, at: Moment) -> FollowUps:
    """The most urgent first; a department's own, for who oversees all of them."""
    wanted = _seen_by(by)
    ended = FollowUp.closed_at.is_not(None) if is_closed else FollowUp.closed_at.is_(None)
    order = (FollowUp.closed_at.desc(), FollowUp.id.desc()) if is_closed else (FollowUp.due, FollowUp.id)
    query, number, total = paged(session, wanted.where(ended).order_by(*order), page)
    found = session.scalars(query).all()
    open_, late = counted(session, by=by, at=at)
    return FollowUps(Page(_rows(session, found, by=by, at=at), number, total), open_, late)


def follow_up(session: Session, follow_up_id: int, *, by: Actor, at: Moment) -> FollowUpRow:
    """NotFound where it is another department's."""
    found = session.scalar(_seen_by(by).where(FollowUp.id == follow_up_id))
    if found is None:
        raise NotFound
    return _rows(session, [found], by=by, at=at)[0]


def counted(session: Session, *, by: Actor, at: Moment) -> tuple[int, int]:
    """How many are open, and of these late."""
    late = func.sum(case((FollowUp.due < at.today, 1), else_=0))
    wanted = select(func.count(), late).select_from(FollowUp).where(FollowUp.closed_at.is_(None))
    if may(by, "rating:list"):
        wanted = wanted.where(FollowUp.department_code == by.department)
    number, overdue = session.execute(wanted).one()
    return number, overdue or 0


def _seen_by(by: Actor) -> Select[FollowUp]:
    wanted = select(FollowUp).options(
        joinedload(FollowUp.rating)
        .joinedload(Rating.application)
        .options(joinedload(Application.applicant), joinedload(Application.organisation)),
        selectinload(FollowUp.acts),
    )
    if may(by, "rating:list"):
        return wanted.where(FollowUp.department_code == by.department)
    check(by, "rating:oversee")
    return wanted


def _rows(session: Session, found: Sequence[FollowUp], *, by: Actor, at: Moment) -> tuple[FollowUpRow, ...]:
    names = department_names(session)
    second = select(Rating.application_id, Rating.level).where(
        Rating.application_id.in_([each.application_id for each in found]), Rating.round == 2
    )
    again = {row.application_id: row.level for row in session.execute(second)}
    return tuple(_row(each, names, again.get(each.application_id), by, at) for each in found)


def _row(each: FollowUp, names: Mapping[str, Text], again: RatingLevel | None, by: Actor, at: Moment) -> FollowUpRow:
    rating, application = each.rating, each.rating.application
    is_told = may(by, "rating:contact")
    organisation = application.organisation
    is_dated = each.closed_at is None and not (each.stage is FollowUpStage.CONTACT and may(by, "rating:list"))
    return FollowUpRow(
        id=each.id,
        department=names[each.department_code],
        item_code=rating.item_code,
        level=rating.level,
        reasons=_reasons(rating),
        text=rating.text,
        stage=each.stage,
        due=each.due,
        standing=standing(each.limit, each.due, None, at=at) if is_dated else None,
        finding=each.finding,
        answer=each.answer,
        notes=tuple((act.stage, act.note, act.at) for act in each.acts),
        again=again,
        number=(application.number or "") if is_told else "",
        title=application.title if is_told else "",
        applicant=(organisation.name if organisation else application.applicant.name) if is_told else "",
        phone=(application.applicant.phone or "") if is_told else "",
        may_contact=is_told and each.stage is FollowUpStage.CONTACT,
        may_mend=each.stage in (FollowUpStage.VERIFY, FollowUpStage.MEND) and may(by, "rating:mend", each),
    )


def _reasons(rating: Rating) -> tuple[RatingReason, ...]:
    return tuple(RatingReason(each) for each in rating.reasons)
