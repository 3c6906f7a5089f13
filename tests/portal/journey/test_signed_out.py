"""Signed out, or somebody else, in the middle of a page: what happened is said, and what was typed comes back to it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from approvals.records.people import SignIn
from portal.demonstration.people import PASSWORD
from portal.extensions import db
from portal.unit_of_work import now
from tests.factories import RESIDENCE
from tests.portal.journey.walking import Walk, begin, words

Enter = Callable[[str], FlaskClient]
PLACE = "/sections/residence"
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
FORM = re.compile(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', re.DOTALL)
TYPED = {"ground": "work", "employer": "成都示例食品厂", "moved_in-year": "2025", "moved_in-month": "2"}


@pytest.fixture
def walk(app: Flask, signed_in: Enter) -> Walk:
    """Forms need their tokens here, as they do outside of tests."""
    walk = begin(signed_in("wangxiaorong"), RESIDENCE)
    app.config["WTF_CSRF_ENABLED"] = True
    return walk


def hidden(page: TestResponse, action: str) -> dict[str, str]:
    """The hidden fields of the form that posts to this address."""
    found = next(inside for place, inside in FORM.findall(page.get_data(as_text=True)) if place.startswith(action))
    return {name: html.unescape(value) for name, value in HIDDEN.findall(found)}


def opened(walk: Walk) -> dict[str, str]:
    return hidden(walk.get(PLACE), walk.url)


def sent(walk: Walk, window: dict[str, str]) -> TestResponse:
    return walk.client.post(walk.url + PLACE, data={**window, **TYPED, "next_step": "continue"})


def sign_out(walk: Walk) -> None:
    form = hidden(walk.get(), "/sign-out")
    assert walk.client.post("/sign-out", data=form).status_code == 303


def sign_in(client: FlaskClient, page: TestResponse, username: str, password: str = PASSWORD) -> TestResponse:
    return client.post("/sign-in", data={**hidden(page, "/sign-in"), "username": username, "password": password})


def assert_is_back(walk: Walk) -> None:
    page = walk.get(PLACE)
    assert 'value="成都示例食品厂"' in page.get_data(as_text=True)
    assert 'name="moved_in-month" value="2"' in page.get_data(as_text=True)
    assert "还没有保存的内容，已经放在下面" in words(page)


def test_signed_out_in_another_tab_leads_through_signing_in_back_to_what_was_typed(walk: Walk) -> None:
    window = opened(walk)
    sign_out(walk)
    answer = sent(walk, window)
    assert answer.status_code == 401
    said = words(answer)
    assert "在别处退出了" in said
    assert "请在这里登录，写下的文字会放回原处" in said
    assert "返回上一页" not in said
    assert "成都示例食品厂" in said
    assert "成都示例食品厂" not in str(hidden(answer, "/sign-in")), "what is carried is sealed"
    wrong = sign_in(walk.client, answer, "wangxiaorong", "falsch")
    assert wrong.status_code == 422
    came = sign_in(walk.client, wrong, "wangxiaorong")
    assert (came.status_code, came.location) == (303, walk.url + PLACE)
    assert_is_back(walk)


def test_a_session_that_ended_elsewhere_likewise(walk: Walk) -> None:
    window = opened(walk)
    db.session.execute(update(SignIn).values(ended_at=now().instant))
    db.session.commit()
    answer = sent(walk, window)
    assert answer.status_code == 401
    assert sign_in(walk.client, answer, "wangxiaorong").location == walk.url + PLACE
    assert_is_back(walk)


def test_somebody_else_who_signs_in_there_gets_nothing_of_it(walk: Walk) -> None:
    window = opened(walk)
    sign_out(walk)
    came = sign_in(walk.client, sent(walk, window), "yanmao")
    assert came.location == "/my/applications"
    said = words(walk.client.get(came.location))
    assert "用另一个账号写的" in said
    assert "成都示例食品厂" not in said
    assert walk.get(PLACE).status_code in (403, 404)


def test_a_page_sent_after_somebody_else_signed_in_says_who_and_leads_back(walk: Walk) -> None:
    window = opened(walk)
    sign_out(walk)
    sign_in(walk.client, walk.client.get("/sign-in"), "yanmao")
    answer = sent(walk, window)
    said = words(answer)
    assert "是用另一个账号打开的，现在登录的是「" in said
    assert "成都示例食品厂" not in said
    assert sign_in(walk.client, answer, "wangxiaorong").location == walk.url + PLACE
    assert_is_back(walk)


def test_signed_in_again_in_another_tab_one_goes_on_with_one_press(walk: Walk) -> None:
    window = opened(walk)
    sign_out(walk)
    sign_in(walk.client, walk.client.get("/sign-in"), "wangxiaorong")
    answer = sent(walk, window)
    assert "您重新登录过，所以还没有保存" in words(answer)
    back = walk.client.post("/typed", data=hidden(answer, "/typed"))
    assert (back.status_code, back.location) == (303, walk.url + PLACE)
    assert_is_back(walk)


def test_a_draft_that_was_deleted_in_another_tab_is_said_to_be_gone(walk: Walk) -> None:
    window = opened(walk)
    token = {"csrf_token": window["csrf_token"]}
    assert walk.client.post(f"{walk.url}/discard", data={**token, "confirmed": "yes"}).status_code == 303
    answer = sent(walk, window)
    assert answer.status_code == 404
    assert "这份草稿已经不在了" in words(answer)
    assert "成都示例食品厂" in words(answer)


def test_what_was_carried_too_long_or_altered_is_not_put_back(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    window = opened(walk)
    sign_out(walk)
    answer = sent(walk, window)
    form = {**hidden(answer, "/sign-in"), "username": "wangxiaorong", "password": PASSWORD}
    altered = {**form, "carried": form["carried"][:-4] + "AAAA"}
    assert walk.client.post("/sign-in", data=altered).location == "/my/applications"
    later = now().instant + timedelta(hours=25)
    monkeypatch.setattr("portal.typed.LASTS", (now().instant - later).total_seconds())
    sign_out(walk)
    old = sent(walk, window)
    assert sign_in(walk.client, old, "wangxiaorong").location == "/my/applications"
    assert "成都示例食品厂" not in walk.get(PLACE).get_data(as_text=True)


def test_what_cannot_be_put_back_is_listed(walk: Walk) -> None:
    window = opened(walk)
    sign_out(walk)
    answer = sent(walk, window)
    sign_in(walk.client, walk.client.get("/sign-in"), "wangxiaorong")
    other = opened(walk)
    assert walk.client.post(f"{walk.url}{PLACE}/typed", data={**other, "employer": "后来写的"}).status_code == 200
    form = {**hidden(walk.client.get("/"), "/preferences"), "carried": hidden(answer, "/sign-in")["carried"]}
    met = walk.client.post("/typed", data={name: form[name] for name in ("csrf_token", "carried")})
    assert met.status_code == 409
    assert "成都示例食品厂" in words(met)
    assert 'value="后来写的"' in walk.get(PLACE).get_data(as_text=True)
