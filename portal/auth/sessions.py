"""Load, begin and end a sign-in."""

from __future__ import annotations

import hashlib
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
from approvals.queries.second_factor import Entrant, entrant, entrant_by_id
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


AWAITED = "second"
"""In the browser's session, signed: whose password has matched, until the code comes."""
PATIENCE = 600
"""Seconds between the password and the code: an authenticator may have to be installed meanwhile."""


def enter(username: str, password: str, network: str) -> Visitor | None:
    """Sign in or refuse with WrongPassword or TooManyAttempts; a new token each time. None: a code is wanted, too.

    The password is looked at between two transactions: it takes long on purpose, and others want to write meanwhile.
    """
    moment = now()
    with changing(at=moment) as session_:
        counted = try_once(session_, username, network=network, at=moment)
    known = password_hash(reading(), username)
    reading().rollback()
    if not matches(known, password) or known is None:
        raise WrongPassword
    who = entrant(reading(), username)
    if who is None or not _is_code_wanted(who):
        return begin_session(username, known, counted=counted)
    with changing(at=moment) as session_:
        release(session_, counted)
    session.clear()
    session[AWAITED] = [who.account, _digest(known), int(moment.instant.timestamp())]
    return None


def awaited() -> Entrant | None:
    """Whose code is waited for; nobody once the time is over, or the password was changed meanwhile."""
    kept = session.get(AWAITED)
    if kept is None or now().instant.timestamp() - kept[2] > PATIENCE:
        return None
    who = entrant_by_id(reading(), kept[0])
    return who if who is not None and _digest(who.password_hash) == kept[1] else None


def _is_code_wanted(who: Entrant) -> bool:
    """Of staff always, in a demonstration only of those who enrolled."""
    return who.is_staff and (who.has_factor or not is_factor_optional())


def is_factor_optional() -> bool:
    return bool(current_app.extensions["settings"].demonstration)


def _digest(password_hash: str) -> str:
    return hashlib.sha256(password_hash.encode()).hexdigest()[:32]


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
