"""Entities made by hand are those that the session itself would have loaded."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, select

from approvals.queries import for_change
from approvals.records.application import Application
from approvals.records.base import Record
from approvals.records.catalogue import ItemRevision
from approvals.records.step import StepRecord
from portal.unit_of_work import changing, reading
from tests.fixtures.heart import Office


def state(record: Record) -> dict[str, object]:
    return {each.key: getattr(record, each.key) for each in inspect(type(record)).column_attrs}


@pytest.fixture
def number(office: Office) -> str:
    return office.small(day="2026-05-06")


def test_they_hold_what_the_session_would_have_loaded(office: Office, number: str) -> None:
    office.take(number, office.open(number)[0])
    reading().close()
    by_hand = for_change.application(reading(), number)
    found = [by_hand, by_hand.revision, *by_hand.steps]
    assert all(inspect(each).persistent for each in found)
    assert any(step.decisions for step in by_hand.steps)
    values = [state(each) for each in found]
    decisions = [state(each) for step in by_hand.steps for each in step.decisions]
    reading().close()
    loaded = reading().scalars(select(Application).where(Application.number == number)).one()
    assert [state(each) for each in (loaded, loaded.revision, *loaded.steps)] == values
    assert [state(each) for step in loaded.steps for each in step.decisions] == decisions


def test_a_change_of_one_is_written_and_a_rollback_forgets_it(office: Office, number: str) -> None:
    with changing(at=office.at("2026-05-07")) as session:
        for_change.application(session, number).title = "改名"
    reading().close()
    locked = for_change.application(reading(), number)
    assert locked.title == "改名"
    locked.title = "不算"
    reading().rollback()
    assert locked.title == "改名"


def test_what_the_session_holds_already_is_the_same_and_read_anew(office: Office, number: str) -> None:
    session = reading()
    held = session.scalars(select(Application).where(Application.number == number)).one()
    revision, step = held.revision, held.steps[0]
    assert held.materials
    other = reading().get_bind()
    with other.connect() as connection:  # type: ignore[union-attr]  # an engine, not a connection
        session.rollback()
        connection.exec_driver_sql("UPDATE applications SET title = '外面改的'")
        connection.exec_driver_sql("UPDATE steps SET round = 7")
        connection.commit()
    locked = for_change.application(session, number)
    assert locked is held
    assert (locked.title, locked.steps[0].round) == ("外面改的", 7)
    assert locked.steps[0] is step
    assert locked.revision is revision
    assert isinstance(revision, ItemRevision)
    assert isinstance(step, StepRecord)
    assert locked.draft["answers"]
