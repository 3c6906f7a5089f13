"""What is counted of all that runs is what runs, whatever happened to it and however it was written."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text

from approvals.commands import count_live
from approvals.queries.live import differences
from approvals.records.live import CELLS, DeskCount, RunningCount, counted
from approvals.records.step import StepRecord
from approvals.vocabulary import Outcome
from portal.unit_of_work import changing, reading
from tests.factories import PERMIT, applied, decided, on, returned
from tests.fixtures.crowd import served
from tests.fixtures.variety import Everything

MONDAY = date(2026, 6, 8)


def test_every_state_is_counted_and_putting_together_changes_no_sum(
    everything: Everything, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count_live, "FEW", 1)
    with served(everything.home):
        assert differences(reading()) == []
        before = {kind: _cells(kind) for kind in CELLS}
        assert all(before.values())
        with changing() as session:
            assert count_live.put_together(session) > 0
        assert {kind: _cells(kind) for kind in CELLS} == before
        with changing() as session:
            assert count_live.put_together(session) == 0
        assert reading().scalars(select(func.count(DeskCount.id))).one() == len(before[DeskCount])


def test_each_change_is_counted_by_the_database_itself(app: Flask) -> None:
    permit = applied(PERMIT, on(MONDAY))
    decided(permit, "accept", Outcome.ACCEPT, at=on(MONDAY))
    returned(permit, "gc309", "site", at=on(MONDAY, 10))
    assert differences(reading()) == []
    with changing() as session:
        session.execute(text("UPDATE steps SET late_reason = 'workload', statutory_due = NULL WHERE key = 'gc301'"))
        session.execute(text("UPDATE applications SET clock_promised = '2026-07-01' WHERE status = 'in_review'"))
    assert differences(reading()) == []
    assert {row.late_reason for row in reading().execute(select(counted(DeskCount)))} >= {None, "workload"}


def test_what_was_written_past_the_counting_is_said_and_counted_anew(app: Flask) -> None:
    applied(PERMIT, on(MONDAY))
    with changing() as session:
        session.execute(delete(DeskCount))
        session.execute(RunningCount.__table__.update().values(number=RunningCount.number + 1))  # type: ignore[attr-defined]
    assert differences(reading()) == ["desk_counts are not what runs", "running_counts are not what runs"]
    with changing() as session:
        count_live.recount(session)
    assert differences(reading()) == []
    assert reading().scalars(select(func.count(StepRecord.id))).one() > 0


def _cells(kind: type[DeskCount] | type[RunningCount]) -> set[tuple[object, ...]]:
    return {tuple(row) for row in reading().execute(select(counted(kind)))}
