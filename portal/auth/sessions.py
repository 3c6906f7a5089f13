"""Load, begin and end a sign-in."""

from __future__ import annotations

from datetime import datetime

from flask import current_app, g, request, session
from flask_login import login_user, logout_user

from approvals.commands.sign_in import begin, end, matches, try_once
from approvals.errors import WrongPassword
from approvals.queries.password_hash import password_hash
from approvals.queries.visitor import visitor_of
from portal.guards import UNASKED
from portal.unit_of_work import changing, now, reading
from portal.visitor import Visitor, Workspace

NOTED = 30
"""Seconds: requests closer together than that are one for the idle time."""


def load(token: str) -> Visitor | None:
    """Who holds this token, or nobody once it has ended or expired, was idle too long, or the account was disabled."""
    moment = now().instant
    found = visitor_of(reading(), token, moment)
    if found is None:
        return None
    if _idle(moment) > current_app.extensions["settings"].idle_minutes * 60:
        g.was_idle = True
        return None
    if _idle(moment) >= NOTED and request.endpoint not in UNASKED:
        session["seen"] = int(moment.timestamp())
    spaces = tuple(Workspace(*space) for space in found.workspaces)
    return Visitor(token, found.actor, found.name, found.username, found.language, found.department, spaces)


def enter(username: str, password: str, network: str) -> Visitor:
    """Sign in or refuse with WrongPassword or TooManyAttempts; a new token each time.

    The password is looked at between two transactions: it takes long on purpose, and others want to write meanwhile.
    """
    moment = now()
    with changing(at=moment) as session_:
        counted = try_once(session_, username, network=network, at=moment)
    known = password_hash(reading(), username)
    reading().rollback()
    if not matches(known, password) or known is None:
        raise WrongPassword
    with changing(at=moment) as session_:
        token = begin(session_, username, known, counted=counted, hours=_hours(), at=moment)
    if token is None:
        raise WrongPassword
    session.clear()
    session["seen"] = int(now().instant.timestamp())
    visitor = load(token)
    if visitor is None:  # ended or disabled in the instant between
        raise WrongPassword
    session.permanent = True
    login_user(visitor)
    spaces = visitor.workspaces
    if spaces:
        session["workspace"] = spaces[0].id
    return visitor


def leave(token: str) -> None:
    moment = now()
    with changing(at=moment) as session_:
        end(session_, token, at=moment)
    logout_user()
    session.clear()
    g.pop("_login_user", None)


def _idle(moment: datetime) -> float:
    """Seconds since the last request that was noted. Noted in the signed cookie: reading a page writes nothing here."""
    return moment.timestamp() - float(session.get("seen", 0))


def _hours() -> int:
    return int(current_app.extensions["settings"].session_hours)
