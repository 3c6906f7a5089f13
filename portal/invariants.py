"""Walk this installation's data and say what does not hold."""

from __future__ import annotations

from typing import Any

from flask import Flask

from approvals.queries import invariants
from approvals.storage import Folder
from config import Settings
from portal.trail import one_picture, witnesses
from portal.unit_of_work import now


def examine(app: Flask) -> dict[str, Any]:
    """Keys: checked (counts by kind), broken (one sentence each)."""
    with app.app_context():
        settings: Settings = app.extensions["settings"]
        session = one_picture()
        keys, known = witnesses(settings)
        report = invariants.examine(session, Folder(settings.files), at=now(), keys=keys, known=known)
        return {"checked": report.checked, "broken": report.broken}
