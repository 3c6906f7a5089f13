"""The clock strikes: what silence and passing days bring about, for many applications at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from approvals.audit.append import append
from approvals.clock.ladder import Reached
from approvals.clock.moment import Moment
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.conclude import conclude, consequences
from approvals.commands.follow_up import press
from approvals.commands.honour import honour
from approvals.commands.remind import remind
from approvals.commands.settle import Rungs, write_dates
from approvals.commands.supervise import chase
from approvals.events import Event
from approvals.permissions import SYSTEM
from approvals.records.application import Application, Submission
from approvals.records.base import gathered, send, session_of, write
from approvals.records.dates import due_by_law, morning, promise_due
from approvals.records.fold import item_of, lead_of
from approvals.records.obligation import Obligation
from approvals.records.order import Order
from approvals.records.rating import FollowUp
from approvals.records.step import StepRecord
from approvals.records.supervision import SupervisionRecord
from approvals.vocabulary import Outcome, Rung, StepStatus
from services.item import Step, StepKind

RECORDS = insert(SupervisionRecord.__table__)  # type: ignore[arg-type]  # declared as FromClause, it is a Table

Recorded = set[tuple[int, str, Rung, date]]


def tick(session: Session, applications: Sequence[Application], *, at: Moment) -> int:
    """Act on every clock of these locked applications that woke; how many rungs of the ladder were reached.

    It recomputes before it acts and writes down what it did, so that a second scheduler, a clock that jumps or a night
    without scheduler bring about nothing twice and leave nothing out.
    """
    for application in applications:
        _deem(session, application, at)
        honour(application, at=at)
    reminded = sum(act(session, applications, at=at) for act in (remind, press, chase))
    recorded = _recorded(session, applications)
    session.flush()
    before = len(recorded)
    with gathered(session):
        for application in applications:
            _climb(application, recorded, at)
    return len(recorded) - before + reminded


def postpone(session: Session, application_id: int, until: datetime) -> None:
    """Leave an application alone that cannot be acted on now, so that it does not stand in the way of the others."""
    owners = (StepRecord, StepRecord.application_id), (Obligation, Obligation.application_id)
    rest = (FollowUp, FollowUp.application_id), (Order, Order.application_id), (Application, Application.id)
    for record, owner in (*owners, *rest):
        woken = (owner == application_id, record.wake_at.is_not(None), record.wake_at < until)
        session.execute(update(record).where(*woken).values(wake_at=until))


def _deem(session: Session, application: Application, at: Moment) -> None:
    """Article 32: silence for the whole limit is acceptance, from the day the materials were received. A consultation's
    silence is consent only where its item says so.
    """
    if application.status.is_decided:
        return
    for step in application.steps:
        if step.status is not StepStatus.OPEN:
            continue
        planned = item_of(application).steps[step.key]
        if planned.kind is StepKind.ACCEPTANCE and _is_silent(application, step, planned, at):
            received = session.scalars(
                select(Submission.at)
                .where(Submission.application_id == application.id)
                .order_by(Submission.version.desc())
                .limit(1)
            ).one()
            conclude(step, Outcome.ACCEPT, "", "", by=SYSTEM, at=at, deemed_from=received)
            consequences(application, step, Outcome.ACCEPT, by=SYSTEM, at=at)
        elif planned.deemed_consent and _is_silent(application, step, planned, at):
            conclude(step, Outcome.AGREE, "", "", by=SYSTEM, at=at, deemed_from=at.instant)


def _is_silent(application: Application, step: StepRecord, planned: Step, at: Moment) -> bool:
    """Whether the day until which it may speak is past: that day itself is still in time. It is counted anew before
    anything follows from it, for days may have been closed since it was written.
    """
    counts_promise = planned.kind is not StepKind.ACCEPTANCE and planned.promised.days is not None
    written = step.promised_due if counts_promise else step.statutory_due
    if written is None or at.today <= written:
        return False
    counted = (promise_due if counts_promise else due_by_law)(application, step, planned, at=at)
    return counted is not None and at.today > counted.due


def _recorded(session: Session, applications: Sequence[Application]) -> Recorded:
    record = SupervisionRecord
    wanted = select(record.application_id, record.subject, record.rung, record.due).where(
        record.application_id.in_([application.id for application in applications])
    )
    return {(owner, subject, rung, due) for owner, subject, rung, due in session.execute(wanted)}


def _climb(application: Application, recorded: Recorded, at: Moment) -> None:
    """Record each rung reached, once for its due date, and sleep until the next."""

    def climb(subject: Application | StepRecord, rungs: Rungs) -> datetime | None:
        for rung in rungs:
            if rung.since <= at.today:
                _record(application, subject, rung, recorded, at)
        ahead = [rung.since for rung in rungs if rung.since > at.today]
        return morning(min(ahead)) if ahead else None

    known = {step.key: (step.promised_due, step.statutory_due) for step in application.steps}
    known[""] = (application.promised_due, application.statutory_due)
    moved = write_dates(application, at=at, afresh=True, waking=climb)
    subjects: list[Application | StepRecord] = [application, *application.steps]
    for subject in subjects:
        if subject.wake_at is not None and subject.wake_at <= at.instant:
            write(subject, wake_at=None)  # it does not run, so nothing is to be done
    if moved:
        event = append(
            application,
            Event.DATES_MOVED,
            by=SYSTEM,
            at=at.instant,
            clocks=[[key, *(day.isoformat() if day else None for day in known[key])] for key in moved],
        )
        announce(application, ParcelKind.LETTER, event, at=at)


def _record(
    application: Application, subject: Application | StepRecord, reached: Reached, recorded: Recorded, at: Moment
) -> None:
    key, rung, due = subject.key if isinstance(subject, StepRecord) else "", reached.rung, reached.due
    if (application.id, key, rung, due) in recorded:
        return
    recorded.add((application.id, key, rung, due))
    responsible = subject if isinstance(subject, StepRecord) else lead_of(application)
    values = {
        "application_id": application.id,
        "subject": key,
        "department_code": responsible.department_code,
        "rung": rung,
        "due": due,
        "at": at.instant,
        "answer": "",
    }
    send(session_of(application), RECORDS, values)
    append(application, Event.RUNG_REACHED, by=SYSTEM, at=at.instant, subject=key, rung=str(rung), due=due.isoformat())
