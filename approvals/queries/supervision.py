"""Supervision records: what came near its due date or passed it, and which orders wait for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from approvals.permissions import Actor, check, may
from approvals.queries.owed import Named, named
from approvals.queries.paging import Page, paged
from approvals.queries.standing import items_by_revision
from approvals.records.application import Application
from approvals.records.people import Account, department_names
from approvals.records.step import StepRecord
from approvals.records.supervision import SupervisionRecord
from approvals.vocabulary import Rung
from services.item import Text

ORDERS = tuple(rung for rung in Rung if rung.is_order)
UNANSWERED = (SupervisionRecord.rung.in_(ORDERS), SupervisionRecord.answered_at.is_(None))


@dataclass(frozen=True, slots=True)
class SupervisionRow:
    """One record: of a step, of something `owed`, of the `follow_up` of a bad rating, of an `order` sent by hand, or,
    with none of them, of the clock of the whole application. `key` names the desk of a step still open. Whose rating
    was followed up the supervising body alone reads: for others number and title are empty.
    """

    id: int
    rung: Rung
    due: date
    at: datetime
    number: str
    title: str
    step: Text | None
    key: str | None
    owed: Named | None
    follow_up: int | None
    order: int | None
    department: Text
    answer: str
    answered_by: str | None
    answered_at: datetime | None
    may_answer: bool


@dataclass(frozen=True, slots=True)
class Supervision:
    """`waiting` counts the orders without an answer among all that this person may see."""

    page: Page[SupervisionRow]
    waiting: int
    orders_only: bool


def supervision(session: Session, *, orders_only: bool = False, page: int = 1, by: Actor) -> Supervision:
    """Newest first; an office sees its own, who oversees sees all. As many queries for a thousand as for one."""
    check(by, "supervision:read")
    clerk = aliased(Account)
    wanted = (
        select(
            SupervisionRecord, Application.number, Application.title, Application.revision_id, StepRecord, clerk.name
        )
        .join(Application, Application.id == SupervisionRecord.application_id)
        .outerjoin(
            StepRecord,
            and_(
                StepRecord.application_id == SupervisionRecord.application_id,
                StepRecord.key == SupervisionRecord.subject,
            ),
        )
        .outerjoin(clerk, clerk.id == SupervisionRecord.answered_by)
        .where(*_seen_by(by))
    )
    if orders_only:
        wanted = wanted.where(*UNANSWERED)
    query, number, total = paged(session, wanted.order_by(SupervisionRecord.id.desc()), page)
    found = session.execute(query).all()
    items = items_by_revision(session, (row.revision_id for row in found))
    names = department_names(session)
    owed = named(session, [owing for row in found if (owing := _subject(row[0], "obligation")) is not None], by=by)
    rows = []
    for record, case_number, title, revision_id, step, answered_by in found:
        followed = _subject(record, "follow_up")
        is_told = followed is None or may(by, "rating:contact")
        rows.append(
            SupervisionRow(
                id=record.id,
                rung=record.rung,
                due=record.due,
                at=record.at,
                number=case_number if is_told else "",
                title=title if is_told else "",
                step=items[revision_id].steps[step.key].title if step else None,
                key=step.key if step and step.department_code == by.department else None,
                owed=owed.get(_subject(record, "obligation") or 0),
                follow_up=followed,
                order=_subject(record, "order"),
                department=names[record.department_code],
                answer=record.answer,
                answered_by=answered_by,
                answered_at=record.answered_at,
                may_answer=record.rung.is_order
                and record.answered_at is None
                and may(by, "supervision:answer", record),
            )
        )
    return Supervision(Page(tuple(rows), number, total), orders_unanswered(session, by=by), orders_only)


def orders_unanswered(session: Session, *, by: Actor) -> int:
    """How many orders of the ladder wait for an answer, among all that this person may see."""
    check(by, "supervision:read")
    counted = select(func.count()).select_from(SupervisionRecord).where(*UNANSWERED, *_seen_by(by))
    return session.scalar(counted) or 0


def _subject(record: SupervisionRecord, kind: str) -> int | None:
    """The number of what it is about, where that is of this kind."""
    found, _, number = record.subject.rpartition("-")
    return int(number) if found == kind else None


def _seen_by(by: Actor) -> tuple[ColumnElement[bool], ...]:
    if by.role.is_at_desk:
        return (SupervisionRecord.department_code == by.department,)
    return ()
