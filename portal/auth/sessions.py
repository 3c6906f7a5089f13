"""Load, begin and end a sign-in."""

from __future__ import annotations

from flask import current_app, g, session
from flask_login import login_user, logout_user

from approvals.commands.sign_in import begin, end, matches, try_once
from approvals.errors import WrongPassword
from approvals.queries.password_hash import password_hash
from approvals.queries.visitor import visitor_of
from portal.unit_of_work import changing, now, reading
from portal.visitor import Visitor, Workspace


def load(token: str) -> Visitor | None:
    """Who holds this token, or nobody once it has ended or expired, or the account was disabled."""
    found = visitor_of(reading(), token, now().instant)
    if found is None:
        return None
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


def _hours() -> int:
    return int(current_app.extensions["settings"].session_hours)
