"""A department's people: what each has on the desk by its light, who is away, and who stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from approvals.clock.moment import Moment
from approvals.permissions import Actor, check
from approvals.queries.open_steps import is_due_within, number_of
from approvals.queries.overdue import is_open, is_unexplained
from approvals.queries.queue import desk_items, desk_light
from approvals.records.absence import Absence
from approvals.records.live import DeskCount, counted
from approvals.records.people import Account
from approvals.vocabulary import AT_DESK, Light, Role

LEADING = frozenset({Role.HEAD, Role.LEAD})
"""Who gives steps to others."""


@dataclass(frozen=True, slots=True)
class Load:
    """Steps on the desk: running ones by their light and due within the coming days, and those that stand still; of how
    many overdue ones nobody has said why.
    """

    open: int = 0
    yellow: int = 0
    red: int = 0
    due: int = 0
    stopped: int = 0
    unexplained: int = 0


@dataclass(frozen=True, slots=True)
class Away:
    """One absence, now or to come. `may_end`: this person may take it back."""

    id: int
    account: int
    name: str
    deputy: str
    first: date
    last: date
    note: str
    is_now: bool
    may_end: bool


@dataclass(frozen=True, slots=True)
class Worker:
    """`away` is the absence in force today."""

    account: int
    name: str
    is_head: bool
    is_me: bool
    load: Load
    away: Away | None


@dataclass(frozen=True, slots=True)
class Colleagues:
    """`nobodys` is what nobody has yet. `is_head`: this person enters absences for clerks, too, and shares out work."""

    workers: tuple[Worker, ...]
    nobodys: Load
    absences: tuple[Away, ...]
    is_head: bool
    may_assign: bool
    """This person gives steps to others, as head and lead do."""

    @property
    def unexplained(self) -> int:
        """Overdue steps of the department of which nobody has said why."""
        return sum(each.load.unexplained for each in self.workers) + self.nobodys.unexplained

    @property
    def deputies(self) -> tuple[Worker, ...]:
        """Who could stand in for whoever looks; the head chooses for others, too."""
        return tuple(each for each in self.workers if self.is_head or not each.is_me)

    @property
    def absentees(self) -> tuple[Worker, ...]:
        """For whom this person may enter an absence."""
        return tuple(each for each in self.workers if each.is_me or (self.is_head and not each.is_head))


def colleagues(session: Session, *, by: Actor, at: Moment) -> Colleagues:
    """As many queries for a hundred people as for two."""
    check(by, "absence:record")
    people = session.scalars(
        select(Account).where(
            Account.department_code == by.department, Account.role.in_(AT_DESK), Account.disabled_at.is_(None)
        )
    ).all()
    loads = _loads(session, by, at)
    absences = _absences(session, by, at)
    now = {each.account: each for each in absences if each.is_now}
    heads_first = sorted(people, key=lambda each: (each.role is not Role.HEAD, each.id))
    workers = tuple(_worker(each, by, loads, now) for each in heads_first)
    return Colleagues(workers, loads.get(None, Load()), absences, by.role is Role.HEAD, bool(LEADING & by.roles))


def _worker(account: Account, by: Actor, loads: Mapping[int | None, Load], now: Mapping[int, Away]) -> Worker:
    is_head, is_me = account.role is Role.HEAD, account.id == by.account
    return Worker(account.id, account.name, is_head, is_me, loads.get(account.id, Load()), now.get(account.id))


def _loads(session: Session, by: Actor, at: Moment) -> dict[int | None, Load]:
    cells = counted(DeskCount, DeskCount.department_code == by.department).c
    light = desk_light(desk_items(session, by), at, cells)
    rows = session.execute(
        select(
            cells.assignee_id,
            number_of(cells, is_open(cells)),
            number_of(cells, light == Light.YELLOW.value),
            number_of(cells, light.in_([Light.RED.value, Light.DEEP_RED.value])),
            number_of(cells, is_due_within(at, cells)),
            number_of(cells, ~is_open(cells)),
            number_of(cells, is_unexplained(at, cells)),
        ).group_by(cells.assignee_id)
    )
    return {account: Load(*counts) for account, *counts in rows}


def _absences(session: Session, by: Actor, at: Moment) -> tuple[Away, ...]:
    deputy = aliased(Account)
    rows = session.execute(
        select(Absence, Account.name, Account.role, deputy.name)
        .join(Account, Absence.account_id == Account.id)
        .join(deputy, Absence.deputy_id == deputy.id)
        .where(Account.department_code == by.department, Absence.ended_at.is_(None), Absence.last >= at.today)
        .order_by(Absence.first, Absence.id)
    )
    return tuple(
        Away(
            each.id,
            each.account_id,
            name,
            stands_in,
            each.first,
            each.last,
            each.note,
            each.first <= at.today,
            each.account_id == by.account or (by.role is Role.HEAD and role is not Role.HEAD),
        )
        for each, name, role, stands_in in rows
    )
