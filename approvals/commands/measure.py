"""Measure: enter how long a decided step or application took, in the transaction in which it was decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from approvals.clock.calendar import Calendar
from approvals.clock.deadline import used
from approvals.clock.moment import Moment, local_date
from approvals.clock.pauses import Pause
from approvals.records.application import Application
from approvals.records.base import session_of
from approvals.records.dates import step_pauses
from approvals.records.fold import item_of, lead_of
from approvals.records.measure import CELL, MEASURES, TALLIES, Measured, MeasureRecord, Tally, Took
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
GATHERED_AT_ONCE = 5000


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
        _take_back(session, application)
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
    owners = MeasureRecord.application_id.in_(applications)
    for record in session.scalars(select(MeasureRecord).where(owners)).all():
        _tally(session, record.took, -1)
    session.execute(delete(MeasureRecord).where(owners), execution_options={"synchronize_session": False})
    session.expire_all()
    for each in took:
        _enter(session, each)


def gather(session: Session, most: int = GATHERED_AT_ONCE) -> int:
    """Put the newest tallies of one cell together; how many rows were taken up. The sums stay what they are."""
    new = select(Tally.id).where(~Tally.is_gathered).order_by(Tally.id).limit(most).with_for_update(skip_locked=True)
    ids = session.scalars(new).all()
    columns = [getattr(Tally, name) for name in CELL]
    gone: list[Any] = []
    while part := ids[len(gone) : len(gone) + 500]:
        taken = delete(Tally).where(Tally.id.in_(part)).returning(*columns, Tally.cases)
        gone += session.execute(taken, execution_options={"synchronize_session": False}).all()
    sums: dict[tuple[Any, ...], int] = {}
    for *cell, cases in gone:
        sums[tuple(cell)] = sums.get(tuple(cell), 0) + cases
    for cell_, cases in sums.items():
        if not cases:
            continue
        here = [column == value for column, value in zip(columns, cell_, strict=True)]
        into = session.scalars(select(Tally.id).where(*here, Tally.is_gathered).limit(1)).first()
        if into is None:
            session.execute(insert(Tally), {**dict(zip(CELL, cell_, strict=True)), "cases": cases, "is_gathered": True})
        else:
            session.execute(
                update(Tally).where(Tally.id == into).values(cases=Tally.cases + cases),
                execution_options={"synchronize_session": False},
            )
    return len(gone)


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
    session.connection().execute(MEASURES, {**asdict(took), "month": took.month})
    _tally(session, took, 1)


def _tally(session: Session, took: Took, cases: int) -> None:
    cell = {**took.cell, "cases": cases, "is_gathered": False}
    rows = [{**cell, "figure": figure, "value": value} for figure, value in took.values()]
    session.connection().execute(TALLIES, rows)


def _take_back(session: Session, application: Application) -> None:
    whole = (MeasureRecord.application_id == application.id, MeasureRecord.subject == Measured.APPLICATION)
    for record in islice(session.scalars(select(MeasureRecord).where(*whole)).all(), 1):
        _tally(session, record.took, -1)
        session.expunge(record)
    session.execute(delete(MeasureRecord).where(*whole), execution_options={"synchronize_session": False})
