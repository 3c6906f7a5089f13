"""Bring an installation up: migrate, publish the catalogue, make its keys and demonstration accounts."""

from __future__ import annotations

from flask import Flask

from approvals.audit import key
from approvals.commands.publish import publish
from config import Settings
from portal import migrations
from portal.alone import alone
from portal.demonstration.people import enrol_all
from portal.extensions import db
from portal.unit_of_work import changing, now
from services.current import catalogue


def prepare(app: Flask) -> None:
    """Idempotent, and quick when there is nothing to do: it runs at every start."""
    settings: Settings = app.extensions["settings"]
    with app.app_context(), alone(db.engine, settings.home):
        if not migrations.is_current(db.engine):
            migrations.upgrade(db.engine)
        offered = catalogue()
        moment = now()
        with changing(at=moment) as session:
            publish(
                session,
                regions=offered.regions.values(),
                departments=offered.departments.values(),
                items=offered.items.values(),
                at=moment,
            )
            if settings.demonstration:
                enrol_all(session, tuple(offered.departments.values()), at=moment)
        key.ensure(settings.keys)
        if settings.demonstration:
            from approvals.certificates import authority, sm2

            authority.ensure(settings.keys)
            sm2.ensure(settings.keys)
