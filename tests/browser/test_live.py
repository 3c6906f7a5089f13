"""The tracker brings itself up to date while it is open, and disturbs nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from approvals.vocabulary import Outcome
from config import Settings
from portal import create_app
from portal.extensions import db
from tests.browser.people import sign_in
from tests.factories import PERMIT, applied, decided, on
from tests.fixtures.browser import Visitors
from tests.fixtures.live import Live

DAY = date(2026, 6, 8)
FOCUS = "document.activeElement.textContent"
WAIT = 31_000
"""Milliseconds of the page's own clock, between one question and the next."""

Elsewhere = Callable[[Callable[[], str]], str]


@pytest.fixture(scope="module")
def elsewhere(live: Live) -> Elsewhere:
    """Do something in this installation that no browser does."""

    def run(act: Callable[[], str]) -> str:
        app = create_app(Settings(home=live.home, demonstration=True, log_level="ERROR"))
        with app.app_context():
            done = act()
            db.session.remove()
            db.engine.dispose()
            return done

    return run


def accept(number: str) -> str:
    decided(number, "accept", Outcome.ACCEPT, at=on(DAY))
    return number


def pass_time(page: Page, said: str) -> None:
    """Until the page says so, in its own time."""
    for _ in range(20):
        page.clock.run_for(WAIT)
        page.wait_for_timeout(300)
        if said in page.locator("#progress-said").inner_text():
            return
    raise AssertionError(f"the page never said {said}")


def test_news_come_in_and_nothing_else_moves(visitors: Visitors, live: Live, elsewhere: Elsewhere) -> None:
    number = elsewhere(lambda: applied(PERMIT, on(DAY)))
    page = visitors.come(address=live.address, height=600)
    page.clock.install()
    sign_in(page, "lijinrong")
    asked: list[int] = []
    page.on("response", lambda answer: asked.append(answer.status) if "/news" in answer.url else None)
    page.goto(f"/applications/{number}")
    said = page.locator("#progress-said")
    expect(said).to_have_text("")
    folded = page.locator("#progress details summary").first
    folded.scroll_into_view_if_needed()
    folded.focus()
    page.keyboard.press("Enter")
    words, top = page.evaluate(FOCUS), page.evaluate("scrollY")
    page.clock.run_for(16_000)
    page.wait_for_timeout(500)
    page.clock.run_for(WAIT)
    page.wait_for_timeout(500)
    assert set(asked) == {204}
    expect(said).to_have_text("")

    elsewhere(lambda: accept(number))
    pass_time(page, "进度有更新")
    expect(page.locator("#now")).to_contain_text("部门正在同时审查")
    assert page.evaluate(FOCUS) == words
    assert page.evaluate("document.activeElement.parentElement.open") is True
    assert abs(page.evaluate("scrollY") - top) < 2

    page.context.clear_cookies()
    pass_time(page, "登录已过期")
    before = len(asked)
    page.clock.run_for(4 * WAIT)
    assert (asked[-1], len(asked)) == (286, before)


def test_without_scripts_the_page_is_the_same(visitors: Visitors, live: Live, elsewhere: Elsewhere) -> None:
    number = elsewhere(lambda: applied(PERMIT, on(DAY)))
    texts = []
    for scripts in (True, False):
        page = visitors.come(address=live.address, scripts=scripts)
        page.goto("/sign-in")
        page.get_by_label("用户名").fill("lijinrong")
        page.get_by_label("密码").fill("rongyiban-demo")
        page.locator("main").get_by_role("button", name="登录").click()
        page.goto(f"/applications/{number}")
        texts.append(page.locator("main").inner_text())
    assert texts[0] == texts[1]
