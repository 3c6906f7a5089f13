"""Laws of every route: it lists its permission, writes only by POST, and takes no write without a token of the form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from approvals import errors
from approvals.errors import Refusal
from approvals.permissions import POLICY, SYSTEM, Actor, may
from approvals.vocabulary import Role
from config import Settings
from portal import create_app
from portal.errors import WORDS
from portal.guards import PUBLIC, permission_of
from tests.fixtures.heart import Office

METHODS = {"GET", "POST"}
NUMBERS = {"version", "record", "serial"}
"""Parts of addresses that are whole numbers."""


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def address(rule: Rule) -> str:
    """The rule with something in each of its places."""
    with_values = {name: 1 if name in NUMBERS else "nothing" for name in rule.arguments}
    built = rule.build(with_values)
    assert built is not None
    return built[1]


def test_every_route_lists_a_permission_of_the_policy(app: Flask) -> None:
    unlisted = [rule.endpoint for rule in rules(app) if permission_of(app, rule.endpoint) not in {PUBLIC, *POLICY}]
    assert unlisted == []


def test_every_permission_is_used_by_a_route_or_a_command(app: Flask) -> None:
    routed = {permission_of(app, rule.endpoint) for rule in rules(app)}
    heart = "".join(path.read_text() for path in Path("approvals").rglob("*.py") if path.name != "permissions.py")
    assert [name for name in POLICY if name not in routed and f'"{name}"' not in heart] == []


def test_an_unlisted_route_is_not_served(home: Path) -> None:
    app = create_app(Settings(home=home, demonstration=True))
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert app.test_client().get("/forgotten").status_code == 403


def test_routes_know_only_reading_and_posting(app: Flask) -> None:
    other = {
        rule.endpoint: rule.methods for rule in rules(app) if (rule.methods or set()) - METHODS - {"HEAD", "OPTIONS"}
    }
    assert other == {}


def test_addresses_are_lower_case_words_joined_by_hyphens(app: Flask) -> None:
    import re

    fixed = re.compile(r"(/([a-z0-9-]+|<[^>]+>)?)+")
    assert [rule.rule for rule in rules(app) if not fixed.fullmatch(rule.rule)] == []


def test_a_stranger_gets_nowhere_without_signing_in(app: Flask, client: FlaskClient) -> None:
    for rule in rules(app):
        if permission_of(app, rule.endpoint) == PUBLIC:
            continue
        if "GET" in (rule.methods or ()):
            answer = client.get(address(rule))
            assert answer.status_code in (302, 303), rule.endpoint
            assert answer.headers["Location"].startswith("/sign-in"), rule.endpoint
        else:
            assert client.post(address(rule)).status_code == 401, rule.endpoint


def test_every_write_needs_the_token_of_a_form(home: object, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    for rule in rules(app):
        if "POST" in (rule.methods or ()):
            answer = client.post(address(rule), data={"text": "写好的内容"})
            assert answer.status_code in (400, 401), rule.endpoint


def test_what_was_typed_survives_a_lost_token(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = app.test_client().post("/sign-in", data={"username": "wangxiaorong", "password": "geheim"})
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert "wangxiaorong" in page
    assert "geheim" not in page


@pytest.mark.parametrize("address", ["/", "/services", "/verify", "/sign-in", "/nowhere", "/static/css/tokens.css"])
def test_every_answer_carries_the_headers(client: FlaskClient, address: str) -> None:
    with client.get(address) as answer:
        _ = answer.data
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Request-Id"]


def test_pages_are_not_kept_and_static_files_are(client: FlaskClient) -> None:
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"
    with client.get("/static/css/tokens.css?v=1") as answer:
        assert "immutable" in answer.headers["Cache-Control"]


REFUSED: dict[int, dict[str, Any]] = {
    400: {"path": "/services?q=%FF"},
    401: {"path": "/my/letters/read", "method": "POST"},
    403: {"path": "/office/queue"},
    404: {"path": "/nowhere"},
    405: {"path": "/services", "method": "DELETE"},
    413: {"path": "/sign-in", "method": "POST", "data": {f"f{number}": "x" for number in range(501)}},
    414: {"path": f"/services?q={'a' * 5000}"},
    422: {"path": "/drafts/nothing/discard", "method": "POST", "data": {"stranger": "1"}},
}
"""A request for each status that an error page is made for, by somebody who signed in, but for 401."""


@pytest.mark.parametrize("status", REFUSED)
def test_every_error_page_shows_the_number_of_its_request(
    client: FlaskClient, signed_in: Callable[[str], FlaskClient], status: int
) -> None:
    answer = (client if status == 401 else signed_in("yanmao")).open(**REFUSED[status])
    assert answer.status_code == status
    number = answer.headers["X-Request-Id"]
    assert number
    assert f'<span class="num">{number}</span>' in answer.get_data(as_text=True)


def test_a_form_that_is_no_text_gets_the_error_page_with_its_number(client: FlaskClient) -> None:
    answer = client.post("/sign-in", data=b"username=%FF", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert f'<span class="num">{answer.headers["X-Request-Id"]}</span>' in answer.get_data(as_text=True)


def test_a_strange_host_is_refused(client: FlaskClient) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_every_refusal_has_a_status_and_words() -> None:
    every = {each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Refusal)} - {Refusal}
    assert every - set(WORDS) == set()
    assert all(400 <= status < 500 for status, _words in WORDS.values())


def test_nobody_may_do_what_the_policy_does_not_list() -> None:
    for role in Role:
        assert not may(Actor(1, role, "ZJ"), "application:burn")
    assert not may(SYSTEM, "step:decide")


def test_a_foreign_application_answers_as_if_it_were_not_there(office: Office, signed_in: object) -> None:
    assert callable(signed_in)
    number = office.apply("residence-permit")
    for username in ("yanmao", "lijinrong", "clerk-jt"):
        stranger = signed_in(username)
        for place in (f"/applications/{number}", f"/applications/{number}/receipt"):
            there, missing = stranger.get(place), stranger.get(place.replace("000001", "000009"))
            assert there.status_code == missing.status_code
            assert there.status_code in (403, 404)
