"""One application with all its facts in a fixed number of queries, for other queries; never handed to a door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, lazyload, load_only, selectinload

from approvals.chain.position import Position
from approvals.clock.moment import Moment
from approvals.permissions import Actor
from approvals.queries.openings import readable
from approvals.records.application import Application
from approvals.records.certificate import Certificate
from approvals.records.correction import Correction
from approvals.records.fold import item_of, position_of
from approvals.records.people import Account, department_names
from approvals.records.step import StepRecord
from services.item import Item, Text


@dataclass(frozen=True)
class Case:
    """`departments` names every department by code; the position is folded from the facts, not read from the cache."""

    application: Application
    item: Item
    departments: Mapping[str, Text]
    position: Position

    def department(self, step: StepRecord) -> Text:
        return self.departments[step.department_code]

    @property
    def applicant(self) -> str:
        organisation = self.application.organisation
        return organisation.name if organisation else self.application.applicant.name


def load_case(session: Session, number: str, *, by: Actor, at: Moment) -> Case:
    """What does not exist and what this person may not read answer the same: NotFound. ReasonNeeded for what is not
    their work, before they have said why.
    """
    application = session.scalar(
        select(Application)
        .where(Application.number == number)
        .options(
            joinedload(Application.revision),
            joinedload(Application.applicant).options(lazyload(Account.memberships)),
            joinedload(Application.organisation),
            joinedload(Application.certificate).options(
                load_only(Certificate.number, Certificate.status, Certificate.issued_at)
            ),
            selectinload(Application.steps).selectinload(StepRecord.decisions),
            selectinload(Application.corrections).selectinload(Correction.entries),
            selectinload(Application.pauses),
        )
    )
    application = readable(session, application, by=by, at=at)
    return Case(application, item_of(application), department_names(session), position_of(application))
