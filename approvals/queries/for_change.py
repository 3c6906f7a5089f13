"""Load one entity for a command, its application locked first: the only query that hands out entities."""

from __future__ import annotations

import re

from sqlalchemy import BindParameter, Select, bindparam, exists, select
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
WHICH: BindParameter[object] = bindparam("which")
LOCKING = (
    select(Application)
    .with_for_update(of=Application)
    .options(joinedload(Application.revision, innerjoin=True))
    .execution_options(**AFRESH)
)
BY_ID = LOCKING.where(Application.id == WHICH)
BY_NUMBER = LOCKING.where(Application.number == WHICH)
BY_TOKEN = LOCKING.where(Application.token == WHICH)
WAS_RETURNED = select(exists().where(Correction.application_id == OF)).scalar_subquery()
WAS_STOPPED = select(exists().where(PauseRecord.application_id == OF)).scalar_subquery()
"""Whether there were corrections or pauses at all: mostly there were none, and two readings are saved."""
STEPS = (
    select(StepRecord, Decision, WAS_RETURNED, WAS_STOPPED)
    .outerjoin(Decision, Decision.step_id == StepRecord.id)
    .where(StepRecord.application_id == OF)
    .order_by(StepRecord.position, Decision.round)
    .execution_options(**AFRESH)
)
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
    return _lock(session, BY_ID, application_id)


def application(session: Session, number: str) -> Application:
    """By its number, or by the token of a draft; NotFound otherwise."""
    locked = _lock(session, BY_NUMBER if NUMBER.fullmatch(number) else BY_TOKEN, number)
    if locked is None:
        raise NotFound
    return locked


def _lock(session: Session, locking: Select[Application], which: object) -> Application | None:
    """Lock the row, then read all its facts by statements of their own, so that none is older than the lock.

    Plain selects, made once and put together by hand: SQLAlchemy's own eager loading of the same rows takes twice
    as long.
    """
    found = session.scalar(locking, {"which": which})
    if found is None:
        return None
    session.info[LOCKED] = found
    of = {"application": found.id}
    rows = session.execute(STEPS, of).all()
    was_returned, was_stopped = rows[0][2:] if rows else (False, False)
    taken: dict[StepRecord, list[Decision]] = {}
    for step, decision, *_ in rows:
        taken.setdefault(step, []).extend([decision] if decision else [])
    for step, decisions in taken.items():
        set_committed_value(step, "decisions", decisions)
    set_committed_value(found, "steps", list(taken))
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
