"""The tracker's page: the same facts drawn, in a table and in words, for everyone who may see them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from approvals.queries.actor import actor_named
from approvals.queries.tracker import tracker
from approvals.vocabulary import Outcome
from portal.journey.lanes import brocade, single
from portal.unit_of_work import reading
from tests.counting import statements
from tests.factories import PERMIT, RESIDENCE, applied, decided, issued, on, opened, returned

Enter = Callable[[str], FlaskClient]
MONDAY, TUESDAY = date(2026, 6, 8), date(2026, 6, 9)


def page(client: FlaskClient, number: str, query: str = "") -> str:
    answer = client.get(f"/applications/{number}{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.fixture
def permit(app: Flask) -> str:
    number = applied(PERMIT, on(MONDAY))
    decided(number, "accept", Outcome.ACCEPT, at=on(MONDAY))
    return number


def test_it_says_whose_turn_it_is_before_any_detail(permit: str, signed_in: Enter) -> None:
    html = page(signed_in("lijinrong"), permit)
    assert html.index("8 个部门正在同时审查") < html.index("承诺办结")
    assert "接下来：施工许可决定" in html


def test_what_is_to_mend_stands_on_top_with_the_way_to_it(permit: str, signed_in: Enter) -> None:
    returned(permit, "gc309", "site", at=on(TUESDAY))
    html = page(signed_in("lijinrong"), permit)
    assert "轮到您：补正 1 处" in html
    assert re.search(r'href="/drafts/[\w-]+"', html)
    assert html.index("轮到您：补正 1 处") < html.index("建设地址") < html.index("办到哪一步了")


@pytest.fixture
def long_ago(app: Flask) -> str:
    """A permit accepted so long ago that every promise is past today."""
    number = applied(PERMIT, on(date(2026, 1, 5)))
    decided(number, "accept", Outcome.ACCEPT, at=on(date(2026, 1, 5)))
    return number


@pytest.mark.parametrize("username", ["lijinrong", "clerk-sw"])
def test_the_panel_names_who_is_late_and_by_how_many_working_days(
    long_ago: str, signed_in: Enter, username: str
) -> None:
    html = page(signed_in(username), long_ago)
    panel = html[html.index('aria-labelledby="now"') : html.index('id="dates"')]
    assert "8 个部门超过了承诺的时间" in panel
    for name in ("成都市城市管理委员会", "成都市公安局", "成都市应急管理局"):
        assert re.search(rf"{name}.*?超 \d+ 个工作日", panel, re.DOTALL)


def test_who_is_late_is_named_while_it_is_the_applicants_turn(long_ago: str, signed_in: Enter) -> None:
    returned(long_ago, "gc309", "site", at=on(date(2026, 1, 6)))
    html = page(signed_in("lijinrong"), long_ago)
    assert html.index("轮到您：补正 1 处") < html.index("8 个部门超过了承诺的时间") < html.index("要补正的内容")


def test_every_lane_that_is_drawn_stands_in_a_table_too(permit: str, signed_in: Enter) -> None:
    html = page(signed_in("lijinrong"), permit)
    assert html.count('class="ry-lane"') == 13, "acceptance and twelve reviews"
    assert html.count('<th scope="row">成都市水务局<small>') == 2
    for title in ("施工许可决定", "制证发证"):
        assert title in html, "what has not begun is in the table only"


def first_lane(app: Flask, number: str, day: date) -> dict[str, Any]:
    """As its applicant sees it in the afternoon of that day."""
    found = tracker(reading(), number, by=actor_named(reading(), "wangxiaorong"), at=on(day, 15))
    with app.test_request_context():
        first = single(found)
    assert first is not None
    lane: dict[str, Any] = first["board"]["lanes"][0]
    return lane


@pytest.mark.parametrize(
    "day, words",
    [
        (date(2026, 6, 8), "明天到期"),
        (date(2026, 6, 9), "今天到期"),
    ],
)
def test_a_step_due_in_a_day_says_when_instead_of_soon(app: Flask, signed_in: Enter, day: date, words: str) -> None:
    """Promised within one working day it is yellow from its first minute: that is no alarm."""
    number = applied(RESIDENCE, on(MONDAY))
    reading().rollback()
    lane = first_lane(app, number, day)
    assert (lane["state"], lane["words"]) == ("soon", words)


def test_over_a_week_end_the_day_is_given(app: Flask) -> None:
    number = applied(RESIDENCE, on(date(2026, 6, 12)))
    assert first_lane(app, number, date(2026, 6, 12))["words"] == "6 月 15 日到期"


def test_a_day_that_a_notice_may_move_is_marked_in_the_chip_and_on_the_axis(app: Flask) -> None:
    number = applied(RESIDENCE, on(date(2026, 12, 31)))
    assert first_lane(app, number, date(2026, 12, 31))["words"] == "明天到期（预计）"
    decided(number, "accept", Outcome.ACCEPT, at=on(date(2026, 12, 31), 16))
    reading().rollback()
    found = tracker(reading(), number, by=actor_named(reading(), "wangxiaorong"), at=on(date(2026, 12, 31), 17))
    with app.test_request_context():
        assert brocade(found)["promise"][1].endswith("日（预计）")


def test_nothing_done_is_not_counted_and_no_space_follows_a_full_stop(permit: str, signed_in: Enter) -> None:
    html = page(signed_in("lijinrong"), permit)
    assert "0 个办结" not in html
    told = html[html.index('aria-labelledby="now"') : html.index('id="dates"')]
    assert re.search(r"。接下来：施工许可决定。", told)
    assert not re.search(r"[。；，] [\u4e00-\u9fff]", html)


def test_what_one_department_does_is_one_list_of_its_steps(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE, on(MONDAY))
    decided(number, "accept", Outcome.ACCEPT, at=on(MONDAY))
    html = page(signed_in("wangxiaorong"), number)
    assert 'class="ry-stage"' not in html
    assert "ry-brocade" not in html, "it would draw the same once more"
    lanes = re.findall(r'<li class="ry-lane".*?<b>(.*?)</b>', html, re.DOTALL)
    assert lanes == ["受理", "信息核对", "居住证发放决定", "制证发证"], "in their order, begun or not"
    part = html[html.index('id="where"') : html.index('id="happened"')]
    assert part.count("成都市公安局") == 1, "once, not beside every step"
    assert re.findall(r'<th scope="row">(.*?)</th>', part) == lanes, "the same as a table"
    assert "共 4 个环节" in part
    assert "办完 1 个" in part


def test_the_drawing_is_for_eyes_and_the_words_for_everyone(permit: str, signed_in: Enter) -> None:
    html = page(signed_in("lijinrong"), permit)
    drawings = re.findall(r"<svg(?![^>]*(?:aria-hidden|overflow=|class=\"(?:ax|g-body)))[^>]*>", html)
    assert all('role="img"' in svg for svg in drawings)
    assert re.search(r'<figure class="ry-brocade" aria-label="全程一览', html)


def test_the_date_of_any_step_is_explained_day_by_day(permit: str, signed_in: Enter) -> None:
    client = signed_in("lijinrong")
    whole = page(client, permit)
    assert "《民法典》第二百零一条" in whole
    step = page(client, permit, "?dates=gc309")
    assert '<option value="gc309" selected>' in step
    assert 'id="how" open' in step
    assert page(client, permit, "?dates=nothing"), "an unknown step explains nothing, and breaks nothing"


@pytest.mark.parametrize("username, may", [("lijinrong", True), ("clerk-sw", False)])
def test_only_the_applicant_may_withdraw(permit: str, signed_in: Enter, username: str, may: bool) -> None:
    html = page(signed_in(username), permit)
    assert (f'action="/applications/{permit}/withdraw"' in html) is may
    assert ("/drafts/" in html) is False


def test_an_issued_one_leads_to_its_certificate(app: Flask, signed_in: Enter) -> None:
    number, certificate = issued(RESIDENCE, on(MONDAY))
    assert f'href="/my/certificates/{certificate}"' in page(signed_in("wangxiaorong"), number)


def test_a_refusal_tells_its_reason_and_the_remedies(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE, on(MONDAY))
    for step, outcome in (("accept", Outcome.ACCEPT), ("review", Outcome.AGREE), ("decide", Outcome.REFUSE)):
        decided(number, step, outcome, "居住登记未满半年。" if outcome is Outcome.REFUSE else "", at=on(TUESDAY))
    html = page(signed_in("wangxiaorong"), number)
    assert "居住登记未满半年。" in html
    assert "60 日内申请行政复议" in html


@pytest.mark.parametrize("username", ["wangxiaorong", "clerk-sc"])
def test_what_is_none_of_ones_business_answers_like_what_is_not(permit: str, signed_in: Enter, username: str) -> None:
    client = signed_in(username)
    assert client.get(f"/applications/{permit}").status_code == 404
    assert client.get("/applications/510100-20260608-ZJ-999999-X").status_code == 404


def test_looking_changes_nothing(permit: str, signed_in: Enter) -> None:
    client = signed_in("lijinrong")
    with statements() as sent:
        page(client, permit)
    assert not [statement for statement in sent if statement.startswith(("INSERT", "UPDATE", "DELETE"))]


# While the page is open.

NEWS = re.compile(r'hx-get="([^"]+)"')


def news(html: str) -> str:
    found = NEWS.search(html)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_an_open_tracker_is_told_nothing_while_nothing_changes(permit: str, signed_in: Enter) -> None:
    handler = signed_in("lijinrong")
    address = news(page(handler, permit))
    with statements() as sent:
        answer = handler.get(address)
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Set-Cookie" not in answer.headers
    assert sum("trail_head" in statement for statement in sent) == 1
    assert sum("applications" in statement for statement in sent) == 1
    assert handler.get("/healthz").status_code == 200
    with statements() as whole:
        page(handler, permit)
    assert len(sent) < len(whole) / 2


def test_an_open_tracker_is_told_what_is_new_and_asks_on_from_there(permit: str, signed_in: Enter) -> None:
    handler = signed_in("lijinrong")
    before = news(page(handler, permit))
    returned(permit, "gc309", "site", at=on(TUESDAY))
    answer = handler.get(before)
    told = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "轮到您：补正 1 处" in told
    assert 'hx-swap-oob="innerHTML">进度有更新：' in told
    assert "<html" not in told
    assert handler.get(news(told)).status_code == 204


def test_what_is_finished_asks_for_nothing(app: Flask, signed_in: Enter) -> None:
    number, _certificate = issued(RESIDENCE, on(MONDAY))
    assert "hx-get" not in page(signed_in("wangxiaorong"), number)


def test_news_are_for_those_who_may_read_the_tracker(permit: str, client: FlaskClient, signed_in: Enter) -> None:
    assert signed_in("yanmao").get(f"/applications/{permit}/news").status_code == 404
    assert signed_in("wangxiaorong").get("/applications/NONE/news").status_code == 404
    manager = signed_in("manager")
    assert manager.get(f"/applications/{permit}/news", headers={"HX-Request": "true"}).status_code == 403
    opened(permit, "manager")
    assert manager.get(f"/applications/{permit}/news").status_code == 200
    answer = client.get(f"/applications/{permit}/news", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Reswap"]) == (286, "none")
    assert "登录已过期，这一页不再自动更新。" in answer.get_data(as_text=True)


def test_a_page_left_open_keeps_nobody_signed_in(app: Flask, permit: str, signed_in: Enter) -> None:
    handler = signed_in("lijinrong")
    address = news(page(handler, permit))
    statuses = []
    for _ in range(2):
        with handler.session_transaction() as session:
            session["seen"] -= 31 * 60
        statuses.append(handler.get(address, headers={"HX-Request": "true"}).status_code)
    assert statuses == [204, 286]
