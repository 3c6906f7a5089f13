"""Keep the draft of an opinion or of a correction request, or drop it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.errors import NotFound, NotYourStep
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.base import upsert
from approvals.records.opinion_draft import CORRECTION, OpinionDraft
from approvals.records.step import StepRecord


def keep_opinion(
    session: Session, number: str, key: str, content: Mapping[str, object], *, round_: int, by: Actor, at: Moment
) -> None:
    """It takes the place of the one before. Nothing is judged yet: what is half written is kept half written."""
    step = _step(session, number, key, by)
    before = _content(session, step, by)
    corrections = {CORRECTION: before[CORRECTION]} if CORRECTION in before else {}
    _keep(session, step, {**content, **corrections}, round_, by, at)


def keep_correction(
    session: Session, number: str, key: str, content: Mapping[str, object], *, round_: int, by: Actor, at: Moment
) -> None:
    """The same of a correction request, beside the opinion; with nothing in it, it is dropped."""
    step = _step(session, number, key, by)
    opinion = {name: value for name, value in _content(session, step, by).items() if name != CORRECTION}
    kept = {CORRECTION: dict(content)} if any(content.values()) else {}
    _keep(session, step, {**opinion, **kept}, round_, by, at)


def _content(session: Session, step: int, by: Actor) -> Mapping[str, object]:
    mine = (OpinionDraft.account_id == by.person, OpinionDraft.step_id == step)
    return session.scalars(select(OpinionDraft.content).where(*mine)).one_or_none() or {}


def _keep(session: Session, step: int, content: Mapping[str, object], round_: int, by: Actor, at: Moment) -> None:
    if not any(content.values()):
        _drop(session, step, by)
        return
    values = {"round": round_, "content": dict(content), "at": at.instant}
    statement = upsert(session, OpinionDraft).values(account_id=by.person, step_id=step, **values)
    place = [OpinionDraft.account_id, OpinionDraft.step_id]
    session.execute(statement.on_conflict_do_update(index_elements=place, set_=values))


def drop_opinion(session: Session, number: str, key: str, *, by: Actor) -> None:
    """Where there is none, nothing happens."""
    _drop(session, _step(session, number, key, by), by)


def _drop(session: Session, step: int, by: Actor) -> None:
    mine = (OpinionDraft.account_id == by.person, OpinionDraft.step_id == step)
    session.execute(delete(OpinionDraft).where(*mine))


def _step(session: Session, number: str, key: str, by: Actor) -> int:
    check(by, "queue:read")
    which = (
        select(StepRecord.id, StepRecord.department_code)
        .join(Application, StepRecord.application_id == Application.id)
        .where(Application.number == number, StepRecord.key == key)
    )
    found = session.execute(which).one_or_none()
    if found is None:
        raise NotFound
    if found.department_code != by.department:
        raise NotYourStep
    return int(found.id)
