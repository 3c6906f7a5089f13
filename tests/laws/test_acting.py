"""The law of names: what was shown in one name is not written in another, whichever form it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import Rule

from approvals.permissions import POLICY
from approvals.records.application import Application
from approvals.records.mandate import Mandate
from approvals.vocabulary import Role
from portal.acting import ITS_OWN
from portal.guards import PUBLIC, permission_of
from portal.unit_of_work import reading
from tests.laws.test_routes import address, rules

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
FORM = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>.*?</form>', re.DOTALL)
PRINCIPALS = ("auth", "business", "citizen", "journey", "layout", "parts", "public")
PAGES = sorted(path for folder in PRINCIPALS for path in Path("templates", folder).rglob("*.html"))
WORDS = "在别处换了身份"


def posts(app: Flask) -> list[Rule]:
    """What principals may post, in whosever name."""
    found = []
    for rule in rules(app):
        permission = permission_of(app, rule.endpoint)
        if "POST" not in (rule.methods or ()) or permission in {PUBLIC, None}:
            continue
        if any(role is Role.CITIZEN for role, _relation in POLICY[str(permission)]):
            found.append(rule)
    return found


def token(client: FlaskClient) -> str:
    found = TOKEN.search(client.get("/my/mandates").get_data(as_text=True))
    assert found
    return found[1]


def switch(client: FlaskClient, to: str) -> None:
    assert client.post("/workspace", data={"workspace": to, "csrf_token": token(client)}).status_code == 303


@pytest.fixture
def tab(app: Flask, signed_in: Callable[[str], FlaskClient]) -> tuple[FlaskClient, str]:
    """A page opened in the company's name, after another tab has switched to oneself; forms need their tokens."""
    client = signed_in("lijinrong")
    app.config["WTF_CSRF_ENABLED"] = True
    shown = token(client)
    switch(client, "")
    return client, shown


def test_every_write_in_somebodys_name_is_refused_in_another(app: Flask, tab: tuple[FlaskClient, str]) -> None:
    client, shown = tab
    held = [rule for rule in posts(app) if permission_of(app, rule.endpoint) not in ITS_OWN]
    assert len(held) > 30
    for rule in held:
        answer = client.post(address(rule), data={"text": "写好的一段话", "csrf_token": shown})
        page = answer.get_data(as_text=True)
        assert (answer.status_code, WORDS in page, "写好的一段话" in page) == (409, True, True), rule.endpoint


def test_what_concerns_the_account_alone_is_taken_in_any_name(app: Flask, tab: tuple[FlaskClient, str]) -> None:
    client, shown = tab
    own = [rule for rule in posts(app) if permission_of(app, rule.endpoint) in ITS_OWN]
    for rule in own:
        if rule.endpoint == "auth.sign_out":
            continue
        answer = client.post(address(rule), data={"csrf_token": shown})
        assert WORDS not in answer.get_data(as_text=True), rule.endpoint
    assert {"auth.switch_workspace", "auth.sign_out", "citizen.read"} <= {rule.endpoint for rule in own}


def test_nothing_is_made_for_somebody_else_by_a_page_of_the_company(tab: tuple[FlaskClient, str]) -> None:
    client, shown = tab
    made = [reading().scalar(select(func.count()).select_from(table)) for table in (Mandate, Application)]
    client.post("/my/mandates/new", data={"csrf_token": shown, "person": "龑䶮", "duty": "handler", "matters": "all"})
    client.post("/services/tree-felling/apply", data={"csrf_token": shown, "organisation": ""})
    reading().rollback()
    assert [reading().scalar(select(func.count()).select_from(table)) for table in (Mandate, Application)] == made


def test_the_page_goes_on_where_its_name_is_taken_on_again(tab: tuple[FlaskClient, str]) -> None:
    client, shown = tab
    switch(client, shown.partition("~o")[2])
    answer = client.post("/my/mandates/new", data={"csrf_token": shown})
    assert answer.status_code == 422


def test_a_token_that_says_no_name_is_none(tab: tuple[FlaskClient, str]) -> None:
    client, shown = tab
    answer = client.post("/my/mandates/new", data={"csrf_token": shown.partition("~")[0], "person": "龑䶮"})
    assert answer.status_code == 400
    assert "龑䶮" in answer.get_data(as_text=True)


def test_a_piece_of_a_file_is_refused_in_words(tab: tuple[FlaskClient, str]) -> None:
    client, shown = tab
    answer = client.post("/drafts/nothing/pieces/plan", headers={"X-CSRFToken": shown, "Tus-Resumable": "1.0.0"})
    assert (answer.status_code, answer.mimetype) == (409, "text/plain")
    assert WORDS in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_every_form_that_is_posted_carries_it(path: Path) -> None:
    without = [form[:120] for form in FORM.findall(path.read_text()) if "csrf_token()" not in form]
    assert without == []
