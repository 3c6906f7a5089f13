"""The accounts of staff for the command line: the first administrator comes from here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from approvals.commands import staff as commands
from approvals.permissions import SYSTEM
from approvals.queries.staff import Member, everybody, member
from approvals.vocabulary import Role
from portal.invitations import link
from portal.unit_of_work import changing, now, reading


def add(app: Flask, username: str, name: str, role: str, department: str | None) -> dict[str, Any]:
    """Keys as of a member, and link. Raises UsernameTaken, PostNotPossible."""
    with app.app_context():
        at = now()
        with changing(at=at) as session:
            account = commands.add_staff(
                session, username=username, name=name, role=Role(role), department=department, by=SYSTEM, at=at
            )
            made = account.id, account.password_hash
        return {**_one(username), "link": link(*made)}


def listed(app: Flask) -> list[dict[str, Any]]:
    with app.app_context():
        return [_told(each) for each in everybody(reading(), by=SYSTEM)]


def change(app: Flask, username: str, command: Callable[..., object], *wanted: object) -> dict[str, Any]:
    """The member after this command of approvals.commands.staff. Raises NotFound, and what the command raises."""
    with app.app_context():
        account, at = _id(username), now()
        with changing(at=at) as session:
            command(session, account, *wanted, by=SYSTEM, at=at)
        return _one(username)


def invite(app: Flask, username: str) -> dict[str, Any]:
    """A new link; the password so far is void. Raises NotFound."""
    with app.app_context():
        account, at = _id(username), now()
        with changing(at=at) as session:
            stamp = commands.invite(session, account, by=SYSTEM, at=at)
        return {**_one(username), "link": link(account, stamp)}


def _id(username: str) -> int:
    return member(reading(), username, by=SYSTEM, at=now()).member.id


def _one(username: str) -> dict[str, Any]:
    return _told(member(reading(), username, by=SYSTEM, at=now()).member)


def _told(each: Member) -> dict[str, Any]:
    return {
        "username": each.username,
        "name": each.name,
        "role": str(each.role),
        "department": each.department_code,
        "state": "disabled" if each.disabled_at else "in use" if each.has_password else "invited",
    }
