"""Manage the accounts of staff: add, give a role, disable, enable, send a new link, end sessions."""

from __future__ import annotations

import re
import secrets

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from approvals.audit.staff import append_staff
from approvals.chain.position import BEGUN
from approvals.clock.moment import Moment
from approvals.commands.second_factor import take_away
from approvals.errors import (
    LastAdministrator,
    LinkOver,
    NotFound,
    NothingChanged,
    NotOneself,
    PostNotPossible,
    StillHasSteps,
    UsernameTaken,
)
from approvals.events import StaffEvent
from approvals.permissions import Actor, check
from approvals.records.people import NO_PASSWORD, Account, Department, SignIn
from approvals.records.sequence import hold
from approvals.records.staff_event import COUNTER
from approvals.records.step import StepRecord
from approvals.vocabulary import STAFF, Role

USERNAME = re.compile(r"[a-z][a-z0-9.-]{2,39}", re.ASCII)


def add_staff(
    session: Session, *, username: str, name: str, role: Role, department: str | None, by: Actor, at: Moment
) -> Account:
    """An account that nobody can sign in to until a password is set by its link.

    Raises UsernameTaken, or PostNotPossible where role and department do not go together.
    """
    check(by, "staff:manage")
    _require_post(session, role, department)
    hold(session, COUNTER)  # of two who take one name at once the second sees the first
    if not USERNAME.fullmatch(username) or session.scalar(select(Account.id).where(Account.username == username)):
        raise UsernameTaken
    account = Account(
        username=username, password_hash=_nothing(), role=role, name=name, department_code=department, language="zh"
    )
    session.add(account)
    session.flush()  # its id is part of the event
    append_staff(
        session, account.id, StaffEvent.ADDED, by=by.account, at=at, role=str(role), department=department or ""
    )
    return account


def change_role(
    session: Session, account_id: int, role: Role, department: str | None, *, by: Actor, at: Moment
) -> None:
    """At once: who somebody is, is asked at every request.

    Nobody changes their own role, and an administrator is left; who goes to another department hands over first.
    """
    account = _staff(session, account_id, by)
    _require_post(session, role, department)
    if (account.role, account.department_code) == (role, department):
        raise NothingChanged
    if role is not Role.ADMINISTRATOR:
        _require_another_administrator(session, account)
    if account.department_code != department and (count := _in_hand(session, account.id)):
        raise StillHasSteps(count=count)
    append_staff(
        session,
        account.id,
        StaffEvent.ROLE_CHANGED,
        by=by.account,
        at=at,
        before=str(account.role),
        role=str(role),
        department_before=account.department_code or "",
        department=department or "",
    )
    account.role, account.department_code = role, department


def disable(session: Session, account_id: int, *, by: Actor, at: Moment) -> None:
    """At once, and every session ends. What they have in hand, colleagues take over."""
    account = _staff(session, account_id, by)
    if account.disabled_at is not None:
        raise NothingChanged
    _require_another_administrator(session, account)
    account.disabled_at = at.instant
    append_staff(session, account.id, StaffEvent.DISABLED, by=by.account, at=at, sessions=_end(session, account.id, at))


def enable(session: Session, account_id: int, *, by: Actor, at: Moment) -> None:
    account = _staff(session, account_id, by)
    if account.disabled_at is None:
        raise NothingChanged
    account.disabled_at = None
    append_staff(session, account.id, StaffEvent.ENABLED, by=by.account, at=at)


def invite(session: Session, account_id: int, *, by: Actor, at: Moment) -> str:
    """The password is void, every session ends, and links sent before are over; what the new link is made of."""
    account = _staff(session, account_id, by)
    account.password_hash = _nothing()
    append_staff(session, account.id, StaffEvent.INVITED, by=by.account, at=at, sessions=_end(session, account.id, at))
    return account.password_hash


def accept_invitation(session: Session, account_id: int, stamp: str, password_hash: str, *, at: Moment) -> None:
    """By who has the link: it was made of `stamp`, which the account still has; so it serves once. Else LinkOver."""
    account = session.get(Account, account_id, with_for_update=True)
    if account is None or account.disabled_at is not None or account.password_hash != stamp:
        raise LinkOver
    account.password_hash = password_hash
    append_staff(session, account.id, StaffEvent.PASSWORD_SET, by=account.id, at=at)


def reset_second_factor(session: Session, account_id: int, *, by: Actor, at: Moment) -> None:
    """For a lost telephone: at the next sign-in another authenticator is enrolled. Every session ends."""
    account = _staff(session, account_id, by)
    if not take_away(session, account.id):
        raise NothingChanged
    ended = _end(session, account.id, at)
    append_staff(session, account.id, StaffEvent.SECOND_FACTOR_RESET, by=by.account, at=at, sessions=ended)


def end_sessions(session: Session, account_id: int, *, by: Actor, at: Moment) -> None:
    """Of somebody else; one's own end on the page of one's account."""
    account = _staff(session, account_id, by)
    if count := _end(session, account.id, at):
        append_staff(session, account.id, StaffEvent.SESSIONS_ENDED, by=by.account, at=at, sessions=count)


def _staff(session: Session, account_id: int, by: Actor) -> Account:
    """Locked, and the trail with it. Applicants' accounts are none of the administrator's affair."""
    check(by, "staff:manage")
    hold(session, COUNTER)
    account = session.get(Account, account_id, with_for_update=True)
    if account is None or not account.role.is_staff:
        raise NotFound
    if account.id == by.account:
        raise NotOneself
    return account


def _require_post(session: Session, role: Role, department: str | None) -> None:
    """Who is at a desk is in a department in force, nobody else is."""
    is_known = department is not None and session.get(Department, department) is not None
    if role not in STAFF or role.is_at_desk is not is_known or (department is not None and not is_known):
        raise PostNotPossible


def _require_another_administrator(session: Session, account: Account) -> None:
    if account.role is not Role.ADMINISTRATOR:
        return
    others = select(func.count()).where(
        Account.role == Role.ADMINISTRATOR, Account.disabled_at.is_(None), Account.id != account.id
    )
    if not session.scalar(others):
        raise LastAdministrator


def _in_hand(session: Session, account_id: int) -> int:
    held = select(func.count()).where(StepRecord.assignee_id == account_id, StepRecord.status.in_(BEGUN))
    return session.scalar(held) or 0


def _end(session: Session, account_id: int, at: Moment) -> int:
    ending = update(SignIn).where(SignIn.account_id == account_id, SignIn.ended_at.is_(None))
    return len(session.execute(ending.values(ended_at=at.instant).returning(SignIn.id)).all())


def _nothing() -> str:
    """No password has this hash; no two accounts have the same."""
    return f"{NO_PASSWORD}{secrets.token_urlsafe(32)}"
