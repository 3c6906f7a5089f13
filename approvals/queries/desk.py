"""The desk: everything a clerk needs to work on one step, and nothing else about the applicant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.certificates.content import unprintable
from approvals.certificates.glyphs import spoken
from approvals.chain.checklist import points
from approvals.chain.position import BEGUN
from approvals.clock.moment import Moment
from approvals.errors import NotFound
from approvals.permissions import Actor, check, may, owns
from approvals.queries.case import Case, load_case
from approvals.queries.desk_answers import AnswerSection, Change, changes_of, sections_of, submissions_of
from approvals.queries.desk_materials import DeskMaterial, annotations_of, materials_on, notes_of
from approvals.queries.holding import Holding, holding
from approvals.queries.lane import Lane, lane
from approvals.queries.ledger import StoppedTime, ledger
from approvals.queries.orders import OrderRow, orders_on
from approvals.queries.reckoning import Reckoning, reckoning
from approvals.queries.signature import Signature, signatures
from approvals.queries.ticked import Ticked, ticked
from approvals.queries.whole import ExtensionAsked, extension_asked
from approvals.records.amending import is_amending
from approvals.records.annotation import Annotation
from approvals.records.application import Application
from approvals.records.extension import most_days
from approvals.records.fold import lead_of
from approvals.records.late_reason import LateReasonGiven
from approvals.records.look import Look
from approvals.records.people import region_names
from approvals.records.proposal import Proposal
from approvals.records.step import LateOpinion, StepRecord
from approvals.vocabulary import ApplicationStatus, Channel, LateReason, Outcome, PauseReason, ProposalEnd
from services.answers import Answers, load, relevant
from services.item import Item, Point, StepKind, Text, label


@dataclass(frozen=True, slots=True)
class Late:
    """What a department said after its consent had been deemed: it changes nothing by itself."""

    outcome: Outcome
    reason: str
    conditions: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the step is, or was, past its due date in its round, as was stated last."""

    reason: LateReason
    note: str
    by: Signature | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Opinion:
    """What another department said, or that it has not yet."""

    lane: Lane
    by: Signature | None
    proposed_by: Signature | None
    """Of two people the first, whose opinion `by` confirmed."""
    at: datetime | None
    is_deemed: bool
    is_promised: bool
    """Given by the portal on the applicant's commitment: nobody has looked yet."""
    late: Late | None
    ticks: tuple[Ticked, ...]


@dataclass(frozen=True, slots=True)
class ToLookAt:
    """A point of the step's checklist, and what it is about by name."""

    point: Point
    about: Text | None
    is_about_material: bool


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the first of two people would decide, and what became of it; `ending` None while it waits for the second."""

    number: int
    by: Signature | None
    is_mine: bool
    at: datetime
    outcome: Outcome
    reason: str
    conditions: str
    ticks: tuple[Ticked, ...]
    found: tuple[tuple[str, str, str], ...]
    """The same by key: point, judgement, note."""
    ending: ProposalEnd | None
    note: str
    ended_by: Signature | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Ask:
    """What was asked to mend before: (kind, target, its name, what to do)."""

    asked_at: datetime
    answered_at: datetime | None
    by: Signature | None
    why_again: str
    entries: tuple[tuple[str, str, Text, str], ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """Why the applicant left something as it was that this step had asked to mend."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """A special procedure that runs now."""

    why: PauseReason
    note: str
    days: int | None
    began_at: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """`round` is sent back with the form, so that a decision on what was mended since is noticed."""

    number: str
    title: str
    item: Text
    applicant: str
    credit_code: str | None
    status: ApplicationStatus
    channel: Channel
    submitted_at: datetime | None
    is_accepted: bool
    amending_since: datetime | None
    """When the applicant opened an amendment; what is shown is what was sent."""
    lane: Lane
    round: int
    decided_by: Signature | None
    proposed_by: Signature | None
    """As in an opinion."""
    decided_at: datetime | None
    is_denied: bool
    """What it waited for did not consent: it may only be refused."""
    is_deemed: bool
    """Nobody spoke: the decision is the law's."""
    late: Late | None
    is_overdue: bool
    """Whoever decides it says why only now."""
    explanation: Explanation | None
    is_own: bool
    """The clerk is the applicant, and may not decide."""
    is_head: bool
    """Whether this person may act on the application as a whole."""
    sections: tuple[AnswerSection, ...]
    materials: tuple[DeskMaterial, ...]
    explained: tuple[Explained, ...]
    regions: dict[str, Text]
    opinions: tuple[Opinion, ...]
    asks: tuple[Ask, ...]
    procedure: Procedure | None
    reckoning: Reckoning | None
    stopped: tuple[StoppedTime, ...]
    """Of every step and of the whole application."""
    changes: tuple[Change, ...]
    basis: tuple[str, ...]
    """Of the item, by law and article."""
    conditions: tuple[Text, ...]
    """What the item asks of whoever applies."""
    slug: str
    """Of the item's guide."""
    extension: ExtensionAsked | None
    """What this department's desk has asked of whoever may extend the limits, as long as they have not done it."""
    extends_by: int
    """Working days that may be asked for; 0 where nothing can be."""
    orders: tuple[OrderRow, ...]
    """What waits for an answer about this step (督办)."""
    checklist: tuple[ToLookAt, ...]
    ticks: tuple[Ticked, ...]
    """How its points were found, once it is decided."""
    is_for_two: bool
    """What one person says counts once another one has confirmed it."""
    proposals: tuple[Proposed, ...]
    """Of the current round, newest first."""
    unprintable: str
    """Characters that stop its certificate when it is granted, named; empty once nothing can be done about it."""
    holding: Holding
    seen: int
    """How many events of the trail it shows."""
    is_read: bool
    """Whether the visitor has looked at all of them."""

    @property
    def passes_on(self) -> bool:
        """Whether it can be given to somebody: it is on the department's desk, and its outcome is for people to say."""
        return self.lane.status in BEGUN and self.lane.kind is not StepKind.ISSUE and not self.is_own

    @property
    def proposal(self) -> Proposed | None:
        """What waits for a second person."""
        return next((each for each in self.proposals if each.ending is None), None) if self.is_open else None

    @property
    def annotates(self) -> bool:
        """Whether anybody of the department may write on its pages."""
        return self.lane.status in BEGUN and not self.is_own

    @property
    def is_open(self) -> bool:
        return self.lane.status in BEGUN and self.lane.standing_still is None


