"""Who of a department has a step, how it came to them, and who else could have it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.chain.position import BEGUN
from approvals.permissions import Actor, may, owns
from approvals.records.assignment import giver
from approvals.records.people import Account
from approvals.records.step import StepRecord
from approvals.vocabulary import Assigning, Role


@dataclass(frozen=True, slots=True)
class Colleague:
    account: int
    name: str
    is_head: bool


@dataclass(frozen=True, slots=True)
class PassedOn:
    """One act; `to` None: it was left to everybody again."""

    act: Assigning
    by: str
    to: str | None
    meant_for: str | None
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Holding:
    """`holder` has the step now; `colleagues` are those to whom it could go. `is_shut_out`: this person must take it
    over before acting on it.
    """

    holder: Colleague | None
    is_mine: bool
    is_deputised: bool
    """This person stands in for who has it."""
    is_shut_out: bool
    may_assign: bool
    may_recall: bool
    colleagues: tuple[Colleague, ...]
    acts: tuple[PassedOn, ...]
    """Newest first."""

    @property
    def last(self) -> PassedOn | None:
        return self.acts[0] if self.acts else None


def holding(session: Session, step: StepRecord, *, by: Actor) -> Holding:
    """Two queries, however many colleagues and acts there are; names only of this department's own people."""
    here = session.scalars(
        select(Account).where(Account.department_code == step.department_code).order_by(Account.id)
    ).all()
    people = {each.id: Colleague(each.id, each.name, each.role is Role.HEAD) for each in here}
    holder = people.get(step.assignee_id or 0)
    is_mine = step.assignee_id is not None and step.assignee_id == by.account
    lenders = (each for each in by.lenders if each.account == step.assignee_id)
    is_deputised = any(not owns(each, step.application) for each in lenders)
    may_assign = may(by, "step:assign", step)
    is_held = step.status in BEGUN and step.assignee_id is not None
    in_use = (each for each in here if each.role.is_at_desk and each.disabled_at is None)
    could_have_it = (each for each in in_use if not owns(each.actor, step.application))
    return Holding(
        holder=holder,
        is_mine=is_mine,
        is_deputised=is_deputised,
        is_shut_out=is_held and not is_mine and not is_deputised and not may_assign,
        may_assign=may_assign,
        may_recall=is_held and not is_mine and (may_assign or giver(step.assignments) == by.account),
        colleagues=tuple(people[each.id] for each in could_have_it if each.id not in (by.account, step.assignee_id)),
        acts=tuple(_acts(step, people))[::-1],
    )


def _acts(step: StepRecord, people: dict[int, Colleague]) -> list[PassedOn]:
    return [
        PassedOn(
            each.act,
            people[each.by_account].name if each.by_account in people else "",
            people[each.to_account].name if each.to_account in people else None,
            people[each.meant_for].name if each.meant_for in people else None,
            each.note,
            each.at,
        )
        for each in step.assignments
    ]
