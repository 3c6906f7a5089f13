"""On a device: nothing of anybody is kept, without network a page says so, and what was typed is not lost."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.kinds import BUSINESS, CITIZEN
from tests.browser.people import PHONE, keep, sign_in
from tests.fixtures.browser import Visitors
from tests.fixtures.live import Live

KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) {
      const answer = await caches.match(request);
      found.push([request.url, await answer.text()]);
    }
  }
  return found;
}"""


TAKEN_OVER = """async () => {
  const { serviceWorker } = navigator;
  await serviceWorker.ready;
  if (!serviceWorker.controller) {
    await new Promise((done) => serviceWorker.addEventListener("controllerchange", done, { once: true }));
  }
}"""


AFTER = 6000
"""Milliseconds: more than the worker waits for a page to be whole."""


def installed(page: Page) -> None:
    """Until the worker answers for the page."""
    page.evaluate(TAKEN_OVER)


def test_the_worker_comes_with_the_second_page(visitors: Visitors, lived: Live) -> None:
    page = visitors.come(address=lived.address, installs=True)
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto("/")
    page.wait_for_timeout(AFTER)
    assert not {"/service-worker", "/offline"} & set(asked), "a first visit does not pay for it"
    page.goto("/departments")
    installed(page)
    assert "/service-worker" in asked


def test_only_static_files_and_the_offline_page_are_kept(
    visitors: Visitors, lived: Live, places: dict[str, str]
) -> None:
    page = visitors.come(address=lived.address, installs=True)
    sign_in(page, CITIZEN)
    installed(page)
    for path in ("/my/applications", "/my/account", "/my/certificates", "/my/letters", "/services/residence-permit"):
        page.goto(path)
    page.goto(f"/applications/{places['MS027_submitted']}")
    kept = page.evaluate(KEPT)
    assert len(kept) > 5
    for address, text in kept:
        path = urlsplit(address).path
        assert path.startswith("/static/") or path == "/offline", address
        if path == "/offline":
            assert "小蓉" not in text
            assert "<form" not in text


@pytest.mark.parametrize("language, words", [("zh", "没有连上网络"), ("en", "There is no network")])
def test_without_network_a_page_says_so_in_the_readers_language(
    visitors: Visitors, lived: Live, language: str, words: str
) -> None:
    page = visitors.come(address=lived.address, installs=True)
    page.context.add_cookies([{"name": "language", "value": language, "url": lived.address}])
    page.goto("/")
    page.goto("/departments")
    installed(page)
    page.context.set_offline(True)
    page.goto("/services")
    expect(page.locator("h1")).to_have_text(words)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(243, 246, 245)", "with its styles"
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("h1")).not_to_have_text(words)


def test_what_was_typed_stays_when_it_cannot_be_sent(visitors: Visitors, lived: Live, places: dict[str, str]) -> None:
    page = visitors.come(address=lived.address, width=PHONE.width, height=PHONE.height, installs=True)
    sign_in(page, BUSINESS)
    page.goto(f"/drafts/{places['empty']}/sections/project")
    installed(page)
    name = page.locator("input[name=project_name]")
    name.fill("没有送出的工程（示例）")
    page.context.set_offline(True)
    page.get_by_role("button", name="保存，下次再填").click()
    expect(page.locator("#said")).to_contain_text("还没有送出")
    keep(page, "page-cut")
    expect(name).to_have_value("没有送出的工程（示例）")
    page.context.set_offline(False)
    with page.expect_navigation():
        page.get_by_role("button", name="保存，下次再填").click()
    page.goto(f"/drafts/{places['empty']}/sections/project")
    expect(name).to_have_value("没有送出的工程（示例）")
