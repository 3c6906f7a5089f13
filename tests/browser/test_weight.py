"""What a first visit costs: the bytes and requests of a page in a browser that has nothing yet."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from playwright.sync_api import Page, Request, Response

from tests.browser.kinds import BUSINESS, CITIZEN, KINDS, OTHER, Kind
from tests.browser.people import sign_in
from tests.fixtures.browser import Visitors
from tests.fixtures.live import Live

MOST_BYTES = 150_000
"""As they go over the wire: compressed, with their headers."""
MOST_REQUESTS = 12
"""The manifest among them, which a browser without a window does not ask for. The service worker and the page without
network come with the second page (test_installable).
"""

VISITED = [kind for kind in KINDS if kind.who in ("", BUSINESS, CITIZEN, OTHER) and not kind.form]
"""Whatever an applicant may open first: a link in a letter leads anywhere."""


def bytes_of(answer: Response) -> int:
    sizes = answer.request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]


@pytest.mark.parametrize(
    "visited", [VISITED[::4], pytest.param(VISITED, marks=pytest.mark.soak)], ids=["every fourth", "all"]
)
def test_a_first_visit_is_light(
    visitors: Visitors, lived: Live, places: dict[str, str], visited: Sequence[Kind]
) -> None:
    """One browser for these pages, its cache emptied before each."""
    found: dict[str, tuple[int, int]] = {}
    for who in dict.fromkeys(kind.who for kind in visited):
        page = visitors.come(address=lived.address)
        if who:
            sign_in(page, who)
        for kind in visited:
            if kind.who == who:
                found[kind.name] = weight(page, kind, places)
    assert {name: cost for name, cost in found.items() if cost[0] > MOST_BYTES or cost[1] > MOST_REQUESTS} == {}


def weight(page: Page, kind: Kind, places: dict[str, str]) -> tuple[int, int]:
    session = page.context.new_cdp_session(page)
    session.send("Network.clearBrowserCache")
    session.detach()
    asked: list[Request] = []

    def note(request: Request) -> None:
        asked.append(request)

    page.on("requestfinished", note)
    kind.open(page, places)
    page.remove_listener("requestfinished", note)
    answers = [answer for request in asked if (answer := request.response())]
    manifest = page.context.request.get(str(page.locator("link[rel=manifest]").evaluate("one => one.href")))
    is_counted = any(answer.url == manifest.url for answer in answers)
    total = sum(bytes_of(answer) for answer in answers) + (0 if is_counted else len(manifest.body()))
    return total, len(answers) + (not is_counted)
