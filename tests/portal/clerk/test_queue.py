"""The queue's page: filters in the address, search, pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.demonstration.people import PASSWORD
from tests.counting import statements
from tests.factories import RESIDENCE, applied, on
from tests.fixtures.crowd import Crowd

Enter = Callable[[str], FlaskClient]
MONDAY = date(2026, 6, 8)


def page(client: FlaskClient, address: str = "/office/queue") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_each_row_leads_to_its_desk(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE, on(MONDAY))
    html = page(signed_in("clerk-ga"))
    assert f'href="/office/steps/{number}/accept"' in html
    assert "王小蓉（示例）" in html
    assert "510104199003072344" not in html


def test_an_empty_queue_says_so(signed_in: Enter) -> None:
    assert "没有待办" in page(signed_in("clerk-ga"))


def test_filter_and_search_stay_in_the_address(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE, on(MONDAY))
    html = page(signed_in("clerk-ga"), f"/office/queue?show=late&q={number}")
    assert f'value="{number}"' in html
    assert '<input type="hidden" name="show" value="late">' in html
    assert f"/office/queue?q={number}&amp;show=soon" in html


def test_mine_nobodys_and_the_whole_departments_are_counted_and_stay_in_the_address(
    app: Flask, signed_in: Enter
) -> None:
    for _ in range(3):
        applied(RESIDENCE, on(MONDAY))
    clerk = signed_in("clerk-ga")
    assert clerk.post("/office/queue/next").status_code == 303
    counted = re.compile(
        r'<a href="/office/queue([^"]*)"[^>]*>(本部门|我手上的|没人接的) <span class="num">(\d+)</span>'
    )
    html = page(clerk, "/office/queue?who=mine")
    assert [found for _, *found in counted.findall(html)] == [["本部门", "3"], ["我手上的", "1"], ["没人接的", "2"]]
    assert [address for address, *_ in counted.findall(html)] == ["", "?who=mine", "?who=free"]
    assert html.count("/accept") == 1
    assert '<span class="num">1</span>' in html
    html = page(clerk, "/office/queue?who=free&show=late&q=居住")
    assert html.count("/accept") == 2
    assert '<input type="hidden" name="who" value="free">' in html
    assert "/office/queue?who=free&amp;q=%E5%B1%85%E4%BD%8F" in html
    assert "您手上没有待办" in page(signed_in("head-ga"), "/office/queue?who=mine")


@pytest.mark.parametrize(
    "query", ["who=them", "show=purple", "page=0", "page=-1", "page=x", "page=99999999999", "q=" + "a" * 200, "page=١"]
)
def test_nonsense_in_the_address_is_said_and_the_queue_shown(app: Flask, signed_in: Enter, query: str) -> None:
    applied(RESIDENCE, on(MONDAY))
    assert "看不懂的筛选条件" in page(signed_in("clerk-ga"), f"/office/queue?{query}")


def test_a_search_is_shown_as_text(signed_in: Enter) -> None:
    html = page(signed_in("clerk-ga"), "/office/queue?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in html
    assert "没有找到" in html


@pytest.mark.parametrize("username", ["wangxiaorong", "manager"])
def test_nobody_but_clerks_gets_in(signed_in: Enter, username: str) -> None:
    assert signed_in(username).get("/office/queue").status_code == 403


def test_a_stranger_is_asked_to_sign_in_first(client: FlaskClient) -> None:
    answer = client.get("/office/queue?show=late")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=%2Foffice%2Fqueue%3Fshow%3Dlate"


def test_the_page_takes_as_many_queries_for_a_hundred_steps_as_for_ten(crowd: Crowd) -> None:
    sent: dict[int, int] = {}
    for size in (10, 100):
        with crowd(size) as app:
            client = app.test_client()
            client.post("/sign-in", data={"username": "clerk-ga", "password": PASSWORD})
            page(client)
            with statements() as told:
                html = page(client)
            sent[size] = len(told)
            assert html.count("/accept") == min(size, 20)
    assert sent[100] == sent[10]
