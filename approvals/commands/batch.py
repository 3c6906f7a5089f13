"""A batch: one verb for many steps, foretold for each of them, then carried out one by one as if done singly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, lazyload, selectinload

from approvals.certificates.content import unprintable
from approvals.certificates.glyphs import spoken
from approvals.chain.checklist import Ticks
from approvals.clock.moment import Moment
from approvals.commands.assign import assign
from approvals.commands.decide import decide, permit
from approvals.commands.hand_over import hand_over, put_back
from approvals.commands.held import is_in_hand
from approvals.commands.keep_opinion import drop_opinion
from approvals.commands.lateness import WhyLate
from approvals.commands.pass_on import (
    Away,
    away_today,
    colleague,
    present,
    require_on_desk,
    require_present,
    stands_in,
)
from approvals.commands.take import take
from approvals.commands.ticks import drafted_ticks
from approvals.errors import (
    AlreadyTaken,
    BatchBegun,
    BatchEmpty,
    ChangedMeanwhile,
    GlyphMissing,
    NotFound,
    NotInYourHands,
    NotYourStep,
    ReasonMissing,
    Refusal,
    TooManySteps,
)
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.base import write
from approvals.records.batch import Batch, BatchEntry
from approvals.records.fold import item_of, sent_answers
from approvals.records.people import Account, region_names
from approvals.records.step import StepRecord
from approvals.vocabulary import BatchVerb, Outcome
from services.item import Text

MOST = 500

PERMISSIONS: Mapping[BatchVerb, str] = {BatchVerb.ASSIGN: "step:assign", BatchVerb.DECIDE: "step:decide"}
"""What a verb needs of each step; the others are "step:take"."""


def prepare(session: Session, verb: BatchVerb, steps: Iterable[int], *, by: Actor, at: Moment) -> Batch:
    """A batch over these steps, of which nothing happens yet. BatchEmpty, TooManySteps, NotYourStep."""
    check(by, "queue:read")
    wanted = sorted(set(steps))
    if not wanted:
        raise BatchEmpty
    if len(wanted) > MOST:
        raise TooManySteps(most=MOST)
    found = session.execute(
        select(StepRecord.id, StepRecord.department_code, StepRecord.round).where(StepRecord.id.in_(wanted))
    ).all()
    if len(found) < len(wanted):
        raise NotFound
    if any(row.department_code != by.department for row in found):
        raise NotYourStep
    batch = Batch(account_id=by.person, verb=verb, reason="", conditions="", made_at=at.instant)
    rounds = {row.id: row.round for row in found}
    batch.entries = [
        BatchEntry(position=position, step_id=step, round=rounds[step]) for position, step in enumerate(wanted, 1)
    ]
    session.add(batch)
    session.flush()  # its id names its page
    return batch


def own(session: Session, batch_id: int, *, by: Actor) -> Batch:
    """Locked; NotFound for what is none of the actor's."""
    check(by, "queue:read")
    batch = session.get(Batch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None or batch.account_id != by.account:
        raise NotFound
    return batch


def set_terms(
    batch: Batch,
    *,
    to: int | None = None,
    outcome: Outcome | None = None,
    reason: str = "",
    conditions: str = "",
    late: WhyLate | None = None,
) -> None:
    """To whom, or what is decided and why, and why late ones only now. BatchBegun once it is carried out."""
    if batch.begun_at is not None:
        raise BatchBegun
    write(
        batch,
        to_account=to,
        outcome=outcome,
        reason=reason.strip(),
        conditions=conditions.strip(),
        late_reason=late.reason if late else None,
        late_note=late.note.strip() if late else "",
    )


def begin(batch: Batch, *, at: Moment) -> None:
    """From here on its terms stand. A second time changes nothing."""
    if not has_terms(batch.verb, batch.outcome, batch.to_account, batch.reason):
        raise ReasonMissing
    if batch.begun_at is None:
        write(batch, begun_at=at.instant)


def has_terms(verb: BatchVerb, outcome: Outcome | None, to: int | None, reason: str) -> bool:
    """Whether everything is said that the verb needs at all; what a step needs more is refused there."""
    if verb is BatchVerb.DECIDE:
        return outcome is not None
    if verb is BatchVerb.HAND_OVER:
        return to is not None and bool(reason)
    return verb is not BatchVerb.ASSIGN or to is not None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What stands against each step today, by id (nothing: it will happen), and by name who acts for somebody absent to
    whom they are to go.
    """

    against: Mapping[int, str]
    stands_in: str | None


def forecast(session: Session, batch_id: int, *, by: Actor, at: Moment) -> Forecast:
    """Only reads, in as many queries for 500 steps as for one."""
    batch = session.get(Batch, batch_id)
    if batch is None or batch.account_id != by.account:
        raise NotFound
    found = session.scalars(
        select(StepRecord)
        .where(StepRecord.id.in_([entry.step_id for entry in batch.entries]))
        .options(
            selectinload(StepRecord.decisions),
            joinedload(StepRecord.application).options(
                joinedload(Application.revision),
                joinedload(Application.applicant).options(lazyload(Account.memberships)),
                joinedload(Application.organisation),
                selectinload(Application.steps).selectinload(StepRecord.decisions),
                selectinload(Application.corrections),
                selectinload(Application.pauses),
                selectinload(Application.submissions),
            ),
        )
    )
    rounds = {entry.step_id: entry.round for entry in batch.entries}
    drafted = drafted_ticks(session, list(rounds), by=by) if batch.verb is BatchVerb.DECIDE else {}
    regions = region_names(session) if batch.outcome is Outcome.GRANT else {}
    away = away_today(session, by.department, at=at) if batch.to_account is not None else {}
    against: dict[int, str] = {}
    for step in found:
        try:
            if step.round != rounds[step.id]:
                raise ChangedMeanwhile
            _permit(batch, step, drafted.get(step.id, {}), away, by, at)
            if batch.outcome is Outcome.GRANT:
                _require_glyphs(step.application, regions)
        except Refusal as refusal:
            against[step.id] = refusal.name
    there = stands_in(batch.to_account, away) if batch.to_account in away else None
    deputy = session.get(Account, there) if there is not None else None
    return Forecast(against, deputy.name if deputy is not None else None)


def carry_out(session: Session, entry_id: int, step: StepRecord, *, by: Actor, at: Moment) -> None:
    """By the same command as singly. An entry that is done or refused already is left as it is."""
    entry = session.get(BatchEntry, entry_id, with_for_update=True, populate_existing=True)
    batch = session.get(Batch, entry.batch_id) if entry is not None else None
    if entry is None or batch is None or batch.account_id != by.account or entry.step_id != step.id:
        raise NotFound
    if batch.begun_at is None or entry.done_at is not None or entry.refusal is not None:
        return
    if step.round != entry.round:
        raise ChangedMeanwhile
    match batch.verb:
        case BatchVerb.TAKE:
            take(step, by=by, at=at)
        case BatchVerb.PUT_BACK:
            put_back(step, by=by, at=at)
        case BatchVerb.HAND_OVER:
            hand_over(step, batch.to_account or 0, batch.reason, by=by, at=at)
        case BatchVerb.ASSIGN:
            assign(step, batch.to_account or 0, batch.reason, by=by, at=at)
        case BatchVerb.DECIDE if batch.outcome is not None:
            ticks = drafted_ticks(session, [step.id], by=by).get(step.id, {})
            late, words = _why_late(batch, step), batch.conditions
            decide(step, batch.outcome, batch.reason, conditions=words, ticks=ticks, late=late, by=by, at=at)
    if batch.verb is BatchVerb.DECIDE:
        drop_opinion(session, str(step.application.number), step.key, by=by)
    write(entry, done_at=at.instant)


def give_up(session: Session, entry_id: int, refusal: Refusal) -> None:
    """What stood against it, after everything else was rolled back."""
    entry = session.get(BatchEntry, entry_id, with_for_update=True, populate_existing=True)
    if entry is not None and entry.done_at is None and entry.refusal is None:
        write(entry, refusal=refusal.name)


def _require_glyphs(application: Application, regions: Mapping[str, Text]) -> None:
    holder = application.organisation.name if application.organisation else application.applicant.name
    stopping = unprintable(item_of(application), sent_answers(application), holder=holder, regions=regions)
    if stopping:
        raise GlyphMissing(characters=spoken(stopping))


def _why_late(batch: Batch, step: StepRecord) -> WhyLate | None:
    """What was said of one step holds for it."""
    if batch.late_reason is None or step.late_reason is not None:
        return None
    return WhyLate(batch.late_reason, batch.late_note)


def _permit(batch: Batch, step: StepRecord, ticks: Ticks, away: Away, by: Actor, at: Moment) -> None:
    if batch.verb is BatchVerb.DECIDE:
        late = _why_late(batch, step)
        permit(step, batch.outcome, batch.reason, batch.conditions, ticks, late, by=by, at=at)
        return
    require_on_desk(step, PERMISSIONS.get(batch.verb, "step:take"), by)
    if batch.verb is BatchVerb.TAKE and step.assignee_id not in (None, by.account):
        raise AlreadyTaken(by=step.assignee_id)
    if batch.verb in (BatchVerb.HAND_OVER, BatchVerb.PUT_BACK) and not is_in_hand(step, by):
        raise NotInYourHands
    if batch.to_account is None:
        return
    meant = colleague(step, batch.to_account)
    if batch.verb is BatchVerb.ASSIGN:
        present(step, meant, away)
    elif meant.id != step.assignee_id:
        require_present(meant, away)
