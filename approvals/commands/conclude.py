"""Conclude a step: append what it ended in, and draw what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from approvals.audit.append import append, sealed
from approvals.chain.checklist import Tick
from approvals.clock.moment import Moment
from approvals.commands import writs
from approvals.commands.announce import ParcelKind, announce
from approvals.commands.measure import measure_step
from approvals.commands.obligation import owe_conditions
from approvals.commands.register import register
from approvals.commands.settle import settle
from approvals.events import Event
from approvals.permissions import Actor
from approvals.records.application import Application
from approvals.records.base import write
from approvals.records.proposal import Proposal
from approvals.records.step import Decision, StepRecord
from approvals.vocabulary import ApplicationStatus, Outcome


def conclude(
    step: StepRecord,
    outcome: Outcome,
    reason: str,
    conditions: str,
    *,
    by: Actor,
    at: Moment,
    ticks: Sequence[tuple[str, Tick]] = (),
    deemed_from: datetime | None = None,
    promised: str | None = None,
    proposal: Proposal | None = None,
) -> None:
    """Append the decision and settle what follows from it.

    `deemed_from`: the department was silent, and the law takes its consent as given from that instant on. `promised`:
    the digest of the commitment on which the portal decides without looking. `proposal`: whose opinion `by` confirms.
    """
    application = step.application
    step.add(
        Decision(
            step_id=step.id,
            round=step.round,
            outcome=outcome,
            reason=reason,
            conditions=conditions,
            ticks=kept(ticks),
            is_deemed=deemed_from is not None,
            is_promised=promised is not None,
            by_account=by.account,
            proposed_by=proposal.by_account if proposal is not None else None,
            at=at.instant,
        )
    )
    measure_step(step, at=at)
    if outcome is Outcome.ACCEPT:
        write(application, accepted_at=deemed_from or at.instant)
    if outcome in (Outcome.GRANT, Outcome.REFUSE):
        write(application, decided_at=at.instant)
    append(
        application,
        Event.STEP_DECIDED,
        by=by,
        at=at.instant,
        step=step.key,
        round=step.round,
        outcome=str(outcome),
        reason=sealed(reason),
        conditions=sealed(conditions),
        **told(ticks),
        **({"deemed_from": deemed_from.isoformat()} if deemed_from else {}),
        **({"promised": promised} if promised is not None else {}),
        **({"proposal": proposal.number, "proposed_by": proposal.by_account} if proposal is not None else {}),
    )
    settle(application, by=by, at=at)


def kept(ticks: Sequence[tuple[str, Tick]]) -> list[list[str]] | None:
    """A checklist as its row has it."""
    return [[key, str(tick.judgement), tick.note] for key, tick in ticks] or None


def told(ticks: Sequence[tuple[str, Tick]]) -> dict[str, object]:
    """A checklist as the trail has it."""
    return {"ticks": [[key, str(tick.judgement), sealed(tick.note)] for key, tick in ticks]} if ticks else {}


def consequences(application: Application, step: StepRecord, outcome: Outcome, *, by: Actor, at: Moment) -> None:
    """Tell the applicant what a decision means, and have the certificate made of a permit that is granted."""
    if outcome is Outcome.ACCEPT:
        event = append(application, Event.ACCEPTED, by=by, at=at.instant)
        writs.acceptance(application, by=by, at=at)
        announce(application, ParcelKind.LETTER, event, at=at)
    elif application.status in (ApplicationStatus.NOT_NEEDED, ApplicationStatus.NOT_ACCEPTED):
        event = append(application, Event.NOT_ACCEPTED, by=by, at=at.instant, outcome=str(outcome))
        writs.not_accepted(application, step, outcome, by=by, at=at)
        announce(application, ParcelKind.LETTER, event, at=at)
    elif application.status is ApplicationStatus.REFUSED:
        event = append(application, Event.REFUSED, by=by, at=at.instant)
        writs.refusal(application, step, by=by, at=at)
        announce(application, ParcelKind.LETTER, event, at=at)
    elif application.status is ApplicationStatus.GRANTED and application.certificate is None:
        certificate = register(application, step, at=at)
        owe_conditions(application, by=by, at=at)
        event = append(application, Event.GRANTED, by=by, at=at.instant, certificate=certificate.number)
        writs.grant(application, step, certificate, by=by, at=at)
        announce(application, ParcelKind.LETTER, event, at=at)
        announce(application, ParcelKind.PAPER, event, at=at)
