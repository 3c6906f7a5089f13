"""Load one entity for a command, its application locked first: the only query that hands out entities."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, Row, Select, bindparam, exists, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from approvals.clock.moment import Moment, local_date
from approvals.errors import NotFound
from approvals.permissions import Actor
from approvals.records.application import Application
from approvals.records.bundle import BundleRecord
from approvals.records.catalogue import ItemRevision
from approvals.records.certificate import Certificate
from approvals.records.copy import CertificateCopy
from approvals.records.correction import Correction
from approvals.records.counter import Visit
from approvals.records.loading import columns, entity, fact
from approvals.records.order import Order
from approvals.records.paper import PaperVersion
from approvals.records.pause import PauseRecord
from approvals.records.people import Organisation
from approvals.records.rating import FollowUp
from approvals.records.sequence import hold
from approvals.records.step import Decision, StepRecord
from approvals.records.supervision import SupervisionRecord

AFRESH = {"populate_existing": True}
OF_APPLICATION, OF_REVISION, OF_STEP, OF_DECISION = map(columns, (Application, ItemRevision, StepRecord, Decision))
LOCKING = (
    select(*OF_APPLICATION, *OF_REVISION)
    .join(ItemRevision, ItemRevision.id == Application.revision_id)
    .with_for_update(of=Application)
)
WHICH: BindParameter[object] = bindparam("which")
BY_ID = LOCKING.where(Application.id == WHICH)
BY_NUMBER = LOCKING.where(Application.number == WHICH)
BY_TOKEN = LOCKING.where(Application.token == WHICH)
OF: BindParameter[int] = bindparam("applications", expanding=True)
FREE_ONES = LOCKING.with_for_update(of=Application, skip_locked=True).where(Application.id.in_(OF))
WAS_RETURNED = select(exists().where(Correction.application_id.in_(OF))).scalar_subquery()
WAS_STOPPED = select(exists().where(PauseRecord.application_id.in_(OF))).scalar_subquery()
"""Whether there were corrections or pauses at all: mostly there were none, and two readings are saved."""
STEPS = (
    select(*OF_STEP, *OF_DECISION, WAS_RETURNED, WAS_STOPPED)
    .outerjoin(Decision, Decision.step_id == StepRecord.id)
    .where(StepRecord.application_id.in_(OF))
    .order_by(StepRecord.position, Decision.round)
)
CORRECTIONS = (
    select(Correction).where(Correction.application_id.in_(OF)).order_by(Correction.id).execution_options(**AFRESH)
)
PAUSES = (
    select(PauseRecord).where(PauseRecord.application_id.in_(OF)).order_by(PauseRecord.id).execution_options(**AFRESH)
)

NUMBER = re.compile(r"\d{6}-\d{8}-[A-Z]+-\d{6}-[0-9A-Z]")

LOCKED = "locked application"
"""Where the session holds the application being changed: a refusal is witnessed on it, and while it is held, steps find
it in memory instead of asking for it again."""


def lock(session: Session, application_id: int) -> Application | None:
    """By id; None where there is none."""
    return _lock(session, BY_ID, application_id)


def bundle(session: Session, token: str) -> BundleRecord:
    """Locked; NotFound otherwise."""
    found = session.scalar(select(BundleRecord).where(BundleRecord.token == token).with_for_update())
    if found is None:
        raise NotFound
    return found


def application(session: Session, number: str) -> Application:
    """By its number, or by the token of a draft; NotFound otherwise."""
    locked = _lock(session, BY_NUMBER if NUMBER.fullmatch(number) else BY_TOKEN, number)
    if locked is None:
        raise NotFound
    return locked


def free_ones(session: Session, application_ids: Sequence[int]) -> list[Application]:
    """Those of the applications that nobody else is changing right now, locked."""
    session.flush()
    rows = session.connection().execute(FREE_ONES, {"applications": application_ids})
    found = [_application(session, row) for row in rows]
    _read_facts(session, found)
    return found


def _lock(session: Session, locking: Select[Any], which: object) -> Application | None:
    """Lock the row, then read all its facts by statements of their own, so that none is older than the lock."""
    session.flush()
    row = session.connection().execute(locking, {"which": which}).one_or_none()
    if row is None:
        return None
    session.info[LOCKED] = found = _application(session, row)
    _read_facts(session, [found])
    return found


def _application(session: Session, row: Row[Any]) -> Application:
    found = entity(session, Application, row[: len(OF_APPLICATION)])
    set_committed_value(found, "revision", entity(session, ItemRevision, row[len(OF_APPLICATION) :]))
    return found


def _read_facts(session: Session, applications: Sequence[Application]) -> None:
    """Put together by hand, too. A decision is only ever read: it needs no place in the session."""
    of = {"applications": [application.id for application in applications]}
    rows = session.connection().execute(STEPS, of).all()
    was_returned, was_stopped = rows[0][-2:] if rows else (False, False)
    steps: dict[int, StepRecord] = {}
    decisions: dict[int, list[Decision]] = {}
    for row in rows:
        number = row[0]
        if number not in steps:
            steps[number] = entity(session, StepRecord, row[: len(OF_STEP)])
            decisions[number] = []
        if row[len(OF_STEP)] is not None:
            decisions[number].append(fact(Decision, row[len(OF_STEP) : -2]))
    for number, taken in decisions.items():
        set_committed_value(steps[number], "decisions", taken)
    corrections = session.scalars(CORRECTIONS, of).all() if was_returned else ()
    pauses = session.scalars(PAUSES, of).all() if was_stopped else ()
    for name, records in (("steps", steps.values()), ("corrections", corrections), ("pauses", pauses)):
        own: dict[int, list[StepRecord | Correction | PauseRecord]] = {each.id: [] for each in applications}
        for record in records:
            own[record.application_id].append(record)
        for application in applications:
            set_committed_value(application, name, own[application.id])


def step(session: Session, number: str, key: str) -> StepRecord:
    """A step of an application, by number and key."""
    found = next((each for each in application(session, number).steps if each.key == key), None)
    if found is None:
        raise NotFound
    return found


def visit(session: Session, visit_id: int, *, by: Actor, at: Moment) -> Visit:
    """One that came to this clerk's window today; NotFound otherwise."""
    found = session.get(Visit, visit_id)
    if found is None or found.clerk_id != by.account or local_date(found.at) != at.today:
        raise NotFound
    return found


