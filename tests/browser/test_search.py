"""Suggestions under the search: they come while typing, are walked by keyboard and never take the place of the form."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.fixtures.browser import Visitors
from tests.fixtures.live import Live


def test_suggestions_come_while_typing_and_are_walked_by_keyboard(visitors: Visitors, lived: Live) -> None:
    page = visitors.come(address=lived.address, width=390, height=844)
    page.goto("/?for=businesses")
    field = page.get_by_role("searchbox")
    field.press_sequentially("sgxk")
    first = page.locator("[data-suggestions] a").first
    expect(first).to_contain_text("建筑工程施工许可证核发")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    field.press("ArrowDown")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-suggestions] a")).to_have_count(0)
    expect(field).to_have_value("sgxk")
    field.press("Enter")
    expect(page.get_by_role("heading", name="找事项")).to_be_visible()
    expect(page.get_by_role("link", name="建筑工程施工许可证核发")).to_be_visible()


@pytest.mark.parametrize("side", ["", "?for=citizens", "?for=businesses"])
@pytest.mark.parametrize(
    "said, first, also",
    [
        ("开餐馆", "食品经营许可", "开餐饮店一件事"),
        ("施工许可证", "建筑工程施工许可证核发", ""),
        ("开公司", "企业开办", ""),
        ("招牌", "招牌", ""),
        ("居住证", "居住证申领", ""),
    ],
)
def test_the_first_page_suggests_what_is_meant_whoever_it_is_for(
    visitors: Visitors, lived: Live, side: str, said: str, first: str, also: str
) -> None:
    page = visitors.come(address=lived.address)
    page.goto(f"/{side}")
    page.get_by_role("searchbox").press_sequentially(said)
    suggested = page.locator("[data-suggestions] a")
    expect(suggested.filter(has_text=first).first).to_be_visible()
    expect(suggested.first).to_contain_text(first)
    if also:
        expect(suggested.filter(has_text=also)).to_have_count(1)
    offered = suggested.first.text_content() or ""
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator(".ry-offers")).to_contain_text(offered.removesuffix("可在线申请"))


def test_suggestions_stay_away_where_somebody_only_passes(visitors: Visitors, lived: Live) -> None:
    page = visitors.come(address=lived.address)
    page.goto("/services?q=施工许可")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response("**/htmx-*"):
        page.get_by_role("searchbox").evaluate("one => { one.focus(); one.blur(); }")
    page.wait_for_timeout(500)
    expect(page.locator("[data-suggestions] a")).to_have_count(0)
    assert not [url for url in asked if "suggest" in url]


def test_an_answer_that_comes_after_they_were_closed_does_not_open_them_again(visitors: Visitors, lived: Live) -> None:
    page = visitors.come(address=lived.address)
    page.goto("/?for=businesses")
    field, held = page.get_by_role("searchbox"), []

    def hold(route: Route) -> None:
        held.append(route)

    field.press_sequentially("sg")
    expect(page.locator("[data-suggestions] a").first).to_be_visible()
    page.route("**/services/suggest**", hold)
    with page.expect_request("**/services/suggest**"):
        field.press_sequentially("xk")
    page.keyboard.press("Escape")
    expect(page.locator("[data-suggestions] a")).to_have_count(0)
    with page.expect_response("**/services/suggest**"):
        held[-1].continue_()
    page.wait_for_timeout(300)
    expect(page.locator("[data-suggestions] a")).to_have_count(0)


def test_the_search_works_without_a_script(visitors: Visitors, lived: Live) -> None:
    page = visitors.come(address=lived.address, scripts=False)
    page.goto("/")
    page.get_by_role("searchbox").fill("办个暂住证要多久")
    page.get_by_role("button", name="搜索").click()
    expect(page.get_by_role("heading", name="居住证申领：要多久？")).to_be_visible()
