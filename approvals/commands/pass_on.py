"""Pass a step on within its department: the one writer of who has it, and what all its verbs require."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.audit.append import append, sealed
from approvals.chain.position import BEGUN
from approvals.clock.moment import Moment
from approvals.commands.decide import POSSIBLE
from approvals.commands.running import require_running
from approvals.errors import (
    AlreadyDecided,
    ColleagueAbsent,
    ColleaguesOwn,
    ColleagueStoodIn,
    NotAColleague,
    OutcomeNotPossible,
    OwnApplication,
    StepNotOpen,
)
from approvals.events import Event
from approvals.permissions import Actor, check, owns
from approvals.records.absence import Absence, away_on
from approvals.records.assignment import ASSIGNMENTS
from approvals.records.base import send, session_of, write
from approvals.records.fold import item_of
from approvals.records.people import Account
from approvals.records.step import StepRecord
from approvals.vocabulary import Assigning


def pass_on(
    step: StepRecord,
    act: Assigning,
    to: int | None,
    note: str = "",
    *,
    meant_for: int | None = None,
    by: Actor,
    at: Moment,
) -> None:
    """Append the act, write who has the step now, and record it. Nobody outside the department is told.

    `meant_for` is the absent colleague whose deputy gets it.
    """
    number = len(step.assignments) + 1
    send(
        session_of(step),
        ASSIGNMENTS,
        {
            "step_id": step.id,
            "number": number,
            "act": act,
            "from_account": step.assignee_id,
            "to_account": to,
            "meant_for": meant_for,
            "by_account": by.person,
            "note": note.strip(),
            "at": at.instant,
        },
    )
    append(
        step.application,
        Event.STEP_ASSIGNED,
        by=by,
        at=at.instant,
        step=step.key,
        number=number,
        act=str(act),
        before=step.assignee_id,
        to=to,
        **({"meant_for": meant_for} if meant_for is not None else {}),
        note=sealed(note.strip()),
    )
    write(step, assignee_id=to)
    session_of(step).expire(step, ["assignments"])


def require_on_desk(step: StepRecord, permission: str, by: Actor) -> None:
    """Of this department and not the actor's own; begun and not done. It may wait for the applicant or a procedure."""
    application = step.application
    check(by, permission, step)
    if owns(by, application):
        raise OwnApplication
    if step.decision is not None and step.is_present:
        raise AlreadyDecided(by=step.decision.by_account, at=step.decision.at, outcome=str(step.decision.outcome))
    require_running(application)
    if step.status not in BEGUN:
        raise StepNotOpen(status=str(step.status))
    if not POSSIBLE[item_of(application).steps[step.key].kind]:
        raise OutcomeNotPossible(outcome="assign")


def colleague(step: StepRecord, account_id: int) -> Account:
    """An account in use at the desk of the step's department, and not the applicant's."""
    found = session_of(step).get(Account, account_id)
    is_theirs = found is not None and found.department_code == step.department_code
    if found is None or not is_theirs or not found.role.is_at_desk or found.disabled_at is not None:
        raise NotAColleague
    if owns(found.actor, step.application):
        raise ColleaguesOwn
    return found


Away = Mapping[int, Absence]
"""Who of a department is away today, by account."""


def away_today(session: Session, department: str | None, *, at: Moment) -> dict[int, Absence]:
    """One query for all of the department."""
    theirs = select(Absence).join(Account, Account.id == Absence.account_id).where(away_on(at.today))
    found = session.scalars(theirs.where(Account.department_code == department).order_by(Absence.id.desc()))
    return {each.account_id: each for each in found}


def require_present(account: Account, away: Away) -> None:
    """ColleagueAbsent while the account is away, ColleagueStoodIn where somebody who is there acts for it."""
    absence = away.get(account.id)
    if absence is not None:
        there = stands_in(account.id, away)
        raise ColleagueAbsent(until=absence.last) if there is None else ColleagueStoodIn(until=absence.last)


def present(step: StepRecord, account: Account, away: Away) -> Account:
    """The account, or while it is away whoever stands in for it; ColleagueAbsent where nobody is left."""
    there = stands_in(account.id, away)
    if there is None:
        raise ColleagueAbsent(until=away[account.id].last)
    return account if there == account.id else colleague(step, there)


def stands_in(account_id: int, away: Away) -> int | None:
    """The account itself while it is there, else its deputy, and so on; None where all are away."""
    seen: set[int] = set()
    while account_id in away:
        if account_id in seen:
            return None
        seen.add(account_id)
        account_id = away[account_id].deputy_id
    return account_id
