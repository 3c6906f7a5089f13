"""Begin and move obligations: every fact about what is owed is written here, with its event."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from approvals.audit.append import append, sealed
from approvals.clock.deadline import Deadline, due
from approvals.clock.ladder import ladder
from approvals.clock.moment import Moment, local_date
from approvals.commands.announce import ParcelKind, announce
from approvals.commitments.evidence import canonical
from approvals.commitments.life import moved
from approvals.commitments.owing import terms_of
from approvals.events import Event
from approvals.permissions import SYSTEM, Actor
from approvals.records.application import Application
from approvals.records.base import session_of, write
from approvals.records.commitment import Commitment
from approvals.records.dates import morning
from approvals.records.obligation import Obligation, ObligationAct
from approvals.records.people import competent
from approvals.vocabulary import Act, ObligationKind, ObligationStatus
from services.item import Limit, Means

CONDITION_LIMIT = Limit(Decimal(30))
"""Working days in which a condition is met where its author names no other time."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A file that lies in the storage and in the register of files."""

    sha256: str
    name: str


def begin(
    application: Application,
    kind: ObligationKind,
    *,
    limit: Limit,
    department: str,
    step: str = "",
    subject: str = "",
    text: str = "",
    means: Means | None = None,
    commitment: Commitment | None = None,
    parent: Obligation | None = None,
    by: Actor,
    at: Moment,
) -> Obligation | None:
    """None where it is owed already: an obligation begins once."""
    same = (kind, step, subject)
    if any((each.kind, each.step_key, each.subject) == same for each in application.obligations):
        return None
    deadline = deadline_of(limit, at.instant, at=at)
    obligation = Obligation(
        kind=kind,
        step_key=step,
        subject=subject,
        text=text,
        department_code=department,
        means=means,
        limit_days=int(limit.days or 0),
        limit_unit=limit.unit,
        began_at=at.instant,
        due=deadline.due,
        wake_at=morning(ladder(limit, deadline.due, None, at.calendar)[0].since),
        status=ObligationStatus.OPEN,
        commitment=commitment,
        parent_id=parent.id if parent else None,
    )
    application.obligations.append(obligation)
    session_of(application).flush()  # acts and supervision records name it by its number
    append(
        application,
        Event.OBLIGATION_BEGUN,
        by=by,
        at=at.instant,
        **_names(obligation),
        due=deadline.due.isoformat(),
        text=sealed(text),
    )
    return obligation


def move(
    obligation: Obligation,
    act: Act,
    *,
    note: str = "",
    evidence: Mapping[str, Any] | None = None,
    file: Filed | None = None,
    by: Actor,
    at: Moment,
) -> ObligationStatus:
    """Append the act and write where the obligation stands; NotPossibleNow where it cannot be.

    The evidence is kept with the SHA-256 of its canonical JSON, in which a file stands with its own digest.
    """
    status = moved(obligation.kind, obligation.status, act)
    kept = None if evidence is None else {**evidence, **({"file": file.sha256} if file else {})}
    digest = None if kept is None else hashlib.sha256(canonical(kept)).hexdigest()
    obligation.acts.append(
        ObligationAct(
            kind=act,
            note=note,
            evidence=kept,
            sha256=digest,
            file_sha256=file.sha256 if file else None,
            file_name=file.name if file else "",
            by_account=by.account,
            at=at.instant,
        )
    )
    closed = obligation.closed_at or at.instant if status.is_closed else None
    wakes = None if status.is_closed else obligation.wake_at or at.instant
    write(obligation, status=status, closed_at=closed, wake_at=wakes)
    event = {**_names(obligation), "act": str(act), "status": str(status), "note": sealed(note), "evidence": digest}
    application = obligation.application
    written = append(application, Event.OBLIGATION_MOVED, by=by, at=at.instant, **event)
    if status is ObligationStatus.FULFILLED and obligation.kind is not ObligationKind.OBJECTION:
        announce(application, ParcelKind.LETTER, written, at=at)  # the answer to an objection is told by itself
    return status


def deadline_of(limit: Limit, began: datetime, *, at: Moment) -> Deadline:
    """Obligations always have a limit, and nothing stops their clock."""
    deadline = due(limit, local_date(began), at.calendar, (), at.today)
    if deadline is None:
        raise ValueError("an obligation without a limit")
    return deadline


def owe(application: Application, commitment: Commitment, *, at: Moment) -> None:
    """What follows from a decision on a commitment: materials to come, and what is verified."""
    terms = terms_of(application, commitment.step_key)
    step = next((each for each in application.steps if each.key == commitment.step_key), application.steps[0])
    present = {each.key for each in application.materials if each.removed_at is None}
    common: dict[str, Any] = {"step": commitment.step_key, "commitment": commitment, "by": SYSTEM, "at": at}
    for each in terms.deferred:
        if each.material not in present:
            begin(
                application,
                ObligationKind.DEFERRED_MATERIAL,
                subject=each.material,
                limit=each.limit,
                department=step.department_code,
                **common,
            )
    for task in terms.verifications:
        found = competent(session_of(application), task.duty, task.level, application.region or "")
        begin(
            application,
            ObligationKind.VERIFICATION,
            subject=task.key,
            limit=task.limit,
            department=found.code if found else step.department_code,
            means=task.means,
            **common,
        )


def owe_conditions(application: Application, *, by: Actor, at: Moment) -> None:
    """The conditions of every opinion that counted bind from the permit on."""
    for step in application.steps:
        decision = step.decision if step.is_present else None
        if decision is not None and decision.conditions.strip():
            begin(
                application,
                ObligationKind.CONDITION,
                step=step.key,
                text=decision.conditions,
                limit=CONDITION_LIMIT,
                department=step.department_code,
                by=by,
                at=at,
            )


def handed_in(application: Application, key: str, file: Filed, *, by: Actor, at: Moment) -> None:
    """A material that was allowed to follow has come, and what was ordered about it with it."""
    for obligation in application.obligations:
        if obligation.kind is ObligationKind.DEFERRED_MATERIAL and obligation.subject == key:
            if not obligation.status.is_closed:
                move(obligation, Act.FULFIL, evidence={"material": key}, file=file, by=by, at=at)
            for order in application.obligations:
                if order.parent_id == obligation.id and not order.status.is_closed:
                    move(order, Act.FULFIL, by=by, at=at)


def end_parent(obligation: Obligation, *, at: Moment) -> None:
    """What an order was about ends with the order, but for a verification, which needs its own evidence."""
    for each in obligation.application.obligations:
        is_ended = each.status.is_closed or each.kind is ObligationKind.VERIFICATION
        if each.id == obligation.parent_id and not is_ended:
            move(each, Act.FULFIL, by=SYSTEM, at=at)


def drop_all(application: Application, *, commitment: Commitment | None = None, by: Actor, at: Moment) -> None:
    """Nobody owes anything any more: of one commitment, or at all."""
    for obligation in application.obligations:
        if not obligation.status.is_closed and commitment in (None, obligation.commitment):
            move(obligation, Act.DROP, by=by, at=at)


def take_up_all(application: Application, *, at: Moment) -> None:
    """What was owed when it ended is owed again: promises that were taken back are not."""
    for obligation in application.obligations:
        if obligation.status is ObligationStatus.DROPPED and (
            obligation.commitment is None or obligation.commitment.is_in_force
        ):
            move(obligation, Act.TAKE_UP, by=SYSTEM, at=at)


def _names(obligation: Obligation) -> dict[str, str]:
    return {"kind_of": str(obligation.kind), "step": obligation.step_key, "subject": obligation.subject}
