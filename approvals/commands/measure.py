"""Measure: enter how long a decided step or application took, in the transaction in which it was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from approvals.clock.calendar import Calendar
from approvals.clock.deadline import used
from approvals.clock.moment import Moment, local_date
from approvals.clock.pauses import Pause
from approvals.records.application import Application
from approvals.records.base import session_of, upsert, write_all
from approvals.records.dates import step_pauses
from approvals.records.fold import item_of, lead_of
from approvals.records.measure import CELL, MEASURES, Measured, MeasureRecord, Tally, Took
from approvals.records.step import StepRecord
from approvals.vocabulary import ApplicationStatus, Outcome, PauseReason
from services.item import StepKind, Unit

DECIDED = frozenset(
    {
        ApplicationStatus.GRANTED,
        ApplicationStatus.ISSUED,
        ApplicationStatus.REFUSED,
        ApplicationStatus.NOT_NEEDED,
        ApplicationStatus.NOT_ACCEPTED,
    }
)
"""Of what was withdrawn or terminated nobody decided anything: only the steps that were decided before are measured."""
TALLIED_AT_ONCE = 5000
TOOK = tuple(getattr(MeasureRecord, each.name) for each in fields(Took))


def measure_step(step: StepRecord, *, at: Moment) -> None:
    """Once a round is decided, before anything is settled. Issuing is the portal's own and is not measured."""
    application, decision = step.application, step.decision
    if decision is None or item_of(application).steps[step.key].kind is StepKind.ISSUE:
        return
    before = max((each for each in step.decisions if each.round < decision.round), key=_round, default=None)
    started = step.opened_at or at.instant
    if before is not None:
        idle = (pause for pause in application.pauses if pause.step_id == step.id and pause.reason is PauseReason.IDLE)
        ends = (pause.ended_at for pause in idle if pause.ended_at is not None)
        started = min((ended for ended in ends if ended >= before.at), default=at.instant)
    pauses = step_pauses(application, step)
    gross, net = _days(started, pauses, at)
    waiting = _days(started, [*pauses, *_held(step, at)], at)[1] if net else 0
    last = before.round if before is not None else 0
    asked = (each for each in application.corrections if each.step_id == step.id)
    _enter(
        session_of(step),
        Took(
            application_id=application.id,
            subject=Measured.STEP,
            step_key=step.key,
            round=step.round,
            item_code=application.item_code,
            stage=_stage(application),
            department_code=step.department_code,
            region=application.region or "",
            ended_on=at.today,
            is_promised=decision.is_promised,
            channel=application.channel,
            gross=gross,
            net=net,
            waiting=waiting,
            working=net - waiting,
            promised=None if step.promised_due is None else at.today <= step.promised_due,
            statutory=None if step.statutory_due is None else at.today <= step.statutory_due,
            corrections=sum(last < each.round < step.round for each in asked),
        ),
    )


def keep_measured(application: Application, before: ApplicationStatus, *, at: Moment) -> None:
    """Enter what was just decided; take away what was reopened. `before` is the status until now."""
    is_decided = application.status in DECIDED
    if is_decided is (before in DECIDED):
        return
    session = session_of(application)
    if not is_decided:
        whole = (MeasureRecord.application_id == application.id, MeasureRecord.subject == Measured.APPLICATION)
        _take_back(session, *whole)
        return
    accepting = {
        step.id: step for step in application.steps if item_of(application).steps[step.key].kind is StepKind.ACCEPTANCE
    }
    accepted = min(
        (one.at for step in accepting.values() for one in step.decisions if one.outcome is Outcome.ACCEPT),
        default=at.instant,
    )
    pauses = [
        pause.span
        for pause in application.pauses
        if pause.step_id is None
        or (pause.step_id in accepting and pause.reason is not PauseReason.IDLE and pause.began_at < accepted)
    ]
    gross, net = _days(application.submitted_at or at.instant, pauses, at)
    promised, statutory = application.promised_due, application.statutory_due
    _enter(
        session,
        Took(
            application_id=application.id,
            subject=Measured.APPLICATION,
            step_key="",
            round=0,
            item_code=application.item_code,
            stage=_stage(application),
            department_code=lead_of(application).department_code,
            region=application.region or "",
            ended_on=at.today,
            is_promised=any(one.is_promised for step in application.steps for one in step.decisions),
            channel=application.channel,
            gross=gross,
            net=net,
            waiting=None,
            working=None,
            promised=None if promised is None else at.today <= promised,
            statutory=None if statutory is None else at.today <= statutory,
            corrections=len(application.corrections),
        ),
    )


def measure_again(session: Session, applications: Sequence[int], took: Iterable[Took]) -> None:
    """Replace whatever is entered of these applications."""
    _take_back(session, MeasureRecord.application_id.in_(applications))
    for each in took:
        _enter(session, each)


def tally(session: Session, most: int = TALLIED_AT_ONCE) -> int:
    """Count the oldest measures that are not counted yet; how many they were. What a reader adds up stays the same."""
    new = select(MeasureRecord.id, *TOOK).where(~MeasureRecord.is_tallied).order_by(MeasureRecord.id).limit(most)
    rows = session.execute(new.with_for_update(skip_locked=True)).all()
    _count(session, [Took(*took) for _, *took in rows], 1)
    if rows:
        write_all(session, MeasureRecord, [row.id for row in rows], is_tallied=True)
    return len(rows)


def _days(started: datetime, pauses: Sequence[Pause], at: Moment) -> tuple[int, int]:
    """Working days since then, and those of them that are not in a pause."""
    calendar: Calendar = at.calendar
    first = local_date(started)
    gross = calendar.working_days(first, at.today)
    return gross, used(first, at.today, calendar, pauses, Unit.WORKING_DAYS) if gross else 0


def _held(step: StepRecord, at: Moment) -> list[Pause]:
    """When somebody had it: from the day after it was taken through the day it was put back."""
    found: list[Pause] = []
    since: datetime | None = None
    for act in step.assignments:
        if act.to_account is not None:
            since = since or act.at
        elif since is not None:
            found.append(Pause(local_date(since), local_date(act.at)))
            since = None
    if since is not None:
        found.append(Pause(local_date(since), at.today))
    return found


def _stage(application: Application) -> str:
    return str(item_of(application).construction_stage or "")


def _round(decision: Any) -> int:
    return int(decision.round)


def _enter(session: Session, took: Took) -> None:
    session.connection().execute(MEASURES, took.row)


def _take_back(session: Session, *wanted: ColumnElement[bool]) -> None:
    """Locked before it is asked whether they are counted, so that the worker does not count them meanwhile."""
    rows = session.execute(select(MeasureRecord.is_tallied, *TOOK).where(*wanted).with_for_update()).all()
    _count(session, [Took(*took) for is_tallied, *took in rows if is_tallied], -1)
    session.execute(delete(MeasureRecord).where(*wanted), execution_options={"synchronize_session": False})


def _count(session: Session, measured: Iterable[Took], cases: int) -> None:
    """In the order of their cells, so that two who count at once never wait for each other in a ring."""
    counts: Counter[tuple[Any, ...]] = Counter()
    for took in measured:
        for cell in took.cells():
            counts[cell] += cases
    if not counts:
        return
    new = upsert(session, Tally)
    adding = new.on_conflict_do_update(index_elements=CELL, set_={"cases": Tally.cases + new.excluded.cases})
    rows = [{**dict(zip(CELL, cell, strict=True)), "cases": number} for cell, number in sorted(counts.items())]
    session.connection().execute(adding, rows)
