"""The manager's pages: the board with its filters, and one application in full."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from approvals.vocabulary import Outcome
from portal.demonstration.people import PASSWORD
from portal.unit_of_work import now
from tests.counting import statements
from tests.factories import PERMIT, RESIDENCE, applied, decided, on, opened
from tests.fixtures.crowd import Crowd, served
from tests.fixtures.variety import Everything

Enter = Callable[[str], FlaskClient]
MONDAY = date(2026, 6, 8)


def page(client: FlaskClient, address: str = "/management/board") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_board_leads_to_every_running_application(app: Flask, signed_in: Enter) -> None:
    number = applied(PERMIT, on(MONDAY))
    decided(number, "accept", Outcome.ACCEPT, at=on(MONDAY))
    manager = signed_in("manager")
    html = page(manager)
    assert f'href="/management/applications/{number}"' in html
    assert "还有 9 个环节在办" in html
    assert 'href="/management/board?department=CG"' in html


def test_the_application_shows_every_department_and_no_way_to_act(app: Flask, signed_in: Enter) -> None:
    number = applied(PERMIT, on(MONDAY))
    decided(number, "accept", Outcome.ACCEPT, at=on(MONDAY))
    opened(number, "manager")
    html = page(signed_in("manager"), f"/management/applications/{number}?dates=gc309")
    assert html.count('class="ry-lane"') == 13
    assert "建筑垃圾处置核准" in html
    assert "撤回这件申请" not in html
    assert "/drafts/" not in html


def test_an_empty_board_says_so(signed_in: Enter) -> None:
    assert "没有在办件" in page(signed_in("manager"))


def test_its_filters_stay_in_the_address(app: Flask, signed_in: Enter) -> None:
    applied(RESIDENCE, on(MONDAY))
    html = page(signed_in("manager"), "/management/board?show=late&department=GA")
    assert '<input type="hidden" name="department" value="GA">' in html
    assert "/management/board?show=soon&amp;department=GA" in html
    assert page(signed_in("manager"), "/management/board?show=on_time").count("居住证申领") == 0


@pytest.mark.parametrize(
    "query",
    [
        "board?show=purple",
        "board?page=0",
        "board?page=x",
        "board?department=';--",
        "board?department=NOWHERE",
        "board?q=" + "a" * 101,
        "board?show=turning&day=2026-02-30",
        "board?show=turning&day=1999-01-04",
        "steps?show=purple",
        "steps?department=NOWHERE",
        "steps?day=tomorrow",
        "steps?page=0",
        "commitments?show=purple",
        "commitments?page=x",
    ],
)
def test_nonsense_in_the_address_is_said(signed_in: Enter, query: str) -> None:
    assert "看不懂的筛选条件" in page(signed_in("manager"), f"/management/{query}")


def test_every_link_of_the_board_leads_to_a_list_that_understands_it(app: Flask, signed_in: Enter) -> None:
    number = applied(PERMIT, now())
    decided(number, "accept", Outcome.ACCEPT)
    manager = signed_in("manager")
    main = page(manager).partition("<main")[2]
    links = {unescape(link) for link in re.findall(r'href="(/management/[a-z/]+\?[^"]+)"', main)}
    for kind in ("show=late", "show=granted", "show=turning&day=", "steps?department=", "commitments?show=late"):
        assert any(kind in link for link in links), kind
    for link in links:
        assert "看不懂的筛选条件" not in page(manager, link), link


def test_a_departments_share_on_time_leads_to_its_cases(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE, now())
    decided(number, "accept", Outcome.ACCEPT)
    manager = signed_in("manager")
    html = page(manager)
    (link,) = re.findall(r'href="(/management/times/cases\?of=step[^"]+)">100%</a>', html)
    assert number in page(manager, unescape(link))


@pytest.mark.parametrize("username", ["wangxiaorong", "clerk-zj"])
@pytest.mark.parametrize(
    "address", ["/management/board", "/management/steps", "/management/applications/510100-20260608-ZJ-000001-O"]
)
def test_nobody_but_managers_gets_in(signed_in: Enter, username: str, address: str) -> None:
    assert signed_in(username).get(address).status_code == 403


def test_an_unknown_application_is_not_found(signed_in: Enter) -> None:
    assert signed_in("manager").get("/management/applications/510100-20260608-ZJ-999999-X").status_code == 404


def test_the_page_takes_as_many_queries_for_a_hundred_applications_as_for_ten(crowd: Crowd) -> None:
    sent: dict[int, int] = {}
    for size in (10, 100):
        with crowd(size) as app:
            client = app.test_client()
            client.post("/sign-in", data={"username": "manager", "password": PASSWORD})
            page(client)
            with statements() as told:
                html, steps = page(client), page(client, "/management/steps")
            sent[size] = len(told)
            assert html.count('href="/management/applications/') == min(size, 20)
            assert steps.count("/order?step=") == min(size, 20)
    assert sent[100] == sent[10]


def test_a_page_past_the_end_is_the_last_one(everything: Everything) -> None:
    with served(everything.home) as app:
        client = app.test_client()
        for username, address in (("manager", "/management/board"), ("manager", "/management/times/cases")):
            client.post("/sign-in", data={"username": username, "password": PASSWORD})
            first, beyond = (client.get(f"{address}?page={page}").get_data(as_text=True) for page in (1, 500))
            rows = [re.findall(r"/management/applications/([^\"?]+)", page) for page in (first, beyond)]
            assert rows[1]
            assert set(rows[1]) <= set(rows[0])
