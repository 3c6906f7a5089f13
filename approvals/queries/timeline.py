"""What has happened to an application, from its trail and its decisions, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from approvals.events import Event
from approvals.permissions import Actor, owns
from approvals.queries.case import Case
from approvals.queries.ticked import Ticked, ticked
from approvals.records.correction import Correction
from approvals.records.event import EventRecord
from approvals.records.extension import Extension
from approvals.records.intervention import Intervention
from approvals.records.late_reason import LateReasonGiven
from approvals.records.people import Account
from approvals.records.step import StepRecord
from approvals.vocabulary import LateReason, Outcome, PauseReason, Role
from services.item import Text, label

MOST = 200
"""Newest events shown; no ordinary application has as many."""

TOLD = (
    Event.SUBMITTED,
    Event.STEP_JOINED,
    Event.STEP_LEFT,
    Event.STEP_REOPENED,
    Event.STEP_MOVED,
    Event.STEP_HELD,
    Event.STEP_OPENED,
    Event.STEP_DECIDED,
    Event.OPINION_PROPOSED,
    Event.PROPOSAL_ENDED,
    Event.LATE_REASON_GIVEN,
    Event.EXTENSION_ASKED,
    Event.EXTENSION_DECLINED,
    Event.STEP_DROPPED,
    Event.CORRECTION_ASKED,
    Event.CORRECTION_ANSWERED,
    Event.AMENDED,
    Event.FILE_SHUT_AWAY,
    Event.CLOCK_PAUSED,
    Event.CLOCK_RESUMED,
    Event.EXTENDED,
    Event.SUSPENDED,
    Event.RESUMED,
    Event.TERMINATED,
    Event.REOPENED,
    Event.DATES_MOVED,
    Event.LATE_OPINION,
    Event.WITHDRAWN,
    Event.CERTIFICATE_ISSUED,
    Event.COMMITMENT_WITHDRAWN,
    Event.CERTIFICATE_REVOKED,
    Event.CERTIFICATE_RESTORED,
    Event.CREDIT_RECORDED,
    Event.HANDED_OUT,
    Event.OPENED,
)
"""Events that tell something of their own: acceptance, grant and refusal are decisions of a step already."""


INTERNAL = frozenset(
    {
        Event.OPINION_PROPOSED,
        Event.PROPOSAL_ENDED,
        Event.LATE_REASON_GIVEN,
        Event.EXTENSION_ASKED,
        Event.EXTENSION_DECLINED,
    }
)
"""What is for those alone who work for the office."""
APPLICANTS = frozenset(
    {Event.SUBMITTED, Event.CORRECTION_ANSWERED, Event.AMENDED, Event.WITHDRAWN, Event.COMMITMENT_WITHDRAWN}
)
"""What the applicant's side does."""
INTERVENED = frozenset(
    {
        Event.EXTENSION_ASKED,
        Event.EXTENSION_DECLINED,
        Event.EXTENDED,
        Event.SUSPENDED,
        Event.RESUMED,
        Event.TERMINATED,
        Event.REOPENED,
        Event.WITHDRAWN,
        Event.CERTIFICATE_REVOKED,
        Event.CERTIFICATE_RESTORED,
        Event.CREDIT_RECORDED,
        Event.LATE_REASON_GIVEN,
    }
)
"""What came from outside the chain, and why it is late: each has its reason in a row of its own."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event. `steps` and `departments` are those it is about; `lines` what was asked to mend, (what, how)."""

    event: Event
    at: datetime
    steps: tuple[Text, ...] = ()
    departments: tuple[Text, ...] = ()
    outcome: Outcome | None = None
    reason: str = ""
    conditions: str = ""
    pause: PauseReason | None = None
    days: int | None = None
    is_deemed: bool = False
    is_promised: bool = False
    """Decided by the portal on a commitment."""
    lines: tuple[tuple[Text, str], ...] = ()
    actor: str = ""
    """Of what somebody did for another: the person who did it, and `principal`, for whom. Who of the office stood in is
    never told to the applicant."""
    principal: str = ""
    late: LateReason | None = None
    role: Role | None = None
    """Of who looked in from outside the departments; never a name."""
    ticks: tuple[Ticked, ...] = ()
    """Of a decision; never for the applicant."""
    because: tuple[Text, ...] = ()
    """The questions and materials whose change brought it about, or whose file was shut away."""


