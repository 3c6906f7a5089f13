"""Due dates as a calendar: what a program reads under the secret address, and that it ends at once."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy import select

from approvals.queries.invariants import examine
from approvals.records.feed import Feed
from approvals.records.people import Membership
from approvals.storage import Folder
from approvals.vocabulary import Outcome
from config import Settings
from portal import create_app
from portal.unit_of_work import changing, now, reading
from services.current import catalogue
from tests.counting import statements
from tests.factories import PERMIT, RESIDENCE, applied, decided, issued, on, returned
from tests.fixtures.heart import Office
from tests.fixtures.promises import Promises

Enter = Callable[[str], FlaskClient]

PAGE = "/my/account/calendar"
FRIDAY = date(2026, 6, 5)
SHOWN = re.compile(r'value="(http[^"]+/calendar/([^"]+))"')


@pytest.fixture(autouse=True)
def june() -> object:
    with time_machine.travel("2026-06-08T10:00:00+08:00", tick=True):
        yield


def subscribed(client: FlaskClient, organisation: str = "") -> str:
    """The path of the address."""
    answer = client.post(PAGE, data={"verb": "subscribe", "organisation": organisation})
    assert answer.status_code == 200
    found = SHOWN.search(answer.get_data(as_text=True))
    assert found is not None
    return f"/calendar/{found[2]}"


def events(client: FlaskClient, path: str) -> dict[str, dict[str, str]]:
    """By the first part of each event's key."""
    answer = client.get(path)
    assert answer.status_code == 200
    found = {}
    for each in Calendar.from_ical(answer.data).walk("VEVENT"):
        told = {name: str(each[name]) for name in ("SUMMARY", "DESCRIPTION", "URL", "STATUS")}
        told["begins"], told["ends"] = str(each.decoded("DTSTART")), str(each.decoded("DTEND"))
        found[str(each["UID"]).partition("-")[0]] = told
    return found


def company() -> str:
    return str(reading().scalars(select(Membership.organisation_id)).first())


def test_a_program_that_knows_the_address_reads_the_dates(app: Flask, client: FlaskClient, signed_in: Enter) -> None:
    number = applied(RESIDENCE, on(FRIDAY))
    path = subscribed(signed_in("wangxiaorong"))
    answer = client.get(path)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"].startswith("private")
    assert "Set-Cookie" not in answer.headers
    assert b"\r\nX-PUBLISHED-TTL:PT6H\r\n" in answer.data
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in answer.data
    (told,) = events(client, path).values()
    assert told["begins"] == "2026-06-08", "one working day for the acceptance"
    assert told["SUMMARY"].startswith("答复是否受理：")
    assert told["SUMMARY"].endswith(number), "fifty of one kind are told apart"
    assert number in told["DESCRIPTION"]
    assert told["URL"].endswith(f"/applications/{number}")
    decided(number, "accept", Outcome.ACCEPT, at=on(FRIDAY, 10))
    assert events(client, path)["decision"]["begins"] > "2026-06-08"
    returned(number, "review", next(iter(catalogue().item(RESIDENCE).questions)), at=on(FRIDAY, 11))
    told = events(client, path)["correction"]
    assert (told["begins"], told["ends"]) == ("2026-06-05", "2026-06-09"), "from the day it was asked until today"


def test_it_names_nobody_and_nothing_that_was_filled_in(app: Flask, client: FlaskClient, signed_in: Enter) -> None:
    issued(RESIDENCE, on(FRIDAY))
    applied(RESIDENCE, on(FRIDAY, 11))
    applied(PERMIT, on(FRIDAY))
    for user, organisation in (("wangxiaorong", ""), ("lijinrong", company())):
        answer = client.get(subscribed(signed_in(user), organisation))
        text = Calendar.from_ical(answer.data).to_ical().decode().replace("\r\n ", "")
        for personal in ("小蓉", "锦蓉", "锦江东路", "139000", "5101041990", "91510104MA6EXAMP0C", "项目"):
            assert personal not in text, personal


def test_what_is_owed_and_what_expires_are_in_it(app: Flask, client: FlaskClient, signed_in: Enter) -> None:
    issued(RESIDENCE, on(FRIDAY))
    own = events(client, subscribed(signed_in("wangxiaorong")))
    assert own["expiry"]["SUMMARY"].startswith("证照到期：")
    assert own["expiry"]["begins"].startswith("2027-06")
    Promises(Office(app)).shop("2026-06-05")
    owed = [
        str(each["SUMMARY"])
        for each in Calendar.from_ical(client.get(subscribed(signed_in("lijinrong"), company())).data).walk("VEVENT")
    ]
    assert any(each.startswith("补交材料到期：") for each in owed), owed
    assert any(each.startswith("部门核查承诺：") for each in owed), owed


