"""Requests made to break the portal: numbers, dates and line breaks it cannot hold, and forms of any size."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from werkzeug.test import TestResponse

from config import Settings
from portal import create_app, web
from portal.demonstration.people import PASSWORD
from portal.security import LONGEST_ADDRESS
from portal.unit_of_work import reading
from tests.standing import entered

Enter = Callable[[str], FlaskClient]

FORM = "application/x-www-form-urlencoded"


def chunked(client: FlaskClient, body: bytes) -> TestResponse:
    """A form whose length the sender does not tell beforehand."""
    return client.post(
        "/sign-in",
        input_stream=io.BytesIO(body),
        content_type=FORM,
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )


def test_a_form_of_untold_length_is_read_no_further_than_any_other(app: Flask, client: FlaskClient) -> None:
    most = app.config["MAX_FORM_MEMORY_SIZE"]
    assert chunked(client, b"username=" + b"a" * most).status_code == 413
    assert chunked(client, b"username=somebody&password=wrong").status_code == 422


def test_what_was_too_long_is_not_sent_back(app: Flask, client: FlaskClient) -> None:
    answer = chunked(client, b"a=1&" * (app.config["MAX_FORM_MEMORY_SIZE"] // 4 + 1))
    assert answer.status_code == 413
    assert len(answer.data) < 100_000


def test_a_form_of_too_many_fields_is_refused_and_not_sent_back(app: Flask, client: FlaskClient) -> None:
    fields = "&".join(f"f{number}=x" for number in range(app.config["MAX_FORM_PARTS"] + 1))
    answer = client.post("/sign-in", data=fields, content_type=FORM)
    assert answer.status_code == 413
    assert len(answer.data) < 100_000
    assert b"f499" not in answer.data


@pytest.mark.parametrize("target", ["/\r\nX-Evil: 1", "/my/letters\n", "/\t/evil.example", "/\x00", "/\x7f"])
def test_signing_in_leads_to_no_address_with_control_characters(client: FlaskClient, target: str) -> None:
    answer = client.post("/sign-in", data={"username": "yanmao", "password": PASSWORD, "next": target})
    assert (answer.status_code, answer.location) == (303, "/my/applications")
    assert "X-Evil" not in answer.headers


@pytest.mark.parametrize("version", [2**31, 2**63, 10**30])
def test_no_file_has_a_version_that_no_database_can_hold(signed_in: Enter, version: int) -> None:
    assert signed_in("yanmao").get(f"/applications/nothing/materials/plan/{version}").status_code == 404
    assert signed_in("clerk-zj").get(f"/office/steps/nothing/accept/materials/plan/{version}").status_code == 404


@pytest.mark.parametrize("until", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+14:00", "2026-01-01", "", "later"])
def test_letters_are_read_until_an_instant_and_nothing_else(signed_in: Enter, until: str) -> None:
    assert signed_in("yanmao").post("/my/letters/read", data={"until": until}).status_code == 400


@pytest.fixture
def proxied(home: Path) -> Iterator[Flask]:
    """Behind one proxy."""
    with entered(create_app(Settings(home=home, demonstration=True, proxies=1, log_level="ERROR"))) as application:
        yield application


def guess(app: Flask, forwarded: str, password: str = "wrong") -> int:
    answer = app.test_client().post(
        "/sign-in", data={"username": "yanmao", "password": password}, headers={"X-Forwarded-For": forwarded}
    )
    return answer.status_code


def test_behind_a_proxy_guessing_shuts_out_the_guesser_alone(proxied: Flask) -> None:
    assert [guess(proxied, "203.0.113.7") for _ in range(11)] == [422] * 10 + [429]
    assert guess(proxied, "198.51.100.4", PASSWORD) == 303


def test_behind_a_proxy_an_invented_address_in_front_changes_nothing(proxied: Flask) -> None:
    tries = [guess(proxied, f"198.51.100.{number}, 203.0.113.7") for number in range(11)]
    assert tries == [422] * 10 + [429]


def test_without_a_proxy_nobody_may_say_where_a_request_comes_from(app: Flask) -> None:
    assert [guess(app, f"198.51.100.{number}") for number in range(11)] == [422] * 10 + [429]


def test_the_message_of_a_failed_statement_holds_no_value_of_it(app: Flask) -> None:
    with pytest.raises(DatabaseError) as failed:
        reading().execute(text("INSERT INTO nowhere (number) VALUES (:number)"), {"number": "510104199003072344"})
    assert "nowhere" in str(failed.value)
    assert "510104199003072344" not in str(failed.value)


def test_the_web_server_passes_on_the_longest_address_that_the_portal_takes() -> None:
    assert LONGEST_ADDRESS + len("GET  HTTP/1.1") < web.limit_request_line
