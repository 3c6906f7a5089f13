"""Where room is short, nothing stands over its neighbour and no word is broken into characters."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.people import sign_in
from tests.fixtures.browser import Visitors
from tests.fixtures.live import Live

ROW = "rows => rows.map(row => [row.innerText, row.offsetHeight, row.scrollWidth - row.clientWidth])"


@pytest.mark.parametrize("language, width", [("zh-CN", 390), ("zh-CN", 320), ("en", 390), ("en", 320)])
def test_on_a_phone_only_the_name_in_the_uppermost_row_is_cut(
    visitors: Visitors, lived: Live, language: str, width: int
) -> None:
    page = visitors.come(width=width, height=700, language=language, address=lived.address)
    sign_in(page, "lijinrong")
    # Of this browser alone: what the switch of the header chooses goes with the account, which others use.
    page.context.add_cookies([{"name": "language", "value": language[:2], "url": lived.address}])
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    entries = page.locator(".ry-switch").evaluate_all(ROW)
    assert len(entries) == 5
    assert [words for words, height, _cut in entries if height > 44] == []
    assert [words for words, _height, cut in entries if cut > 1 and "李锦蓉" not in words] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_tables_of_the_board_stay_in_their_columns(visitors: Visitors, lived: Live, language: str) -> None:
    page = visitors.come(width=1280, address=lived.address)
    sign_in(page, "manager")
    page.goto("/management/board")
    if language == "en":
        page.get_by_role("button", name="English").click()
    parts = page.locator(".ry-cols--board > *, .ry-cols--board .ry-panel")
    assert parts.evaluate_all("all => all.filter(one => one.scrollWidth > one.clientWidth).length") == 0


def test_the_panel_that_decides_scrolls_with_the_page_to_its_last_button(visitors: Visitors, lived: Live) -> None:
    page = visitors.come(width=1280, height=800, address=lived.address)
    sign_in(page, "clerk-zj")
    page.goto("/office/queue")
    page.locator("[data-row]").first.click()
    panel = page.locator(".ry-work__side")
    assert panel.evaluate("one => one.scrollHeight <= one.clientHeight && one.clientHeight > innerHeight")
    page.evaluate(
        "window.scrollTo(0, document.querySelector('.ry-work__side').getBoundingClientRect().bottom - innerHeight / 2)"
    )
    button = page.get_by_role("button", name="提交意见")
    expect(button).to_be_in_viewport(ratio=1)
    page.evaluate("window.scrollBy(0, 1200)")
    expect(panel.locator(":scope > :last-child")).to_be_in_viewport(ratio=1)