def test_a_date_that_may_still_move_is_called_expected(app: Flask, client: FlaskClient, signed_in: Enter) -> None:
    with time_machine.travel("2026-12-30T10:00:00+08:00"):
        number = applied(PERMIT, on(date(2026, 12, 30)))
        decided(number, "accept", Outcome.ACCEPT, at=on(date(2026, 12, 30), 10))
        told = events(client, subscribed(signed_in("lijinrong"), company()))["decision"]
    assert told["begins"] >= "2027-01-01", "beyond the calendars that are published"
    assert told["SUMMARY"].endswith("（预计）")
    assert told["STATUS"] == "TENTATIVE"


def test_the_language_is_that_of_the_reader_who_subscribed(app: Flask, client: FlaskClient, signed_in: Enter) -> None:
    applied(RESIDENCE, on(FRIDAY))
    reader = signed_in("wangxiaorong")
    reader.set_cookie("language", "en")
    (told,) = events(client, subscribed(reader)).values()
    assert not re.search(r"[\u4e00-\u9fff]", told["SUMMARY"] + told["DESCRIPTION"]), told


def test_only_the_hash_of_the_address_is_kept_and_it_is_shown_once(app: Flask, home: Path, signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    token = subscribed(client).removeprefix("/calendar/")
    assert len(token) >= 43, "256 bits"
    assert token not in client.get(PAGE).get_data(as_text=True)
    with closing(sqlite3.connect(home / "rongyiban.sqlite3")) as database:
        assert token not in "\n".join(database.iterdump())


def test_a_new_address_ends_the_old_one_and_both_can_be_revoked(
    app: Flask, client: FlaskClient, signed_in: Enter
) -> None:
    reader = signed_in("wangxiaorong")
    first, second = subscribed(reader), subscribed(reader)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    assert reader.post(PAGE, data={"verb": "unsubscribe", "organisation": ""}).status_code == 303
    assert client.get(second).status_code == 404
    assert reader.post(PAGE, data={"verb": "unsubscribe", "organisation": ""}).status_code == 404
    assert client.get("/calendar/nothing").status_code == 404
    report = examine(reading(), Folder(app.extensions["settings"].files), at=now())
    assert report.broken == []


def test_it_ends_with_the_account_and_with_acting_for_the_company(
    app: Flask, client: FlaskClient, signed_in: Enter
) -> None:
    handler = signed_in("lijinrong")
    own, theirs = subscribed(handler), subscribed(handler, company())
    with changing(at=now()) as session:
        session.scalars(select(Membership)).one().ended_at = now().instant
    assert client.get(theirs).status_code == 404
    assert client.get(own).status_code == 200
    assert "已经不代表这个单位" in handler.get(PAGE).get_data(as_text=True)
    assert handler.post("/my/account/close", data={"password": "rongyiban-demo"}).status_code == 303
    assert client.get(own).status_code == 404


def test_nobody_subscribes_for_a_company_they_do_not_act_for(app: Flask, signed_in: Enter) -> None:
    stranger = signed_in("wangxiaorong")
    for organisation, status in ((company(), 404), ("99", 404), ("x", 422), ("²", 422)):
        answer = stranger.post(PAGE, data={"verb": "subscribe", "organisation": organisation})
        assert answer.status_code == status
    assert stranger.post(PAGE, data={"verb": "x"}).status_code == 422
    assert signed_in("clerk-zj").get(PAGE).status_code == 403


def test_a_company_and_its_handler_have_dates_of_their_own(app: Flask, client: FlaskClient, signed_in: Enter) -> None:
    applied(PERMIT, on(FRIDAY))
    handler = signed_in("lijinrong")
    assert events(client, subscribed(handler)) == {}
    assert len(events(client, subscribed(handler, company()))) == 1


def test_many_applications_cost_no_more_queries(app: Flask, client: FlaskClient, signed_in: Enter) -> None:
    applied(PERMIT, on(FRIDAY))
    path = subscribed(signed_in("lijinrong"), company())
    with statements() as few:
        client.get(path)
    for hour in (10, 11, 12):
        applied(PERMIT, on(FRIDAY, hour))
    with statements() as many:
        client.get(path)
    assert len(few) == len(many)


def test_the_address_is_never_logged(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    app = create_app(Settings(home=home, demonstration=True, log_level="DEBUG"))
    client = app.test_client()
    with app.app_context():
        capfd.readouterr()
        assert client.get("/calendar/a-secret-address").status_code == 404
        said = capfd.readouterr().err
    assert "/calendar/<token>" in said
    assert "a-secret-address" not in said


def test_a_tampered_address_is_found(app: Flask, home: Path, signed_in: Enter) -> None:
    subscribed(signed_in("wangxiaorong"))
    with changing(at=now()) as session:
        feed = session.scalars(select(Feed)).one()
        feed.revoked_at = feed.created_at + timedelta(hours=1)
    report = examine(reading(), Folder(app.extensions["settings"].files), at=now())
    assert [each for each in report.broken if "calendar address" in each] == [
        f"whether calendar address {feed.id} is revoked is not what the trail of accounts says"
    ]
