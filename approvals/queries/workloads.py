"""Who at the desks has how much: open, late, due soon, of every department, and who is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from approvals.clock.moment import Moment
from approvals.permissions import Actor, check
from approvals.queries.open_steps import is_due_within, number_of
from approvals.queries.overdue import is_open, is_overdue
from approvals.queries.paging import Page, paged
from approvals.records.absence import Absence
from approvals.records.live import DeskCount, counted
from approvals.records.people import Account, department_names
from approvals.vocabulary import AT_DESK, Role
from services.item import Text


@dataclass(frozen=True, slots=True)
class Workload:
    """One person: steps that run, of these past a limit and due within the coming days; and those that stand still.
    `away_until` and `deputy` are those of an absence in force today.
    """

    account: int
    name: str
    role: Role
    department_code: str
    department: Text
    open: int
    late: int
    due: int
    stopped: int
    away_until: date | None
    deputy: str | None


def workloads(session: Session, *, department: str = "", page: int = 1, by: Actor, at: Moment) -> Page[Workload]:
    """Who has most that is late first, then who has most. As many queries for a thousand people as for one."""
    check(by, "application:oversee")
    cells = counted(DeskCount, DeskCount.assignee_id.is_not(None)).c
    held = (
        select(
            cells.assignee_id,
            number_of(cells, is_open(cells)).label("open"),
            number_of(cells, is_overdue(at, cells)).label("late"),
            number_of(cells, is_due_within(at, cells)).label("due"),
            number_of(cells, ~is_open(cells)).label("stopped"),
        )
        .group_by(cells.assignee_id)
        .subquery()
    )
    open_, late, due, stopped = (func.coalesce(held.c[name], 0) for name in ("open", "late", "due", "stopped"))
    deputy = aliased(Account)
    is_away = and_(
        Absence.account_id == Account.id,
        Absence.ended_at.is_(None),
        Absence.first <= at.today,
        Absence.last >= at.today,
    )
    wanted = (
        select(
            Account.id,
            Account.name,
            Account.role,
            Account.department_code,
            open_.label("open"),
            late.label("late"),
            due.label("due"),
            stopped.label("stopped"),
            Absence.last,
            deputy.name.label("deputy"),
        )
        .outerjoin(held, held.c.assignee_id == Account.id)
        .outerjoin(Absence, is_away)
        .outerjoin(deputy, deputy.id == Absence.deputy_id)
        .where(Account.role.in_(AT_DESK), Account.disabled_at.is_(None))
        .order_by(late.desc(), open_.desc(), Account.id)
    )
    if department:
        wanted = wanted.where(Account.department_code == department)
    query, number, total = paged(session, wanted, page)
    names = department_names(session)
    rows = tuple(
        Workload(
            account=row.id,
            name=row.name,
            role=row.role,
            department_code=row.department_code,
            department=names[row.department_code],
            open=row.open,
            late=row.late,
            due=row.due,
            stopped=row.stopped,
            away_until=row.last,
            deputy=row.deputy,
        )
        for row in session.execute(query)
    )
    return Page(rows, number, total)


def holder_named(session: Session, account: int, *, by: Actor) -> str:
    """The name of somebody at a desk; empty where there is nobody of this number."""
    check(by, "application:oversee")
    found = select(Account.name).where(Account.id == account, Account.role.in_(AT_DESK))
    return session.scalar(found) or ""
