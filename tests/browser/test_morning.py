"""A clerk's morning: applications decided by keyboard alone, two clerks at one desk, and what the keys must not do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import sign_in
from tests.fixtures.browser import Visitors
from tests.fixtures.live import Live, living


@pytest.fixture(scope="module")
def morning(crowd_homes: dict[int, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A hundred applications wait for the police (GA)."""
    with living(Path(shutil.copytree(crowd_homes[100], tmp_path_factory.mktemp("morning") / "home"))) as installation:
        yield installation


def press(page: Page, key: str) -> None:
    """A key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def has_focus(page: Page, selector: str) -> bool:
    return bool(page.evaluate("selector => document.activeElement.matches(selector)", selector))


def reach(page: Page, selector: str) -> None:
    for _ in range(20):
        if has_focus(page, selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {selector}")


@pytest.mark.parametrize("how_many", [3, pytest.param(20, marks=pytest.mark.soak)])
def test_a_morning_by_keyboard_alone(visitors: Visitors, morning: Live, how_many: int) -> None:
    page = visitors.come(address=morning.address)
    sign_in(page, "clerk-ga")
    page.goto("/office/queue")
    before = int(page.locator(".ry-whose .num").first.inner_text())
    for _ in range(how_many):
        press(page, "n")
        expect(page.get_by_role("heading", name="由您在办")).to_be_visible()
        page.keyboard.press("a")
        expect(page.locator("input[name=outcome][value=accept]")).to_be_checked()
        page.keyboard.press("r")
        page.keyboard.type("材料齐全，a 1 n 都只是字。")
        reach(page, "input[name=late_reason]")  # they have waited since June
        page.keyboard.press("Space")
        press(page, "Control+Enter")
        assert page.url.endswith("/office/queue")
        expect(page.get_by_text("居住证申领：受理")).to_be_visible()
    after = int(page.locator(".ry-whose .num").first.inner_text())
    assert after == before, "each accepted application comes back as a step of review"
    expect(page.locator(".ry-tag", has_text="未读").first).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert has_focus(page, "tbody tr:first-child [data-row]")
    press(page, "Enter")
    assert "/office/steps/" in page.url
    page.keyboard.press("b")
    assert page.locator("details:has(> summary[data-key=b])").get_attribute("open") is not None
    press(page, "u")
    page.keyboard.press("/")
    assert has_focus(page, "#search-q")


def test_the_list_of_keys_opens_closes_and_turns_them_off(visitors: Visitors, morning: Live) -> None:
    page = visitors.come(address=morning.address)
    sign_in(page, "clerk-ga")
    page.goto("/office/queue")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="快捷键")
    expect(keys).to_be_visible()
    keys.get_by_role("checkbox", name="使用单键").uncheck()
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    page.keyboard.press("j")
    assert not has_focus(page, "[data-row]")
    page.get_by_role("button", name="快捷键").click()
    keys.get_by_role("checkbox", name="使用单键").check()
    keys.get_by_role("button", name="关闭").click()
    page.keyboard.press("j")
    assert has_focus(page, "[data-row]")


def test_both_of_two_clerks_at_one_desk_are_told_and_what_was_opened_is_read(visitors: Visitors, morning: Live) -> None:
    first, second = visitors.come(address=morning.address), visitors.come(address=morning.address)
    sign_in(first, "clerk-ga")
    sign_in(second, "head-ga")
    first.goto("/office/queue?seen=unread")
    row = first.locator("[data-row]").last
    desk = row.get_attribute("href")
    assert desk is not None
    with first.expect_response("**/open"):
        row.click()
    with second.expect_response("**/open"):
        second.goto(desk)
    expect(second.get_by_text("也打开着这一页")).to_be_visible()
    with first.expect_response("**/open"):
        first.reload()
    expect(first.get_by_text("也打开着这一页")).to_be_visible()
    first.goto("/office/queue?seen=unread")
    assert first.locator(f"[data-row][href='{desk}']").count() == 0
