"""Every page for everyone: axe finds nothing, it fits the narrowest screen, and a keyboard reaches what it is for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.access import (
    OF_COLOURS,
    Mode,
    darken,
    found_by_axe,
    looks,
    presses_to_action,
    what_overflows,
    without_visible_focus,
)
from tests.browser.kinds import KINDS, Kind
from tests.browser.people import sign_in
from tests.fixtures.browser import Visitors
from tests.fixtures.live import Live

MODES = cycle([*looks("zh"), looks("en")[0]])
REPRESENTATIVES = [
    pytest.param(
        kind, mode, marks=pytest.mark.soak if place % (12 if kind.form else 6) else (), id=f"{kind.name}-{mode}"
    )
    for place, (kind, mode) in enumerate(zip(KINDS, MODES, strict=False))
]
"""Every sixth kind of page once, and every twelfth of those that answer a form, in changing modes: seven of them, so
that neighbours differ. The others are for the soak: they are drawn by the same parts.
"""

Look = Callable[[Kind, Mode], Page]


@pytest.fixture(scope="module")
def crowd(browser: Browser) -> Iterator[Visitors]:
    """Stays for all tests of the module: signing in for each of them would take longer than the tests."""
    visitors = Visitors(browser)
    yield visitors
    for context in visitors.contexts:
        context.close()


@pytest.fixture(scope="module")
def known(crowd: Visitors, lived: Live) -> Callable[[str], Page]:
    """`known("clerk-zj")`: the page of this account, signed in; of a stranger by an empty name."""
    pages: dict[str, Page] = {}

    def come(username: str) -> Page:
        if username not in pages:
            page = crowd.come(address=lived.address)
            page.emulate_media(reduced_motion="reduce")
            # What lies in the material viewer is the browser's own page.
            page.route("**/steps/*/*/materials/**", lambda route: route.abort())
            if username:
                sign_in(page, username)
            pages[username] = page
        return pages[username]

    return come


@pytest.fixture
def seen(crowd: Visitors, known: Callable[[str], Page], places: dict[str, str], lived: Live) -> Iterator[Look]:
    """Opens a page as a visitor wants to see it; the browser must not complain."""
    crowd.complaints.clear()

    def look(kind: Kind, mode: Mode) -> Page:
        page = known(kind.who)
        resize(page, mode)
        page.context.add_cookies(
            [{"name": name, "value": value, "url": lived.address} for name, value in mode.cookies.items()]
        )
        kind.open(page, places)
        assert crowd.unexpected == []
        crowd.allow("Applying inline style")  # axe does, from here on, to look behind things
        return page

    yield look
    assert crowd.unexpected == []
    crowd.allowed.clear()


def resize(page: Page, mode: Mode) -> None:
    page.set_viewport_size({"width": mode.width, "height": mode.height})


def assert_none(found: list[str]) -> None:
    assert not found, "\n".join(found)


def assert_serves_everyone(page: Page, mode: Mode) -> None:
    assert_none(found_by_axe(page))
    expect(page.locator("h1")).to_have_count(1)
    assert page.locator("html").get_attribute("lang") == {"zh": "zh-CN", "en": "en"}[mode.language]
    assert_none(without_visible_focus(page))
    assert presses_to_action(page) is not None
    assert_none(what_overflows(page))


@pytest.mark.parametrize("kind,mode", REPRESENTATIVES)
def test_a_page_serves_everyone(seen: Look, kind: Kind, mode: Mode) -> None:
    assert_serves_everyone(seen(kind, mode), mode)


@pytest.mark.soak
@pytest.mark.parametrize("elder", [False, True], ids=["everyday", "elder"])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_page_serves_everyone_in_every_mode(seen: Look, kind: Kind, language: str, elder: bool) -> None:
    """Opened once and resized; then looked at in the dark, in both sizes again."""
    desktop, phone = (mode for mode in looks(language) if mode.elder is elder and mode.theme == "light")
    page = seen(kind, desktop)
    assert_serves_everyone(page, desktop)
    resize(page, phone)
    assert_serves_everyone(page, phone)
    darken(page)
    for mode in (phone, desktop):
        resize(page, mode)
        assert_none(found_by_axe(page, {"type": "rule", "values": OF_COLOURS}))
        assert_none(without_visible_focus(page))
