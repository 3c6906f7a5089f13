"""Whoever watches over all applications says why before they look into one; it is kept, and holds for an hour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError

from approvals.audit.witness import proves
from approvals.clock.moment import Moment
from approvals.commands.reseal import reseal, sealed_columns
from approvals.errors import ReasonNeeded
from approvals.queries.actor import actor_named
from approvals.queries.tracker import tracker
from approvals.records.event import EventRecord
from approvals.records.opening import Opening
from approvals.records.supervision import SupervisionRecord
from approvals.vocabulary import Outcome, Rung
from portal.unit_of_work import changing, now, reading
from tests.counting import statements
from tests.factories import PERMIT, applied, decided, opened

Enter = Callable[[str], FlaskClient]
NOTE = "信访 12 号：李锦荣反映受理太慢。"


@pytest.fixture
def permit(app: Flask) -> str:
    number = applied(PERMIT)
    decided(number, "accept", Outcome.ACCEPT)
    return number


def events() -> int:
    reading().rollback()
    return reading().scalar(select(func.count()).select_from(EventRecord)) or 0


def test_a_reason_comes_first_and_lies_in_the_trail_sealed(permit: str, signed_in: Enter) -> None:
    manager, address = signed_in("manager"), f"/management/applications/{permit}"
    before = events()
    led = manager.get(f"{address}?dates=gc309")
    assert led.status_code == 302
    asked = led.location
    assert asked.startswith(f"{address}/reason?next=")
    page = manager.get(asked).get_data(as_text=True)
    assert permit in page
    assert "李锦荣" not in page
    assert events() == before, "a GET writes nothing"
    silent = manager.post(asked, data={"reason": "complaint", "note": "  "})
    assert silent.status_code == 422
    given = manager.post(asked, data={"reason": "complaint", "note": NOTE})
    assert (given.status_code, given.location) == (303, f"{address}?dates=gc309")
    assert manager.get(given.location).status_code == 200
    manager.post(asked, data={"reason": "complaint", "note": NOTE})
    assert events() == before + 1, "while it holds nothing is written again"
    role, data = reading().execute(select(EventRecord.by_role, EventRecord.data).filter_by(kind="opened")).one()
    assert (role, data["reason"]) == ("manager", "complaint")
    assert proves(data["note"], NOTE)
    for other in ("supervisor", "auditor", "government"):
        assert signed_in(other).get(address).status_code == 302, "it holds for one person"
    for path in ("", "/receipt", "/promises", "/writs/1"):
        led = signed_in("supervisor").get(f"/applications/{permit}{path}")
        assert f"{permit}/reason?next=" in led.location
    polled = signed_in("supervisor").get(f"/applications/{permit}/news", headers={"HX-Request": "true"})
    assert polled.status_code == 403


def test_it_holds_for_one_hour(permit: str) -> None:
    start, by = now(), actor_named(reading(), "manager")
    opened(permit, "manager", start)
    almost, after = (Moment(start.instant + timedelta(minutes=each), start.calendar) for each in (59, 60))
    assert tracker(reading(), permit, by=by, at=almost).number == permit
    with pytest.raises(ReasonNeeded):
        tracker(reading(), permit, by=by, at=after)


def test_whose_work_it_is_gives_none(permit: str, signed_in: Enter) -> None:
    assert signed_in("clerk-zj").get(f"/applications/{permit}").status_code == 200
    assert signed_in("lijinrong").get(f"/applications/{permit}").status_code == 200
    assert signed_in("supervisor").get(f"/management/applications/{permit}").status_code == 302
    with changing() as session:
        application = session.scalars(select(EventRecord.application_id)).first()
        order = SupervisionRecord(
            application_id=application,
            subject="gc309",
            department_code="CG",
            rung=Rung.ESCALATED,
            due=now().today,
            at=now().instant,
        )
        session.add(order)
    assert signed_in("supervisor").get(f"/management/applications/{permit}").status_code == 200
    assert signed_in("manager").get(f"/management/applications/{permit}").status_code == 302


def test_the_applicant_sees_which_office_looked_and_no_name(permit: str, signed_in: Enter) -> None:
    signed_in("manager").post(f"/management/applications/{permit}/reason", data={"reason": "complaint", "note": NOTE})
    html = signed_in("lijinrong").get(f"/applications/{permit}").get_data(as_text=True)
    assert "管理人员查看了这件申请" in html
    assert "信访" not in html


def test_only_auditors_read_who_looked_and_why(permit: str, signed_in: Enter) -> None:
    opened(permit, "manager")
    auditor = signed_in("auditor")
    auditor.get("/management/openings")
    with statements() as few:
        html = auditor.get("/management/openings").get_data(as_text=True)
    assert permit in html
    assert "督办单 7 号。" in html
    opened(permit, "supervisor")
    opened(permit, "government")
    with statements() as many:
        auditor.get("/management/openings")
    assert len(many) == len(few)
    assert signed_in("manager").get("/management/openings").status_code == 403


def test_an_unknown_number_has_no_page(app: Flask, signed_in: Enter) -> None:
    address = "/management/applications/510100-20260608-ZJ-999999-X/reason"
    assert signed_in("manager").get(address).status_code == 404
    assert signed_in("manager").post(address, data={"reason": "audit", "note": "x"}).status_code == 404


def test_another_host_is_never_led_to(permit: str, signed_in: Enter) -> None:
    address = f"/management/applications/{permit}/reason?next=//evil.example"
    led = signed_in("manager").post(address, data={"reason": "audit", "note": "抽查"})
    assert led.location == f"/management/applications/{permit}"


def test_the_database_keeps_what_was_written(permit: str) -> None:
    opened(permit, "manager")
    for statement in (update(Opening).values(account_id=1), delete(Opening)):
        with pytest.raises(DatabaseError, match="never changed"), changing() as session:
            session.execute(statement)
    with changing() as session:
        table, columns = next(each for each in sealed_columns() if each[0].name == "openings")
        assert reseal(session, table, columns, 0) == (1, 0)
        session.execute(update(Opening).values(note="换了密钥"))
