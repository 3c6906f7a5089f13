"""What is typed is not lost: a cut network, a reload, another device, the way back; and no browser keeps it unasked."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from tests.browser.kinds import BUSINESS
from tests.browser.people import begin, sign_in
from tests.fixtures.browser import Visitors
from tests.fixtures.live import Live

STORED = "() => Object.entries(localStorage).map(([name, value]) => name + value).join()"
WITHOUT_A_WORD = """() => {
    const stop = event => event.stopImmediatePropagation();
    for (const name of ["pagehide", "visibilitychange"]) addEventListener(name, stop, true);
}"""
"""The page hears nothing of its end, as on a phone that needs its memory: else it could still send what was typed."""


@pytest.fixture
def enter(visitors: Visitors, live: Live) -> Callable[..., Page]:
    """A device on which somebody has opened the page of a project, of a new draft."""

    def entered() -> Page:
        page = visitors.come(address=live.address)
        sign_in(page, BUSINESS)
        begin(page, "construction-permit")
        page.goto(f"{page.url}/sections/project")
        return page

    return entered


def name_of(page: Page) -> Locator:
    return page.locator("input[name=project_name]")


def said(page: Page) -> Locator:
    return page.locator("[data-typed-said]")


def questions(page: Page) -> list[str]:
    """What the browser asks from now on; nobody wants to leave."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", answer)
    return asked


def test_a_reload_and_another_device_show_what_was_typed(
    enter: Callable[..., Page], visitors: Visitors, live: Live
) -> None:
    page = enter()
    name_of(page).press_sequentially("边写边存的工程")
    expect(said(page)).to_contain_text("写下的内容保存于")
    page.reload()
    expect(name_of(page)).to_have_value("边写边存的工程")
    expect(page.locator("[data-restored]")).to_contain_text("还没有保存的内容")
    phone = visitors.come(address=live.address)
    sign_in(phone, BUSINESS)
    phone.goto(page.url)
    expect(name_of(phone)).to_have_value("边写边存的工程")
    assert page.evaluate(STORED) == ""


def test_what_was_typed_a_moment_before_a_link_is_kept_and_the_back_button_shows_it(enter: Callable[..., Page]) -> None:
    page = enter()
    name_of(page).press_sequentially("一口气写完就走")
    page.get_by_role("link", name="办事", exact=True).first.click()
    page.wait_for_url("**/services")
    page.go_back()
    expect(name_of(page)).to_have_value("一口气写完就走")
    name_of(page).fill("再写一次就回上一步")
    page.get_by_role("button", name="上一步").click()
    expect(name_of(page)).to_have_count(0)
    page.go_back()
    expect(name_of(page)).to_have_value("再写一次就回上一步")


@pytest.mark.parametrize("words", ["长辈版", "深色"])
def test_a_switch_of_the_header_keeps_the_page(enter: Callable[..., Page], words: str) -> None:
    page = enter()
    name_of(page).press_sequentially("换一种样子")
    page.get_by_role("button", name=words).click()
    expect(page.locator("html[data-elder=on], html[data-bs-theme=dark]")).to_have_count(1)
    expect(name_of(page)).to_have_value("换一种样子")


def test_a_cut_line_loses_nothing_and_says_so(enter: Callable[..., Page]) -> None:
    page = enter()
    page.context.set_offline(True)
    name_of(page).press_sequentially("断网的时候写的")
    expect(said(page)).to_contain_text("没有连上，写下的内容留在这一页")
    assert page.evaluate(STORED) == "", "nobody has said that this device is theirs"
    asked = questions(page)
    page.evaluate("location.reload()")
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert name_of(page).input_value() == "断网的时候写的"
    page.get_by_role("button", name="保存，下次再填").click()
    expect(name_of(page)).to_have_value("断网的时候写的")
    page.context.set_offline(False)
    expect(said(page)).to_contain_text("写下的内容保存于", timeout=15000)
    page.reload()
    expect(name_of(page)).to_have_value("断网的时候写的")
    assert asked == ["beforeunload"], "what is kept is left without a question"


def test_on_ones_own_device_the_browser_keeps_it_until_it_is_kept_here(enter: Callable[..., Page]) -> None:
    page = enter()
    tick = page.get_by_role("checkbox", name="这是我自己的设备")
    tick.check()
    page.context.set_offline(True)
    name_of(page).press_sequentially("存在自己的设备上")
    expect(said(page)).to_contain_text("存在这台设备上")
    assert "存在自己的设备上" in page.evaluate(STORED)
    address = page.url
    context = page.context
    page.evaluate(WITHOUT_A_WORD)
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(address)
    expect(name_of(page)).to_have_value("存在自己的设备上")
    expect(page.get_by_text("这台设备上还有您")).to_be_visible()
    expect(said(page)).to_contain_text("写下的内容保存于")
    assert "存在自己的设备上" not in page.evaluate(STORED)
    page.context.set_offline(True)
    name_of(page).press_sequentially("，还有")
    expect(said(page)).to_contain_text("存在这台设备上")
    page.get_by_role("checkbox", name="这是我自己的设备").uncheck()
    assert page.evaluate(STORED) == ""
    page.context.set_offline(False)


def test_signing_out_takes_it_from_the_device(enter: Callable[..., Page]) -> None:
    page = enter()
    page.get_by_role("checkbox", name="这是我自己的设备").check()
    assert page.evaluate(STORED) != ""
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/")
    assert page.evaluate(STORED) == ""


def test_two_windows_do_not_write_over_each_other(enter: Callable[..., Page]) -> None:
    page = enter()
    other = page.context.new_page()
    other.goto(page.url)
    name_of(page).press_sequentially("第一个窗口")
    expect(said(page)).to_contain_text("写下的内容保存于")
    name_of(other).press_sequentially("第二个窗口")
    expect(said(other)).to_contain_text("在别的窗口或者设备上")
    other.get_by_role("button", name="保存，下次再填").click()
    expect(other.locator("[role=alert]")).to_contain_text("再保存一次，就以这一页为准")
    expect(other.get_by_text("第一个窗口")).to_be_visible()
    expect(name_of(other)).to_have_value("第二个窗口")


def test_the_language_switched_and_switched_back_at_once_is_as_it_was(enter: Callable[..., Page]) -> None:
    page = enter()
    name_of(page).press_sequentially("换过去又换回来")
    page.get_by_role("button", name="English").click()
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(name_of(page)).to_have_value("换过去又换回来")


def test_what_is_still_on_its_way_arrives_before_the_page_is_left(enter: Callable[..., Page]) -> None:
    page = enter()
    held: list[Route] = []
    left: list[str] = []

    def hold(route: Route) -> None:
        if route.request.is_navigation_request():
            left.append(route.request.url)
            route.continue_()
        else:
            held.append(route)

    page.route("**/typed", hold)
    name_of(page).press_sequentially("先写的")
    with page.expect_request("**/typed"):
        pass
    name_of(page).press_sequentially("，再写的")
    page.get_by_role("button", name="长辈版").click()
    page.wait_for_timeout(500)
    assert (len(held), left) == (1, [])
    held[0].continue_()
    expect(page.locator("html[data-elder=on]")).to_have_count(1)
    expect(name_of(page)).to_have_value("先写的，再写的")
