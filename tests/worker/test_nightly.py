"""At night everything kept is counted anew, and what differs is said."""

from __future__ import annotations

from datetime import date

from flask import Flask
from sqlalchemy import delete

from approvals.records.live import DeskCount
from approvals.records.measure import MeasureRecord
from portal.nightly import count_anew
from portal.unit_of_work import changing
from tests.factories import RESIDENCE, applied, granted, on

MONDAY = date(2026, 6, 8)


def test_what_differs_is_said_and_what_agrees_is_not(app: Flask) -> None:
    applied(RESIDENCE, on(MONDAY))
    number = applied(RESIDENCE, on(MONDAY))
    granted(number, on(MONDAY, 10), deliver=True)
    assert count_anew(app) == []
    with changing() as session:
        session.execute(delete(DeskCount))
        session.execute(delete(MeasureRecord))
    wrong = count_anew(app)
    assert "desk_counts are not what runs" in wrong
    assert any(each.startswith("the tally") for each in wrong)