def timeline(session: Session, case: Case, *, by: Actor) -> tuple[Happening, ...]:
    """Steps that opened at one moment are one happening. What was ticked, and who stood in for whom, is for those alone
    who work for the office.
    """
    is_applicants = by.role in (Role.CITIZEN, Role.COUNTER) or owns(by, case.application)
    rows = session.execute(
        select(
            EventRecord.kind,
            EventRecord.at,
            EventRecord.data,
            EventRecord.by_role,
            EventRecord.by_account,
            Account.name,
        )
        .outerjoin(Account, (Account.id == EventRecord.by_account) & (EventRecord.by_role == str(Role.CITIZEN)))
        .where(EventRecord.application_id == case.application.id, EventRecord.kind.in_([str(each) for each in TOLD]))
        .order_by(EventRecord.sequence.desc())
        .limit(MOST)
    ).all()
    names = {} if is_applicants else _stood_in(session, rows)
    reasons = _reasons(session, case.application.id)
    found: list[Happening] = []
    for kind, at, data, role, account, name in rows:
        told = _told(case, Event(kind), at, data, reasons)
        if told is None or (is_applicants and told.event in INTERNAL):
            continue
        if is_applicants:
            told = replace(told, ticks=())
        if told.event is Event.OPENED:
            told = replace(told, role=Role(role))
        if name and {"organisation", "person"} & data.keys() and told.event in APPLICANTS:
            told = replace(told, actor=name, principal=_principal(case))
        elif names and "deputy_for" in data:
            told = replace(told, actor=names[account], principal=names[data["deputy_for"]])
        if found and told.event is Event.STEP_OPENED and (found[-1].event, found[-1].at) == (told.event, told.at):
            told = _together(told, found.pop())
        found.append(told)
    return tuple(found)


def _stood_in(session: Session, rows: Sequence[Row[Any]]) -> dict[int, str]:
    """Names of those of the office who stood in for a colleague, and of these."""
    people = {each for row in rows if "deputy_for" in row.data for each in (row.by_account, row.data["deputy_for"])}
    found = session.execute(select(Account.id, Account.name).where(Account.id.in_(people))) if people else ()
    return {row.id: row.name for row in found}


def _principal(case: Case) -> str:
    organisation = case.application.organisation
    return organisation.name if organisation is not None else case.application.applicant.name


def _reasons(session: Session, application_id: int) -> dict[datetime, str]:
    """Why it was extended, suspended, ended, reopened or late, by the moment: the trail holds only a digest of it."""
    interventions = select(Intervention.at, Intervention.reason).where(Intervention.application_id == application_id)
    extensions = select(Extension.at, Extension.reason).where(Extension.application_id == application_id)
    stated = (
        select(LateReasonGiven.at, LateReasonGiven.note)
        .join(StepRecord, StepRecord.id == LateReasonGiven.step_id)
        .where(StepRecord.application_id == application_id)
    )
    return {row.at: row.reason for row in session.execute(interventions.union_all(extensions, stated))}


def _together(first: Happening, second: Happening) -> Happening:
    departments = tuple(dict.fromkeys((*first.departments, *second.departments)))
    return Happening(first.event, first.at, (*first.steps, *second.steps), departments)


def _told(
    case: Case, event: Event, at: datetime, data: Mapping[str, Any], interventions: Mapping[datetime, str]
) -> Happening | None:
    step = next((each for each in case.application.steps if each.key == data.get("step")), None)
    told = Happening(
        event, at, (case.item.steps[step.key].title,) if step else (), (case.department(step),) if step else ()
    )
    if event in INTERVENED:
        late = LateReason(data["reason"]) if event is Event.LATE_REASON_GIVEN else None
        return replace(told, days=data.get("days"), late=late, reason=interventions.get(at, ""))
    match event:
        case Event.STEP_DECIDED:
            decision = next((each for each in step.decisions if each.round == data["round"]), None) if step else None
            if decision is None or decision.outcome is Outcome.ISSUED:
                return None  # the certificate tells it better
            return replace(
                told,
                outcome=decision.outcome,
                reason=decision.reason,
                conditions=decision.conditions,
                is_deemed=decision.is_deemed,
                is_promised=decision.is_promised,
                ticks=ticked(case.item, data["step"], decision),
            )
        case Event.STEP_JOINED:
            # Those that took part from the first are told by the submission.
            return replace(told, because=_named(case, data["why"])) if "why" in data else None
        case Event.STEP_LEFT | Event.STEP_MOVED:
            return replace(told, because=_named(case, data["why"]))
        case Event.FILE_SHUT_AWAY:
            return replace(told, because=_named(case, [data["material"]]))
        case Event.STEP_REOPENED:
            return replace(told, because=_named(case, [*data["questions"], *data["materials"]]))
        case Event.CORRECTION_ASKED:
            asked = _asked(case, step, data["round"])
            if asked is None:
                return told
            lines = tuple((label(case.item, each.target), each.text) for each in asked.entries)
            return replace(told, lines=lines, reason=asked.why_again)
        case Event.CLOCK_PAUSED:
            return replace(told, reason=_note(case, step, at), pause=PauseReason(data["reason"]), days=data.get("days"))
        case Event.CORRECTION_ANSWERED:
            return replace(
                told, steps=tuple(each.title for key, each in case.item.steps.items() if key in data["steps"])
            )
        case _:
            return told


def _named(case: Case, keys: Iterable[str]) -> tuple[Text, ...]:
    return tuple(label(case.item, key) for key in keys)


def _asked(case: Case, step: StepRecord | None, round_: int) -> Correction | None:
    for asked in case.application.corrections:
        if step is not None and (asked.step_id, asked.round) == (step.id, round_):
            return asked
    return None


def _note(case: Case, step: StepRecord | None, at: datetime) -> str:
    """A pause has no number of its own in the trail; its step and moment name it."""
    for pause in case.application.pauses:
        if step is not None and (pause.step_id, pause.began_at) == (step.id, at):
            return pause.note
    return ""
