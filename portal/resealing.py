"""Seal everything anew, in batches that each commit: an installation goes on working meanwhile."""

from __future__ import annotations

from flask import Flask

from approvals.commands.reseal import reseal, sealed_columns
from portal.unit_of_work import changing


def reseal_everything(app: Flask) -> dict[str, int]:
    """How many values were sealed anew, by table."""
    changed: dict[str, int] = {}
    with app.app_context():
        for table, columns in sealed_columns():
            changed[table.name], last = 0, 0
            while True:
                with changing() as session:
                    batch = reseal(session, table, columns, last)
                if batch is None:
                    break
                last, number = batch
                changed[table.name] += number
    return changed
