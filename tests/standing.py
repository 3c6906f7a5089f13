"""Applications that stand between tests: making one takes longer than most of them."""

from __future__ import annotations

import contextvars
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, session
from flask.testing import FlaskClient

from approvals.queries.password_hash import password_hash
from approvals.records import secrecy
from config import Settings
from portal import create_app
from portal.auth.sessions import begin_session
from portal.extensions import db
from portal.keys import keys
from portal.logs import configure_logs
from portal.unit_of_work import reading
from portal.worker.app import celery_of


class Apart(FlaskClient):
    """Sends each request outside of the test's own application context: nothing that Flask or Flask-Login keeps there
    (who has signed in, the database session) may pass from one visitor to the next.
    """

    def open(self, *arguments: Any, **options: Any) -> Any:
        return contextvars.Context().run(super().open, *arguments, **options)


standing: dict[str, Flask] = {}
"""Of this process, by the address of the database: their routes, templates and statements are compiled already."""


def stood(settings: Settings) -> Flask:
    """The application with these settings, made at the first time."""
    application = standing.get(settings.database)
    if application is None or application.extensions["settings"] != settings:
        application = standing[settings.database] = create_app(settings)
    return application


@contextmanager
def entered(application: Flask) -> Iterator[Flask]:
    """With its context pushed, as if it had just been made, and afterwards what it was; its forms need no token."""
    settings: Settings = application.extensions["settings"]
    secrecy.use(keys(settings).keyring)
    configure_logs(settings.log_level)
    celery_of(application).set_current()
    kept = [(each, each.copy()) for each in (application.config, application.extensions)]
    application.config.update(WTF_CSRF_ENABLED=False, TESTING=True)
    application.test_client_class = Apart
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()
    for each, before in kept:
        each.clear()
        each.update(before)


def enter(app: Flask, username: str) -> FlaskClient:
    """A client as it is after the password, which takes long on purpose and is tested where people sign in."""

    def begun() -> dict[str, Any]:
        with app.test_request_context():
            begin_session(username, str(password_hash(reading(), username)), counted=[])
            return dict(session)

    fresh = app.test_client()
    with fresh.session_transaction() as cookie:
        cookie.update(contextvars.Context().run(begun))
        cookie.permanent = True
    return fresh