def desk(session: Session, number: str, key: str, *, by: Actor, at: Moment) -> Desk:
    """NotFound for an application that the department has no part in, NotYourStep for another department's part."""
    case = load_case(session, number, by=by, at=at)
    application = case.application
    step = next((each for each in application.steps if each.key == key), None)
    if step is None:
        raise NotFound
    check(by, "step:decide", step)
    sent = submissions_of(session, application.id)
    answers = relevant(case.item, load(case.item, sent[-1].answers))
    before = relevant(case.item, load(case.item, sent[-2].answers)) if len(sent) > 1 else None
    annotations = annotations_of(session, case)
    clerks = _clerks(session, case, step, annotations)
    late, regions = _late(session, case), region_names(session)
    stopping = unprintable(case.item, answers, holder=case.applicant, regions=regions)
    decision = step.decision
    read = select(Look.id).where(
        Look.step_id == step.id, Look.account_id == by.person, Look.seen >= application.trail_length
    )
    return Desk(
        number=number,
        title=application.title,
        item=case.item.name,
        applicant=case.applicant,
        credit_code=application.organisation.credit_code if application.organisation else None,
        status=case.position.status,
        channel=application.channel,
        submitted_at=application.submitted_at,
        is_accepted=application.accepted_at is not None,
        amending_since=application.amending_since if is_amending(application, case.item) else None,
        lane=lane(case, step, None, at=at),
        round=step.round,
        decided_by=clerks.get(decision.by_account or 0) if decision else None,
        proposed_by=clerks.get(decision.proposed_by or 0) if decision else None,
        decided_at=decision.at if decision else None,
        is_denied=key in case.position.denied,
        is_deemed=decision is not None and decision.is_deemed,
        late=late.get(step.id),
        is_overdue=step.is_late(at.today),
        explanation=_explanation(step, clerks),
        is_own=owns(by, application),
        is_head=may(by, "application:suspend", application),
        sections=tuple(sections_of(case.item, answers, before)),
        materials=materials_on(session, case, key, answers, sent, notes_of(case, step, by, annotations, clerks)),
        explained=_explained(case, step),
        regions=regions,
        opinions=tuple(_opinions(case, step, clerks, late, at)),
        asks=tuple(_asks(case, step, clerks)),
        procedure=_procedure(case, step),
        reckoning=reckoning(case, key, at=at),
        stopped=ledger(case, at=at),
        changes=tuple(changes_of(case, step)),
        basis=case.item.basis,
        conditions=case.item.conditions,
        slug=case.item.slug,
        extension=extension_asked(session, application) if _is_lead(application, step) else None,
        extends_by=_extends_by(application, step, at),
        orders=orders_on(session, number, key, by=by, at=at),
        checklist=tuple(_checklist(case.item, key, answers)),
        ticks=ticked(case.item, key, decision),
        is_for_two=case.item.steps[key].two_persons,
        proposals=tuple(_proposals(case, step, by, clerks)),
        unprintable=spoken(stopping) if step.status in BEGUN else "",
        holding=holding(session, step, by=by),
        seen=application.trail_length,
        is_read=session.scalars(read).one_or_none() is not None,
    )


