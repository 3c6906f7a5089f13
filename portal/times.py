"""Check what is kept about how long things took against the trail, and enter it anew where it is missing or wrong."""

from __future__ import annotations

from typing import Any

from flask import Flask

from approvals.commands.measure import measure_again, tally
from approvals.queries.time_reference import differences, reference
from portal.unit_of_work import changing, now, reading


def check(app: Flask) -> dict[str, Any]:
    """Keys: measures (how many there should be), wrong (one sentence each, the first hundred)."""
    with app.app_context():
        number, wrong = differences(reading(), at=now())
        return {"measures": number, "wrong": wrong}


def rebuild(app: Flask) -> dict[str, Any]:
    """In batches, each in a transaction of its own. Keys: applications, measures."""
    after = applications = measures = 0
    with app.app_context():
        while True:
            moment = now()
            with changing(at=moment) as session:
                ids, took = reference(session, at=moment, after=after)
                measure_again(session, ids, took)
            if not ids:
                break
            after, applications, measures = ids[-1], applications + len(ids), measures + len(took)
        tally_all()
    return {"applications": applications, "measures": measures}


def tally_all() -> None:
    """Until every measure is counted that nobody else counts just now."""
    taken = 1
    while taken:
        with changing() as session:
            taken = tally(session)
