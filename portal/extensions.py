"""The Flask extensions, made once and given to the application by create_app."""

from __future__ import annotations

from flask import current_app, request
from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

from approvals.records.base import Record

AFTER_TOKEN = "~"  # noqa: S105  # a sign, no secret
"""What follows it in a form's token says in whose name the page was shown."""


class FormTokens(CSRFProtect):  # type: ignore[misc]  # the library has no types
    def _get_csrf_token(self) -> str | None:
        return posted_token().partition(AFTER_TOKEN)[0] or None


def posted_token() -> str:
    """Of the form, or in the header of what a script sends."""
    named = current_app.config["WTF_CSRF_FIELD_NAME"]
    return str(request.form.get(named) or request.headers.get("X-CSRFToken") or "")


db = SQLAlchemy(model_class=Record)
login = LoginManager()
csrf = FormTokens()
babel = Babel()
