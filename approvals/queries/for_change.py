"""Load one entity for a command, its application locked first: the only query that hands out entities."""

from __future__ import annotations

import re

from sqlalchemy import BindParameter, ColumnElement, bindparam, exists, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from approvals.errors import NotFound
from approvals.records.application import Application
from approvals.records.catalogue import ItemRevision
from approvals.records.certificate import Certificate
from approvals.records.correction import Correction
from approvals.records.pause import PauseRecord
from approvals.records.people import Organisation
from approvals.records.step import Decision, StepRecord

OF: BindParameter[int] = bindparam("application")
AFRESH = {"populate_existing": True}
LOCKING = (
    select(Application)
    .with_for_update(of=Application)
    .options(joinedload(Application.revision, innerjoin=True))
    .execution_options(**AFRESH)
)
STEPS = (
    select(StepRecord).where(StepRecord.application_id == OF).order_by(StepRecord.position).execution_options(**AFRESH)
)
DECISIONS = (
    select(Decision)
    .join(StepRecord)
    .where(StepRecord.application_id == OF)
    .order_by(Decision.round)
    .execution_options(**AFRESH)
)
INTERRUPTED = select(exists().where(Correction.application_id == OF), exists().where(PauseRecord.application_id == OF))
"""Whether there were corrections or pauses at all: mostly there were none, and two readings are saved."""
CORRECTIONS = (
    select(Correction).where(Correction.application_id == OF).order_by(Correction.id).execution_options(**AFRESH)
)
PAUSES = (
    select(PauseRecord).where(PauseRecord.application_id == OF).order_by(PauseRecord.id).execution_options(**AFRESH)
)

NUMBER = re.compile(r"\d{6}-\d{8}-[A-Z]+-\d{6}-[0-9A-Z]")

LOCKED = "locked application"
"""Where the session holds the application being changed: a refusal is witnessed on it, and while it is held, steps find
it in memory instead of asking for it again."""


def lock(session: Session, application_id: int) -> Application | None:
    """By id; None where there is none."""
    return _lock(session, Application.id == application_id)


def application(session: Session, number: str) -> Application:
    """By its number, or by the token of a draft; NotFound otherwise."""
    column = Application.number if NUMBER.fullmatch(number) else Application.token
    locked = _lock(session, column == number)
    if locked is None:
        raise NotFound
    return locked


def _lock(session: Session, which: ColumnElement[bool]) -> Application | None:
    """Lock the row, then read all its facts by statements of their own, so that none is older than the lock.

    Plain selects, made once and put together by hand: SQLAlchemy's own eager loading of the same rows takes twice
    as long.
    """
    found = session.scalar(LOCKING.where(which))
    if found is None:
        return None
    session.info[LOCKED] = found
    of = {"application": found.id}
    steps = list(session.scalars(STEPS, of))
    taken: dict[int, list[Decision]] = {step.id: [] for step in steps}
    for decision in session.scalars(DECISIONS, of):
        taken[decision.step_id].append(decision)
    for step in steps:
        set_committed_value(step, "application", found)
        set_committed_value(step, "decisions", taken[step.id])
    set_committed_value(found, "steps", steps)
    was_returned, was_stopped = session.execute(INTERRUPTED, of).one()
    set_committed_value(found, "corrections", list(session.scalars(CORRECTIONS, of)) if was_returned else [])
    set_committed_value(found, "pauses", list(session.scalars(PAUSES, of)) if was_stopped else [])
    return found


def step(session: Session, number: str, key: str) -> StepRecord:
    """A step of an application, by number and key."""
    found = next((each for each in application(session, number).steps if each.key == key), None)
    if found is None:
        raise NotFound
    return found


def certificate(session: Session, application_id: int) -> Certificate:
    """The certificate of an application."""
    locked = lock(session, application_id)
    if locked is None or locked.certificate is None:
        raise NotFound
    return locked.certificate


def revision(session: Session, item_code: str) -> ItemRevision:
    """The newest published revision of an item."""
    newest = select(ItemRevision).where(ItemRevision.item_code == item_code).order_by(ItemRevision.number.desc())
    found = session.scalars(newest.limit(1)).first()
    if found is None:
        raise NotFound
    return found


def organisation(session: Session, organisation_id: int) -> Organisation:
    """An organisation by id."""
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound
    return found
