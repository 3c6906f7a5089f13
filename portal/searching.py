"""What the office looks for may be a person's: no address shows it, but for the numbers of applications."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from cryptography.fernet import InvalidToken
from flask import Flask, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.records.secrecy import keyring
from portal.personal import is_personal

OPEN, SEALED = "q", "sealed"
"""The names under which it stands in an address: as it was typed, or sealed under the portal's own key."""
SEARCH = (OPEN, SEALED)
TYPED = (OPEN, "number", "username")
"""What people type into forms whose answer has an address of its own."""
NUMBER = re.compile(r"\d{6}-\d{8}-[A-Z]+-\d{6}-[0-9A-Z]", re.ASCII)
PURPOSE = "search:"
"""Sealed with it, so that nothing else that was sealed can be opened here."""


def searched(given: Mapping[str, str]) -> str:
    """What is looked for, as it was typed; nothing where it was not sealed here."""
    if typed := given.get(OPEN, ""):
        return typed
    sealed = given.get(SEALED, "")
    try:
        opened = keyring().open(sealed) if sealed.isascii() else ""
    except InvalidToken:
        return ""
    return opened.removeprefix(PURPOSE) if opened.startswith(PURPOSE) else ""


def in_address(search: str) -> dict[str, str]:
    """The same search for a link."""
    if not search or NUMBER.fullmatch(search):
        return {OPEN: search} if search else {}
    return {SEALED: keyring().seal(PURPOSE + search)}


def found_at(*kept: str) -> ResponseReturnValue | None:
    """Where the search of this page was posted: the way to its address, on which the filters `kept` stand, too."""
    if request.method != "POST":
        return None
    if set(request.form) - {"csrf_token", OPEN, *kept}:
        abort(422)
    filters = {name: value for name in kept if (value := request.form.get(name, "").strip())}
    if any(map(is_personal, filters.values())):
        flash(_("没有查找：这里请填编号，不要填身份证号、手机号。"), "error")
        filters = {name: value for name, value in filters.items() if not is_personal(value)}
    search = request.form.get(OPEN, "").strip()
    arguments: dict[str, Any] = {**(request.view_args or {}), **filters, **in_address(search)}
    return redirect(url_for(str(request.endpoint), **arguments), 303)


def register(app: Flask) -> None:
    app.before_request(seal_what_is_personal)


def seal_what_is_personal() -> ResponseReturnValue | None:
    """Of an address that somebody typed by hand: the browser forgets it for the one it is led to."""
    if request.method == "POST" or not any(is_personal(request.args.get(name, "")) for name in TYPED):
        return None
    left = [(name, value) for name, value in request.args.items(multi=True) if name not in SEARCH]
    clean = [(name, value) for name, value in left if name not in TYPED or not is_personal(value)]
    return redirect(f"{request.path}?{urlencode([*clean, *in_address(searched(request.args)).items()])}")
