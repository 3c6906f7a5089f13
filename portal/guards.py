"""Every route says who may use it; a route that does not is not served."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, TypeVar, cast
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from approvals.errors import MandateEnded, NotAllowed, NotFound
from approvals.permissions import POLICY, Actor
from approvals.queries import for_change
from portal.acting import hold_name
from portal.signed_out import signed_out
from portal.unit_of_work import changing
from portal.visitor import Visitor

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

LARGEST_NUMBER = 2**31 - 1
"""In an address: what a column of whole numbers can hold."""
UNASKED = frozenset({"clerk.open_desk", "journey.tracker_news"})
"""What an open page asks by itself, whether anybody sits before it or not."""
PUBLIC = "public"
"""The permission of pages that need no account."""


def allows(permission: str) -> Callable[[View], View]:
    """Name the permission a route needs: PUBLIC or a key of the policy, checked here as far as it needs no subject.

    Commands and queries check it again with their subject; this guard only makes sure that no route is born without
    one.
    """
    if permission != PUBLIC and permission not in POLICY:
        raise ValueError(f"no such permission: {permission}")

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]  # functions carry attributes, their type does not say so
        return view

    return mark


def permission_of(app: Flask, endpoint: str) -> str | None:
    """What a route needs; None = nobody said, so nobody gets in."""
    if endpoint == "static":
        return PUBLIC
    return getattr(app.view_functions.get(endpoint), "permission", None)


def guard() -> ResponseReturnValue | None:
    """Before each request: unknown routes pass on to the 404 page, unlisted ones are refused."""
    if request.endpoint is None:
        return None
    for value in (request.view_args or {}).values():
        if "\0" in str(value) or (isinstance(value, int) and value > LARGEST_NUMBER):
            abort(404)  # nothing has such a name or number, and databases refuse to be asked for one
    permission = permission_of(current_app, request.endpoint)
    if permission is None:
        abort(403)
    if permission == PUBLIC:
        return None
    if not current_user.is_authenticated:
        idle = {"idle": 1} if g.get("was_idle") else {}
        if request.endpoint in UNASKED and "HX-Request" in request.headers:
            # A page has asked by itself: leading it to sign in would put that page into it. 286 tells htmx to stop.
            return Response(render_template("journey/signed_out.html"), 286, {"HX-Reswap": "none"})
        if request.method != "GET":
            return signed_out(_after_idling() if idle else None)
        return redirect(f"{url_for('auth.sign_in')}?{urlencode({'next': request.full_path.rstrip('?'), **idle})}")
    if g.pop("has_lost_mandate", False):
        if request.method != "GET":
            raise MandateEnded
        flash(_("原来的授权已经收回或者到期，您现在只代表自己。"), "warning")
    if not any(role in visitor().actor.roles for role, _subject in POLICY[permission]):
        _turn_away()
    hold_name(permission, visitor())
    return None


def _turn_away() -> NoReturn:
    """Raises NotAllowed. An attempt to change an application stands in its trail, as one that a command refuses does;
    looking changes nothing, and so writes nothing.
    """
    arguments = request.view_args or {}
    which = arguments.get("number") or arguments.get("token")
    if request.method != "POST" or not isinstance(which, str):
        raise NotAllowed
    with changing(by=actor()) as session:
        with suppress(NotFound):
            for_change.application(session, which)
        raise NotAllowed


def _after_idling() -> str:
    minutes = current_app.extensions["settings"].idle_minutes
    return _("您有 %(minutes)s 分钟没有操作，为了您的安全已自动退出，刚才的内容还没有保存。", minutes=minutes)


def visitor() -> Visitor:
    """Who has signed in; only for routes behind a permission."""
    return cast(Visitor, current_user._get_current_object())  # noqa: SLF001  # the way out of a proxy


def actor() -> Actor:
    return visitor().actor


def local_path(target: str | None) -> str:
    """Only a path of this portal: never another host (open redirect), nothing that breaks a header."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return ""
    if not target.isprintable():
        return ""
    parts = urlsplit(target)
    return "" if parts.scheme or parts.netloc else target
