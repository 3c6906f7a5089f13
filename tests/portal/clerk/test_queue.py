"""The queue's page: filters in the address, search, pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text, update

from approvals.records.look import Look
from approvals.records.secrecy import keyring
from portal.demonstration.people import PASSWORD
from portal.unit_of_work import changing, now, reading
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
    assert 'value="居住"' in html
    assert "/office/queue?who=free&amp;sealed=" in html, "what may be a name goes no further"
    assert "%E5%B1%85" not in html
    assert "您手上没有待办" in page(signed_in("head-ga"), "/office/queue?who=mine")


NONSENSE = (
    *("who=them", "show=purple", "item=nothing", "round=2", "holder=-1", "seen=x", "manner=1"),
    *("page=0", "page=-1", "page=x", "page=99999999999", "q=" + "a" * 200, "page=١"),
)


def test_nonsense_in_the_address_is_said_and_the_queue_shown(app: Flask, signed_in: Enter) -> None:
    applied(RESIDENCE, on(MONDAY))
    clerk = signed_in("clerk-ga")
    for query in NONSENSE:
        html = page(clerk, f"/office/queue?{query}")
        assert "看不懂的筛选条件" in html, query


def test_a_search_is_shown_as_text(signed_in: Enter) -> None:
    html = page(signed_in("clerk-ga"), "/office/queue?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in html
    assert "没有找到" in html


def test_a_view_is_saved_shown_first_and_forgotten(app: Flask, signed_in: Enter) -> None:
    applied(RESIDENCE, on(MONDAY))
    clerk, colleague = signed_in("clerk-ga"), signed_in("head-ga")
    sent = {"name": "没人接的  急件", "who": "free", "show": "late", "is_default": "yes"}
    assert clerk.post("/office/queue/views", data=sent).location == "/office/queue?who=free&show=late"
    assert clerk.get("/office/queue").location == "/office/queue?who=free&show=late"
    html = page(clerk, "/office/queue?show=all")
    assert re.search(r'href="/office/queue\?who=free&amp;show=late"[^>]*>没人接的 急件</a>', html)
    assert '<a href="/office/queue?show=all" aria-current="true">本部门' in html, "it does not lead to the default"
    assert "急件" not in page(colleague)
    (record,) = re.findall(r"/office/queue/views/(\d+)", html)
    assert colleague.post(f"/office/queue/views/{record}", data={"verb": "forget"}).status_code == 404
    assert clerk.post(f"/office/queue/views/{record}", data={"verb": "no_default"}).status_code == 303
    assert "急件" in page(clerk)
    assert clerk.post(f"/office/queue/views/{record}", data={"verb": "forget"}).status_code == 303
    assert "急件" not in page(clerk)
    for bad in ({"name": " ", "who": "free"}, {"name": "x" * 41, "who": "free"}, {"name": "x", "who": "them"}):
        clerk.post("/office/queue/views", data=bad)
        assert "没有存" in page(clerk)
    named = [{"name": str(number), "who": "free"} for number in range(21)]
    assert [clerk.post("/office/queue/views", data=each).status_code for each in named] == [303] * 20 + [409]


def test_a_page_is_marked_as_read_and_a_desk_without_scripts_says_so_by_a_button(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE, on(MONDAY))
    clerk = signed_in("clerk-ga")
    desk = f"/office/steps/{number}/accept"
    html = page(clerk, "/office/queue?who=free")
    assert '<span class="ry-tag">未读</span>' in html
    (mark,) = re.findall(r'name="mark" value="([^"]+)"', html)
    assert "标为已读" in page(clerk, desk)
    assert '<span class="ry-tag">未读</span>' in page(clerk), "looking at a page writes nothing"
    answer = clerk.post("/office/queue/looked", data={"mark": mark, "who": "free"})
    assert answer.location == "/office/queue?who=free"
    assert "未读</span>" not in page(clerk)
    assert "标为已读" not in page(clerk, desk)
    head = signed_in("head-ga")
    (seen,) = re.findall(r'name="seen" value="(\d+)"', page(head, desk))
    assert head.post(f"{desk}/open", data={"seen": seen}).status_code == 303
    assert "标为已读" not in page(head, desk)
    for bad in ({"mark": "1"}, {"mark": "1-1", "stranger": "1"}, {"mark": "9999999999-1"}):
        assert clerk.post("/office/queue/looked", data=bad).status_code == 422
    assert clerk.post("/office/queue/looked", data={"mark": "999999-1"}).status_code == 404


def test_a_colleague_at_the_same_desk_is_named_on_both_pages_until_they_have_left(app: Flask, signed_in: Enter) -> None:
    desk = f"/office/steps/{applied(RESIDENCE, on(MONDAY))}/accept"
    clerk, head = signed_in("clerk-ga"), signed_in("head-ga")
    live = {"HX-Request": "true"}
    assert "也打开着" not in clerk.post(f"{desk}/open", data={"seen": "1"}, headers=live).get_data(as_text=True)
    assert "也打开着" in head.post(f"{desk}/open", data={"seen": "1"}, headers=live).get_data(as_text=True)
    assert "也打开着" in page(clerk, desk)
    with changing() as session:
        session.execute(update(Look).values(open_until=now().instant))
    assert "也打开着" not in page(clerk, desk)
    stranger = signed_in("clerk-jt")
    assert stranger.post(f"{desk}/open", data={"seen": "1"}, headers=live).status_code == 403


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


IDENTITY = "510104199003072344"


@pytest.mark.parametrize("typed", [IDENTITY, "王小蓉", "13900000001", "天府大道", "51010419900307234x"])
def test_a_search_is_posted_and_no_address_of_the_page_shows_it(app: Flask, signed_in: Enter, typed: str) -> None:
    applied(RESIDENCE, on(MONDAY))
    clerk = signed_in("clerk-ga")
    assert re.search(r'<form[^>]* role="search" method="post"', page(clerk))
    found = clerk.post("/office/queue", data={"q": typed, "show": "soon"})
    assert found.status_code == 303
    html = page(clerk, found.location)
    assert f'value="{typed}"' in html
    assert '<input type="hidden" name="show" value="soon">' in html
    addresses = [found.location, *re.findall(r'(?:href|action)="([^"]*)"', html)]
    assert sum("sealed=" in address for address in addresses) > 8
    for address in addresses:
        assert typed not in unquote(address)
    hidden = re.findall(r'<input type="hidden"[^>]* value="([^"]*)"', html)
    assert typed not in hidden, "a form whose filters stand in the address would show it"


def test_a_person_is_found_by_a_sealed_search(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE, on(MONDAY))
    clerk = signed_in("clerk-ga")
    assert number in page(clerk, clerk.post("/office/queue", data={"q": IDENTITY}).location)
    assert "没有找到" in page(clerk, clerk.post("/office/queue", data={"q": "510104199003072336"}).location)
    assert clerk.post("/office/queue", data={"q": number}).location == f"/office/queue?q={number}"
    assert clerk.post("/office/queue", data={"q": "", "show": "late"}).location == "/office/queue?show=late"
    assert clerk.post("/office/queue", data={"q": "", "identity_number": IDENTITY}).status_code == 422


@pytest.mark.parametrize("typed", [IDENTITY, "+8613900000001", "139 0000 0001", "a@example.com"])
def test_what_looks_personal_in_an_address_is_sealed_at_once(app: Flask, signed_in: Enter, typed: str) -> None:
    clerk = signed_in("clerk-ga")
    answer = clerk.get("/office/queue", query_string={"show": "late", "q": typed})
    assert answer.status_code == 302
    assert answer.location.startswith("/office/queue?show=late&sealed=")
    assert f'value="{typed}"' in page(clerk, answer.location)


def test_nothing_else_that_is_sealed_is_opened_as_a_search(app: Flask, signed_in: Enter) -> None:
    clerk = signed_in("clerk-ga")
    for sealed in (keyring().seal(IDENTITY), "nonsense", "王"):
        html = page(clerk, f"/office/queue?sealed={quote(sealed)}")
        assert IDENTITY not in html
        assert 'name="q" type="search" value=""' in html


def test_a_saved_view_finds_again_what_the_database_cannot_read(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE, on(MONDAY))
    clerk = signed_in("clerk-ga")
    sealed = parse_qs(urlsplit(clerk.post("/office/queue", data={"q": IDENTITY}).location).query)["sealed"][0]
    clerk.post("/office/queue/views", data={"name": "一位", "sealed": sealed, "is_default": "yes"})
    kept = reading().execute(text("SELECT filters FROM saved_views")).scalar_one()
    assert IDENTITY not in kept
    html = page(clerk, clerk.get("/office/queue").location)
    assert number in html
    assert re.search(r'href="/office/queue\?sealed=[^"]+" aria-current="true">一位</a>', html)
