"""The doors: the Flask application."""

from __future__ import annotations

from flask import Flask

from config import ROOT, Settings, from_environment


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application: a list of calls, no logic."""
    from approvals.records import secrecy
    from portal import (
        acting,
        auth,
        blueprints,
        database,
        errors,
        formats,
        guards,
        home,
        keeping,
        logs,
        names,
        opinions,
        rights,
        searching,
        security,
        signed_out,
        static_files,
        terms,
        ui,
    )
    from portal.extensions import babel, csrf, db, login
    from portal.keys import keys
    from portal.worker import app as worker

    settings = settings or from_environment()
    home.keep_private(settings.home)
    secrets = keys(settings)
    secrecy.use(secrets.keyring)

    app = Flask("portal", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.extensions["settings"] = settings
    app.config.update(
        SECRET_KEY=secrets.cookie,
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS={
            "hide_parameters": True,  # an error would quote what people entered
            "query_cache_size": 3000,  # more statements than the portal has, so that each is compiled once
        },
        BABEL_DEFAULT_LOCALE="zh_Hans",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "portal" / "translations"),
    )
    logs.configure_logs(settings.log_level)
    logs.number_requests(app)  # before everything that may refuse a request
    security.configure(app, settings)
    searching.register(app)
    db.init_app(app)
    with app.app_context():
        database.prepare(db.engine)
    babel.init_app(app, locale_selector=ui.locale)
    login.init_app(app)
    csrf.init_app(app)
    acting.register(app)
    app.before_request(guards.guard)
    auth.register(app)
    ui.register(app)
    formats.register(app)
    names.register(app)
    terms.register(app)
    keeping.register(app)
    opinions.register(app)
    rights.register(app)
    errors.register(app)
    signed_out.register(app)
    blueprints.register(app)
    static_files.register(app)
    worker.configure(app)
    return app
