"""Giving a mandate for some items: on a phone the form stays short, and items are found by their names."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.people import sign_in
from tests.fixtures.browser import Visitors
from tests.fixtures.live import Live

SCREENS = 6
"""What the form may take on a narrow phone before a group is opened; with every item below each other it took 14."""


def test_items_are_found_by_name_and_the_form_is_short(visitors: Visitors, live: Live) -> None:
    page = visitors.come(width=320, height=800, address=live.address)
    sign_in(page, "wangxiaorong")
    page.goto("/my/mandates/new")
    page.get_by_label("只限选中的事项").check()
    assert page.evaluate("document.documentElement.scrollHeight") < SCREENS * 800
    page.get_by_label("按名称找").fill("居住证")
    expect(page.get_by_text("找到 1 项")).to_be_visible()
    page.get_by_label("居住证申领").check()
    page.get_by_label("按名称找").press("Enter")
    assert page.url.endswith("/my/mandates/new"), "looking sends nothing"
    page.get_by_label("按名称找").fill("")
    expect(page.get_by_label("居住证申领")).to_be_visible()


def test_without_scripts_groups_open_and_nothing_looks_for_anything(visitors: Visitors, live: Live) -> None:
    page = visitors.come(width=320, height=800, address=live.address, scripts=False)
    sign_in(page, "wangxiaorong")
    page.goto("/my/mandates/new")
    expect(page.get_by_label("按名称找")).to_be_hidden()
    box = page.locator("input[name=items][value=MS027]")
    expect(box).to_be_hidden()
    page.locator("details", has=box).locator("summary").click()
    box.check()
