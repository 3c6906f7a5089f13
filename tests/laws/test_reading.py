"""The law of reading: whoever looks at whatever page changes nothing in the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.fixtures.heart import Office

COUNTED = ('INSERT INTO "sign_ins"', 'INSERT INTO "sign_in_attempts"')


def content(app: Flask) -> list[str]:
    """Everything in the database but the sessions, which signing in makes, and the wrong codes counted of a network."""
    file = Path(app.extensions["settings"].home) / "rongyiban.sqlite3"
    with sqlite3.connect(file) as connection:
        lines = [line for line in connection.iterdump() if not line.startswith(COUNTED)]
    connection.close()
    return lines


@pytest.mark.parametrize("username", [None, "wangxiaorong", "lijinrong", "clerk-zj", "manager", "administrator"])
def test_no_get_request_writes(
    office: Office, client: FlaskClient, signed_in: Callable[[str], FlaskClient], username: str | None
) -> None:
    app = office.app
    number, draft = office.apply(), office.draft("residence-permit")
    office.take(number, "accept")
    reader = signed_in(username) if username else client
    values = {
        "number": number,
        "reference": number,
        "token": draft,
        "ticket": "nothing",
        "slug": "construction-permit",
        "key": "gc301",
        "material": "drawings",
        "code": "AAAA-BBBB-CCCC-DDDD",
        "version": 1,
        "owed": 1,
        "record": 1,
        "what": "phone",
        "serial": 1,
        "month": "2026-06",
        "name": "roots.pem",
        "form": "xlsx",
        "username": "clerk-zj",
    }
    before = content(app)
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static" or "GET" not in (rule.methods or ()):
            continue
        built = rule.build({name: values[name] for name in rule.arguments})
        assert built is not None, rule.rule
        answer = reader.get(built[1])
        assert answer.status_code < 500, rule.endpoint
    assert content(app) == before
