"""Is it alive, and is it ready: for whoever watches the installation."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from approvals.queries.outbox import waiting
from portal import migrations
from portal.extensions import db
from portal.guards import PUBLIC, allows

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@allows(PUBLIC)
def alive() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@allows(PUBLIC)
def ready() -> ResponseReturnValue:
    """The database answers and is migrated; how much waits in the outbox."""
    try:
        if not migrations.is_current(db.engine):
            return jsonify(status="database not migrated"), 503
        open_parcels, given_up = waiting(db.session())
    except SQLAlchemyError:
        return jsonify(status="database away"), 503
    return jsonify(status="ready", outbox={"waiting": open_parcels, "given_up": given_up})
