"""The people of every department for who manages their accounts, and what their trail says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.errors import NotFound
from approvals.events import StaffEvent
from approvals.permissions import Actor, check
from approvals.queries.paging import Page, paged
from approvals.queries.second_factor import Factor, factor_of
from approvals.records.people import Account, Department, SignIn, department_names
from approvals.records.staff_event import StaffEventRecord
from approvals.vocabulary import STAFF, Role
from services.item import Text

MOST = 50
"""Sessions that are listed of one person."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the staff; `has_password` is false until the link has been used."""

    id: int
    username: str
    name: str
    role: Role
    department_code: str | None
    department: Text | None
    disabled_at: datetime | None
    has_password: bool


@dataclass(frozen=True, slots=True)
class SignedIn:
    device: str
    began_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """One event: whose account, by whom (None: the command line), and its codes."""

    sequence: int
    kind: StaffEvent
    at: datetime
    username: str
    name: str
    by: str | None
    role: Role | None
    before: Role | None
    department: Text | None
    department_before: Text | None
    sessions: int
    notice: int
    """The number of the bad credit that was entered or repaired; 0 in every other event."""


@dataclass(frozen=True, slots=True)
class MemberInFull:
    member: Member
    sessions: tuple[SignedIn, ...]
    events: tuple[Told, ...]
    """Newest first."""
    factor: Factor | None


def members(
    session: Session, *, search: str = "", role: Role | None = None, department: str = "", page: int = 1, by: Actor
) -> Page[Member]:
    """By department and user name. The search looks at user names and, decrypting them, at names of people."""
    check(by, "staff:manage")
    query = select(Account).where(*_wanted(session, search, role, department))
    query = query.order_by(Account.department_code, Account.username)
    asked, number, total = paged(session, query, page)
    names = department_names(session)
    return Page(tuple(_member(each, names) for each in session.scalars(asked)), number, total)


def everybody(session: Session, *, by: Actor) -> tuple[Member, ...]:
    """All of them, for the command line."""
    check(by, "staff:manage")
    names = department_names(session)
    asked = select(Account).where(Account.role.in_(STAFF)).order_by(Account.department_code, Account.username)
    return tuple(_member(each, names) for each in session.scalars(asked))


def member(session: Session, username: str, *, by: Actor, at: Moment) -> MemberInFull:
    check(by, "staff:manage")
    account = session.scalar(select(Account).where(Account.username == username, Account.role.in_(STAFF)))
    if account is None:
        raise NotFound
    open_ones = select(SignIn).where(
        SignIn.account_id == account.id, SignIn.ended_at.is_(None), SignIn.expires_at > at.instant
    )
    names = department_names(session)
    events = _events(session, select(StaffEventRecord).where(StaffEventRecord.account_id == account.id).limit(MOST))
    return MemberInFull(
        _member(account, names),
        tuple(
            SignedIn(each.device, each.created_at, each.expires_at)
            for each in session.scalars(open_ones.order_by(SignIn.created_at.desc()).limit(MOST))
        ),
        events,
        factor_of(session, account.id),
    )


def staff_trail(session: Session, *, page: int = 1, by: Actor) -> Page[Told]:
    """Newest first."""
    check(by, "staff:trail")
    total = session.scalar(select(func.count()).select_from(StaffEventRecord)) or 0
    asked, number, total = paged(session, select(StaffEventRecord), page)
    return Page(_events(session, asked), number, total)


def _wanted(session: Session, search: str, role: Role | None, department: str) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [Account.role.in_(STAFF)]
    if role is not None:
        wanted.append(Account.role == role)
    if department:
        wanted.append(Account.department_code == department)
    if search:
        rows = session.execute(select(Account.id, Account.name).where(*wanted))
        called = [id_ for id_, name in rows if search in name]
        wanted.append(or_(Account.username.contains(search.lower(), autoescape=True), Account.id.in_(called)))
    return wanted


def _member(account: Account, names: Mapping[str, Text]) -> Member:
    return Member(
        account.id,
        account.username,
        account.name,
        account.role,
        account.department_code,
        names.get(account.department_code or ""),
        account.disabled_at,
        not account.password_hash.startswith("!"),
    )


def _events(session: Session, asked: object) -> tuple[Told, ...]:
    rows = session.scalars(asked.order_by(StaffEventRecord.sequence.desc())).all()  # type: ignore[attr-defined]
    ids = {each.account_id for each in rows} | {each.by_account for each in rows if each.by_account is not None}
    people = {each.id: each for each in session.scalars(select(Account).where(Account.id.in_(ids)))}
    names = department_names(session)
    return tuple(
        Told(
            each.sequence,
            StaffEvent(each.kind),
            each.at,
            people[each.account_id].username,
            people[each.account_id].name,
            people[each.by_account].name if each.by_account is not None else None,
            Role(each.data["role"]) if "role" in each.data else None,
            Role(each.data["before"]) if "before" in each.data else None,
            names.get(each.data.get("department", "")),
            names.get(each.data.get("department_before", "")),
            each.data.get("sessions", 0),
            each.data.get("notice", 0),
        )
        for each in rows
    )


def departments(session: Session) -> tuple[tuple[str, Text], ...]:
    rows = session.execute(select(Department.code, Department.name_zh, Department.name_en).order_by(Department.code))
    return tuple((code, Text(zh, en)) for code, zh, en in rows)


def stamp_of(session: Session, account_id: int) -> str | None:
    """What a link to set a password is made of; none where the account is disabled, gone or an applicant's."""
    usable = select(Account.password_hash).where(
        Account.id == account_id, Account.role.in_(STAFF), Account.disabled_at.is_(None)
    )
    return session.scalar(usable)
