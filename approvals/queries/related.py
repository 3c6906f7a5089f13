"""What stands beside an application: the same matter again, others at its address, what its applicant lets it use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.errors import NotFound
from approvals.permissions import Actor, check
from approvals.queries.reuse import Lent, lent_to
from approvals.records.application import Application, Submission
from approvals.records.step import StepRecord
from approvals.records.whereabouts import Whereabouts, addresses_in, sites
from approvals.vocabulary import ApplicationStatus
from services.current import catalogue
from services.item import Text

MOST = 10


@dataclass(frozen=True, slots=True)
class Relative:
    """`key` is the department's own step in it, by which it is opened."""

    number: str
    key: str
    title: str
    item: Text
    status: ApplicationStatus
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Related:
    """Newest first, MOST of each. `again`: the same item by the same applicant, `others`: another one, running or over.
    `nearby`: at an address that both name.
    Only applications in which this department has a part. `held`: the certificates that the applicant lets it use.
    """

    again: tuple[Relative, ...]
    others: tuple[Relative, ...]
    nearby: tuple[Relative, ...]
    held: tuple[Lent, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.again or self.others or self.nearby or self.held)


def related(session: Session, number: str, *, by: Actor, at: Moment) -> Related:
    """As many queries, whatever there is."""
    check(by, "queue:read")
    application = session.scalars(select(Application).where(Application.number == number)).one_or_none()
    if application is None:
        raise NotFound
    own = _same_owner(application)
    again = _relatives(session, [own, Application.item_code == application.item_code], application, by)
    others = _relatives(session, [own, Application.item_code != application.item_code], application, by)
    last = select(Submission).where(Submission.application_id == application.id).order_by(Submission.version.desc())
    sent = session.scalars(last.limit(1)).first()
    places = sites(addresses_in(sent.answers)) if sent is not None else frozenset()
    there = select(Whereabouts.application_id).where(Whereabouts.mark.in_(places))
    known = {each.number for each in (*again, *others)}
    nearby = _relatives(session, [Application.id.in_(there)], application, by) if places else ()
    nearby = tuple(each for each in nearby if each.number not in known)
    return Related(again, others, nearby, lent_to(session, application.id, at.today))


def _same_owner(application: Application) -> ColumnElement[bool]:
    if application.organisation_id is not None:
        return Application.organisation_id == application.organisation_id
    return (Application.applicant_id == application.applicant_id) & Application.organisation_id.is_(None)


def _relatives(
    session: Session, wanted: list[ColumnElement[bool]], application: Application, by: Actor
) -> tuple[Relative, ...]:
    first = func.min(StepRecord.key)
    columns = (
        Application.number,
        Application.title,
        Application.item_code,
        Application.status,
        Application.submitted_at,
    )
    rows = session.execute(
        select(first.label("key"), *columns)
        .join(StepRecord, StepRecord.application_id == Application.id)
        .where(
            *wanted,
            StepRecord.department_code == by.department,
            Application.id != application.id,
            Application.number.is_not(None),
        )
        .group_by(Application.id, *columns)
        .order_by(Application.submitted_at.desc())
        .limit(MOST)
    )
    names: Mapping[str, Text] = {code: item.name for code, item in catalogue().items.items()}
    return tuple(
        Relative(
            row.number,
            row.key,
            row.title,
            names.get(row.item_code, Text(row.item_code)),
            row.status,
            row.submitted_at,
        )
        for row in rows
    )