def order(session: Session, record_id: int) -> tuple[SupervisionRecord, Application]:
    """A supervision record and the application it is about."""
    found = session.get(SupervisionRecord, record_id)
    locked = lock(session, found.application_id) if found else None
    if found is None or locked is None:
        raise NotFound
    session.refresh(found)
    return found, locked


def sent_order(session: Session, order_id: int) -> tuple[Order, Application]:
    """A supervision order that was sent by hand and the application it is about."""
    found = session.get(Order, order_id)
    locked = lock(session, found.application_id) if found else None
    if found is None or locked is None:
        raise NotFound
    session.refresh(found)
    return found, locked


def follow_up(session: Session, follow_up_id: int) -> tuple[FollowUp, Application]:
    """The follow-up of a bad rating and the application that was rated."""
    found = session.get(FollowUp, follow_up_id)
    locked = lock(session, found.application_id) if found else None
    if found is None or locked is None:
        raise NotFound
    session.refresh(found)
    return found, locked


def copy(session: Session, copy_id: int) -> CertificateCopy:
    """A copy of a certificate, afresh; its application is locked before."""
    found = session.get(CertificateCopy, copy_id, populate_existing=True)
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


def paper(session: Session, department: str | None, subject: str, number: int) -> PaperVersion:
    """A version of what stands on a department's certificates. Versions never change; what is decided on them does."""
    wanted = select(PaperVersion).where(
        PaperVersion.department_code == department, PaperVersion.subject == subject, PaperVersion.number == number
    )
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound
    hold(session, f"paper:{department}:{subject}")
    return found


def organisation(session: Session, organisation_id: int) -> Organisation:
    """An organisation by id."""
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound
    return found
