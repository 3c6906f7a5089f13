"""The test tools themselves: what is missing fails in CI, and the browser's complaints fail a test."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.fixtures.browser import Visitors
from tests.outside import require_service, require_tool


def test_a_missing_tool_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such-program"):
        require_tool("no-such-program")


def test_a_missing_tool_is_skipped_aloud_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-program"):
        require_tool("no-such-program")


def test_a_missing_server_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("RONGYIBAN_TEST_REDIS", "redis://127.0.0.1:1/")
    with pytest.raises(pytest.fail.Exception, match="no redis server"):
        require_service("redis")


def test_each_test_may_have_an_empty_database_of_its_own(empty_postgres_url: str, postgres_url: str) -> None:
    assert empty_postgres_url != postgres_url
    address = make_url(empty_postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert found == (0,)


class Site(BaseHTTPRequestHandler):
    """Three little pages: a good one, one with an inline script, one with a missing style sheet."""

    pages: ClassVar[dict[str, str]] = {
        "/good": "<p>好</p>",
        "/inline": "<script>document.title = 1</script>",
        "/broken": '<link rel="stylesheet" href="/none.css">',
    }

    def do_GET(self) -> None:
        text = self.pages.get(self.path)
        self.send_response(200 if text else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", "default-src 'self'; img-src 'self' data:")
        self.end_headers()
        self.wfile.write(
            f'<!doctype html><html lang="zh"><link rel="icon" href="data:,"><title>x</title>{text or "无"}'.encode()
        )

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — the name is the base class's
        pass


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_browser_says_what_is_wrong_with_a_page(visitors: Visitors, site: str) -> None:
    page = visitors.come(width=390, height=844, address=site)
    page.goto("/good")
    page.goto("/nowhere")
    assert page.evaluate("[innerWidth, navigator.language]") == [390, "zh-CN"]
    assert visitors.unexpected == []

    page.goto("/inline")
    page.goto("/broken")
    policy, missing = visitors.unexpected
    assert "Content Security Policy" in policy
    assert missing == f"404 {site}/none.css"
    visitors.allow("Content Security Policy")
    visitors.allow("/none.css")
