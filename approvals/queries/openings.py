"""Who may read an application now, and who has looked into one outside their work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.errors import NotFound, ReasonNeeded
from approvals.permissions import Actor, Subject, check, is_own_work, may
from approvals.queries.paging import Page, paged
from approvals.records.application import Application
from approvals.records.catalogue import ItemRevision
from approvals.records.fold import item_in
from approvals.records.opening import Opening, is_running
from approvals.records.order import Order
from approvals.records.people import Account
from approvals.records.supervision import SupervisionRecord
from approvals.vocabulary import OpeningReason, OrderStatus, Role, Rung
from services.item import Text

ORDERS = tuple(rung for rung in Rung if rung.is_order)


@dataclass(frozen=True, slots=True)
class Looked:
    """One opening, by whom."""

    number: str
    item: Text
    name: str
    role: Role
    reason: OpeningReason
    note: str
    at: datetime
    until: datetime


def check_reading(
    session: Session, subject: Subject, application_id: int, number: str, *, by: Actor, at: Moment
) -> None:
    """NotFound for what this person may never read, ReasonNeeded for what they have first to give a reason for."""
    if not may(by, "application:read", subject):
        raise NotFound
    if is_own_work(by, subject) or _is_open_to(session, application_id, by=by, at=at):
        return
    raise ReasonNeeded(number=number)


def readable(session: Session, application: Application | None, *, by: Actor, at: Moment) -> Application:
    """The application, where it is there and may be read now; the same refusals."""
    if application is None:
        raise NotFound
    check_reading(session, application, application.id, str(application.number), by=by, at=at)
    return application


def _is_open_to(session: Session, application_id: int, *, by: Actor, at: Moment) -> bool:
    """Whether a reason given within the hour still counts, or an order makes it the supervisor's work."""
    if by.role is Role.SUPERVISOR:
        ordered = exists().where(SupervisionRecord.application_id == application_id, SupervisionRecord.rung.in_(ORDERS))
        sent = exists().where(Order.application_id == application_id, Order.status != OrderStatus.CLOSED)
        if session.scalar(select(or_(ordered, sent))):
            return True
    return is_running(session, application_id, by.account, at.instant)


def openable(session: Session, number: str, *, by: Actor) -> Text:
    """What an application that somebody wants to open is about: its item and no more. NotFound where there is none."""
    check(by, "application:open")
    found = session.execute(
        select(ItemRevision)
        .join(Application, Application.revision_id == ItemRevision.id)
        .where(Application.number == number)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound
    return item_in(found).name


def openings(session: Session, *, page: int = 1, by: Actor) -> Page[Looked]:
    """Newest first."""
    check(by, "opening:list")
    query = (
        select(Opening, Application.number, Account, ItemRevision)
        .join(Application, Opening.application_id == Application.id)
        .join(ItemRevision, Application.revision_id == ItemRevision.id)
        .join(Account, Opening.account_id == Account.id)
        .order_by(Opening.id.desc())
    )
    asked, number, total = paged(session, query, page)
    return Page(tuple(_looked(*row) for row in session.execute(asked)), number, total)


def _looked(opening: Opening, number: str, account: Account, revision: ItemRevision) -> Looked:
    return Looked(
        number=number,
        item=item_in(revision).name,
        name=account.name,
        role=opening.role,
        reason=opening.reason,
        note=opening.note,
        at=opening.at,
        until=opening.until,
    )
