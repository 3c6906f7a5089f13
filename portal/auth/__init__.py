"""Sign in and out over sessions kept on the server."""

from __future__ import annotations

from flask import Flask

from portal.auth.sessions import load
from portal.extensions import login
from portal.visitor import Stranger


def register(app: Flask) -> None:
    login.user_loader(load)
    login.anonymous_user = Stranger
    login.session_protection = None  # the token is random and revocable; binding it to an address signs phones out
