"""Walk this installation's data and say what does not hold."""

from __future__ import annotations

from typing import Any

from flask import Flask

from approvals.queries import invariants
from approvals.storage import Folder
from portal.extensions import db
from portal.unit_of_work import now, reading


def examine(app: Flask) -> dict[str, Any]:
    """Keys: checked (counts by kind), broken (one sentence each)."""
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            # One picture of everything, while others go on working; SQLite's transactions are that by themselves.
            reading().connection(execution_options={"isolation_level": "REPEATABLE READ"})
        report = invariants.examine(reading(), Folder(app.extensions["settings"].files), at=now())
        return {"checked": report.checked, "broken": report.broken}