def _is_lead(application: Application, step: StepRecord) -> bool:
    return step.department_code == lead_of(application).department_code


def _extends_by(application: Application, step: StepRecord, at: Moment) -> int:
    is_reviewed = application.accepted_at is not None and not application.status.is_decided
    is_in_time = application.statutory_due is not None and at.today <= application.statutory_due
    is_possible = is_reviewed and is_in_time and not application.extended_days and step.status in BEGUN
    return most_days(application) if is_possible and _is_lead(application, step) else 0


def _checklist(item: Item, key: str, answers: Answers) -> Iterator[ToLookAt]:
    for point in points(item, key, answers):
        name = label(item, point.about) if point.about is not None else None
        yield ToLookAt(point, name, point.about is not None and point.about not in item.questions)


def _clerks(session: Session, case: Case, step: StepRecord, annotations: Sequence[Annotation]) -> dict[int, Signature]:
    """Who decided, asked or annotated, and who proposed what at this step or said why it is late."""
    decisions = [decision for each in case.application.steps for decision in each.decisions]
    spoke = {each.by_account for each in decisions} | {each.proposed_by for each in decisions}
    spoke |= {asked.by_account for asked in case.application.corrections}
    spoke |= {each.by_account for each in annotations}
    spoke |= {each.by_account for each in _stated(step)}
    proposals = _waited(case, step)
    return signatures(session, spoke | {each.by_account for each in proposals} | {each.ended_by for each in proposals})


def _stated(step: StepRecord) -> list[LateReasonGiven]:
    """One query, and none for a step of which nobody had to say it."""
    return step.late_reasons[-1:] if step.late_reason is not None else []


def _explanation(step: StepRecord, clerks: dict[int, Signature]) -> Explanation | None:
    found = (Explanation(each.reason, each.note, clerks.get(each.by_account), each.at) for each in _stated(step))
    return next(found, None)


def _waited(case: Case, step: StepRecord) -> list[Proposal]:
    """One query, and none for a step that one person decides."""
    return step.proposals if case.item.steps[step.key].two_persons else []


def _proposals(case: Case, step: StepRecord, by: Actor, clerks: dict[int, Signature]) -> Iterator[Proposed]:
    for each in reversed(_waited(case, step)):
        if each.round == step.round:
            yield Proposed(
                each.number,
                clerks.get(each.by_account),
                each.by_account == by.account,
                each.at,
                each.outcome,
                each.reason,
                each.conditions,
                ticked(case.item, step.key, each),
                tuple((key, judgement, note) for key, judgement, note in each.ticks or ()),
                each.ending,
                each.note,
                clerks.get(each.ended_by or 0),
                each.ended_at,
            )


def _late(session: Session, case: Case) -> dict[int, Late]:
    """Late opinions of the current rounds, by step."""
    found = session.scalars(
        select(LateOpinion)
        .join(StepRecord, StepRecord.id == LateOpinion.step_id)
        .where(StepRecord.application_id == case.application.id, LateOpinion.round == StepRecord.round)
    )
    return {each.step_id: Late(each.outcome, each.reason, each.conditions, each.at) for each in found}


def _opinions(
    case: Case, step: StepRecord, clerks: dict[int, Signature], late: dict[int, Late], at: Moment
) -> Iterator[Opinion]:
    for other in case.application.steps:
        if other.id != step.id:
            decision = other.decision
            yield Opinion(
                lane(case, other, None, at=at),
                clerks.get(decision.by_account or 0) if decision else None,
                clerks.get(decision.proposed_by or 0) if decision else None,
                decision.at if decision else None,
                decision is not None and decision.is_deemed,
                decision is not None and decision.is_promised,
                late.get(other.id),
                ticked(case.item, other.key, decision),
            )


def _asks(case: Case, step: StepRecord, clerks: dict[int, Signature]) -> Iterator[Ask]:
    for asked in case.application.corrections:
        if asked.step_id == step.id:
            entries = tuple(
                (each.kind, each.target, label(case.item, each.target), each.text) for each in asked.entries
            )
            by = clerks.get(asked.by_account or 0)
            yield Ask(asked.asked_at, asked.answered_at, by, asked.why_again, entries)


def _explained(case: Case, step: StepRecord) -> tuple[Explained, ...]:
    """Newest first."""
    answered = [each for each in case.application.corrections if each.step_id == step.id and each.explanation]
    found = (Explained(each.answered_at, each.explanation or "") for each in answered if each.answered_at)
    return tuple(sorted(found, key=lambda each: each.at, reverse=True))


def _procedure(case: Case, step: StepRecord) -> Procedure | None:
    for pause in case.application.pauses:
        if pause.step_id == step.id and pause.ended_at is None and pause.reason is not PauseReason.CORRECTION:
            return Procedure(pause.reason, pause.note, pause.days_needed, pause.began_at)
    return None
