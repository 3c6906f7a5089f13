"""Making and levels of certificates for the command line: how far they are, what waits, lift it now."""

from __future__ import annotations

from typing import Any

from flask import Flask

from approvals.commands.lift import make_due, plan_anew
from approvals.errors import NotFound
from approvals.queries.lifts import LiftRow, levels, lifts
from approvals.queries.making import making_everywhere
from portal.unit_of_work import changing, now, reading
from portal.worker.lifting import lift_one


def told(app: Flask) -> dict[str, Any]:
    """Keys: levels, waiting."""
    with app.app_context():
        return {
            "levels": {level.standard: count for level, count in levels(reading()).items()},
            "waiting": [_row(each) for each in lifts(reading())],
        }


def told_of_making(app: Flask) -> dict[str, Any]:
    """Keys: waiting, made_today, pace (certificates a minute), failed."""
    with app.app_context():
        found = making_everywhere(reading(), at=now())
        return {
            "waiting": found.waiting,
            "made_today": found.made_today,
            "pace": None if found.pace is None else round(found.pace, 1),
            "failed": [
                {
                    "number": each.number,
                    "department": each.department,
                    "due_at": each.due_at.isoformat(timespec="seconds") if each.due_at else None,
                    "attempts": each.attempts,
                    "error": each.error,
                }
                for each in found.failed.rows
            ],
        }


PARCEL = 200
"""Planned anew in one transaction."""


def lift_waiting(app: Flask, number: str | None, *, is_anew: bool = False) -> dict[str, Any]:
    """Keys: lifted, waiting. A renewal that lies ahead is not waiting, unless its certificate is named. Anew: what was
    made before there was a time-stamp authority is lifted, too.
    """
    with app.app_context():
        at, planned = now(), PARCEL if is_anew else 0
        while planned == PARCEL:
            with changing(at=at) as session:
                planned = plan_anew(session, at=at, most=PARCEL)
        with changing(at=at) as session:
            due = make_due(session, number, at=at)
        if number is not None and not due:
            raise NotFound
        lifted = sum(lift_one(each) for each in due)
        reading().rollback()
        waiting = [_row(each) for each in lifts(reading()) if each.is_behind]
        return {"lifted": lifted, "waiting": waiting}


def _row(each: LiftRow) -> dict[str, Any]:
    return {
        "number": each.number,
        "level": each.level.standard if each.level else None,
        "wanted": each.wanted.standard,
        "due_at": each.due_at.isoformat(timespec="seconds"),
        "attempts": each.attempts,
        "error": each.error,
    }
