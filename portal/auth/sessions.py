"""Load, begin and end a sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from flask import current_app, g, request, session
from flask_login import login_user, logout_user

from approvals.commands.count_tries import release
from approvals.commands.sign_in import begin, end, matches, try_once
from approvals.errors import WrongPassword
from approvals.queries.password_hash import password_hash
from approvals.queries.visitor import visitor_of
from portal.guards import UNASKED
from portal.unit_of_work import changing, now, reading
from portal.visitor import Represented, Visitor, Workspace

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
    people = tuple(Represented(*person) for person in found.people)
    # A mandate that was revoked is dead at this request: who acted by it acts for nobody, and the guard says so.
    _note_lost(spaces, people)
    acting = replace(found.actor, principal=session.get("person"))
    return Visitor(token, acting, found.name, found.username, found.language, found.department, spaces, people)


def _note_lost(spaces: tuple[Workspace, ...], people: tuple[Represented, ...]) -> None:
    for key, known in (("workspace", {each.id for each in spaces}), ("person", {each.id for each in people})):
        if session.get(key) is not None and session[key] not in known:
            session.pop(key)
            g.has_lost_mandate = True


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
    return begin_session(username, known, counted=counted)


def begin_session(username: str, known: str, *, counted: list[int]) -> Visitor:
    """For whose password has matched the hash `known`, or was just made of it."""
    moment = now()
    with changing(at=moment) as session_:
        token = begin(session_, username, known, counted=counted, hours=_hours(), device=_device(), at=moment)
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


@contextmanager
def count_password_try(username: str) -> Iterator[None]:
    """Once more the password, of somebody who is signed in: guessing it is slowed down like signing in."""
    moment = now()
    with changing(at=moment) as session_:
        counted = try_once(session_, username, network=request.remote_addr or "", at=moment)
    yield
    with changing(at=moment) as session_:
        release(session_, counted)


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


BROWSERS = ("MicroMessenger", "Edg", "Firefox", "OPR", "Chrome", "Safari")
SYSTEMS = ("Android", "iPhone", "iPad", "HarmonyOS", "Windows", "Mac OS X", "Linux")
CALLED = {"MicroMessenger": "WeChat", "Edg": "Edge", "OPR": "Opera", "Mac OS X": "macOS"}


def _device() -> str:
    """Browser and system, as far as the browser says so: enough to tell one's own devices apart."""
    said = request.headers.get("User-Agent", "")[:500]
    found = (next((name for name in names if name in said), "") for names in (BROWSERS, SYSTEMS))
    return " · ".join(CALLED.get(name, name) for name in found if name)


def _hours() -> int:
    return int(current_app.extensions["settings"].session_hours)
