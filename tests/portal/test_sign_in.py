"""Signing in and out: server-side sessions that can be revoked, and doors that stay shut."""

from __future__ import annotations

import contextvars
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import FrameType

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from approvals.commands.count_tries import whereabouts
from approvals.commands.sign_in import HASHER, MOST_FAILURES, MOST_FROM_NETWORK, NOBODY, try_once
from approvals.records.people import Account, SignIn, SignInAttempt
from config import Settings
from portal import create_app
from portal.database import writing
from portal.demonstration.people import PASSWORD
from portal.unit_of_work import changing, now, reading
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]


def sign_in(
    client: FlaskClient, username: str = "wangxiaorong", password: str = PASSWORD, **more: str
) -> tuple[int, str]:
    """Status, and the address it leads to or the page."""
    answer = client.post("/sign-in", data={"username": username, "password": password, **more})
    return answer.status_code, answer.location or answer.get_data(as_text=True)


def end_sessions() -> None:
    moment = now()
    with changing(at=moment) as session:
        session.execute(update(SignIn).values(ended_at=moment.instant))


def test_each_role_comes_to_its_own_place(app: Flask) -> None:
    homes = {"wangxiaorong": "/my/applications", "clerk-zj": "/office/queue", "manager": "/management/board"}
    for username, home in homes.items():
        assert sign_in(app.test_client(), username) == (303, home)


def test_a_closed_page_leads_to_signing_in_and_back(client: FlaskClient) -> None:
    away = client.get("/my/letters?page=2")
    assert (away.status_code, away.location) == (302, "/sign-in?next=%2Fmy%2Fletters%3Fpage%3D2")
    assert sign_in(client, next="/my/letters?page=2") == (303, "/my/letters?page=2")


@pytest.mark.parametrize(
    "target",
    [
        "https://example.org/",
        "//example.org",
        "/\\example.org",
        "javascript:alert(1)",
        "\\\\example.org",
        "my/letters",
        "",
    ],
)
def test_signing_in_never_leads_to_another_host(client: FlaskClient, target: str) -> None:
    assert sign_in(client, next=target) == (303, "/my/applications")


@pytest.mark.parametrize("username", ["wangxiaorong", "nobody-of-that-name"])
def test_a_wrong_password_and_an_unknown_user_get_the_same_words(client: FlaskClient, username: str) -> None:
    status, page = sign_in(client, username, "wrong")
    assert status == 422
    assert "用户名或密码不对。" in page
    assert "<title>错误：登录" in page
    assert f'value="{username}"' in page, "what was typed stays"
    assert "wrong" not in page, "but the password is never sent back"


def test_empty_fields_say_what_to_fill_in(client: FlaskClient) -> None:
    status, page = sign_in(client, "", "")
    assert status == 422
    assert "请填写「用户名或者手机号」" in page
    assert "请填写「密码」" in page


def test_guessing_is_slowed_down_for_this_user_and_network_only(app: Flask, client: FlaskClient) -> None:
    for _ in range(MOST_FAILURES):
        assert sign_in(client, password="wrong")[0] == 422
    status, page = sign_in(client)
    assert status == 429
    assert "试的次数太多了，请 15 分钟后再试。" in page
    assert sign_in(app.test_client(), "yanmao")[0] == 303, "another account is not locked out"


def test_attempts_keep_no_name_and_no_address(app: Flask, client: FlaskClient) -> None:
    sign_in(client, password="wrong")
    kept = reading().scalars(select(SignInAttempt.subject)).all()
    assert [len(subject) for subject in kept] == [64, 64]
    assert "wangxiaorong" not in "".join(kept)


def test_one_guess_at_many_accounts_is_slowed_down_for_this_network_only(app: Flask, client: FlaskClient) -> None:
    assert sign_in(client, "citizen-0", "wrong")[0] == 422
    for number in range(1, MOST_FROM_NETWORK):
        with changing(at=now()) as session:
            try_once(session, f"citizen-{number}", network="127.0.0.1", at=now())
    assert sign_in(client)[0] == 429
    elsewhere = {"environ_base": {"REMOTE_ADDR": "192.0.2.9"}}
    answer = client.post("/sign-in", data={"username": "wangxiaorong", "password": PASSWORD}, **elsewhere)
    assert answer.status_code == 303


def test_signing_in_is_not_counted_against_anybody(app: Flask) -> None:
    for _ in range(MOST_FAILURES + 1):
        assert sign_in(app.test_client())[0] == 303
    assert reading().scalars(select(SignInAttempt)).all() == []


@pytest.mark.parametrize("username", ["wangxiaorong", "nobody-of-that-name"])
def test_nobody_waits_to_write_while_a_password_is_looked_at(client: FlaskClient, username: str) -> None:
    """Known or not, the hash is computed once, with no transaction open."""
    seen: list[tuple[bool, bool]] = []

    def observe(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code is HASHER.verify.__func__.__code__:  # type: ignore[attr-defined]
            seen.append((writing.get(), reading().in_transaction()))

    sys.setprofile(observe)
    try:
        sign_in(client, username, "wrong")
    finally:
        sys.setprofile(None)
    assert seen == [(False, False)]


@pytest.mark.parametrize("kind", ["office", "postgres_office"])
def test_many_who_guess_at_once_do_not_pass_the_limit(request: pytest.FixtureRequest, kind: str) -> None:
    office: Office = request.getfixturevalue(kind)
    reading().rollback()

    def guess(_: int) -> int:
        data = {"username": "wangxiaorong", "password": "wrong"}
        return contextvars.Context().run(office.app.test_client().post, "/sign-in", data=data).status_code

    with ThreadPoolExecutor(8) as crowd:
        statuses = Counter(crowd.map(guess, range(3 * MOST_FAILURES)))
    assert statuses == {422: MOST_FAILURES, 429: 2 * MOST_FAILURES}


@pytest.mark.parametrize(
    "one, other, is_same",
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
    ],
)
def test_a_place_is_an_address_or_all_that_its_owner_has(one: str, other: str, is_same: bool) -> None:
    assert (whereabouts(one) == whereabouts(other)) is is_same


def test_a_revoked_session_is_dead_at_the_next_request(app: Flask, signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    assert client.get("/my/applications").status_code == 200
    end_sessions()
    assert client.get("/my/applications").status_code == 302
    assert client.post("/my/letters/read").status_code == 401


def test_an_account_that_is_disabled_is_out_at_once_and_stays_out(app: Flask, signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    moment = now()
    with changing(at=moment) as session:
        session.execute(update(Account).where(Account.username == "wangxiaorong").values(disabled_at=moment.instant))
    assert client.get("/my/applications").status_code == 302
    assert sign_in(app.test_client())[0] == 422


def test_signing_out_ends_the_session_on_the_server(app: Flask, signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    stolen = client.get_cookie("session")
    assert stolen is not None
    assert client.post("/sign-out").status_code == 303
    thief = app.test_client()
    thief.set_cookie("session", stolen.value)
    assert thief.get("/my/applications").status_code == 302


def test_signing_out_clears_what_the_browser_keeps(signed_in: Enter) -> None:
    answer = signed_in("wangxiaorong").post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def idle(client: FlaskClient, minutes: float) -> None:
    """As if the last request had been so long ago."""
    with client.session_transaction() as session:
        session["seen"] -= int(minutes * 60)


def test_who_was_idle_too_long_is_told_so_and_comes_back_to_the_page(app: Flask, signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    idle(client, app.extensions["settings"].idle_minutes + 1)
    away = client.get("/my/letters?page=2")
    assert (away.status_code, away.location) == (302, "/sign-in?next=%2Fmy%2Fletters%3Fpage%3D2&idle=1")
    assert "您有 60 分钟没有操作，为了您的安全已自动退出。" in client.get(away.location).get_data(as_text=True)
    assert sign_in(client, next="/my/letters?page=2") == (303, "/my/letters?page=2")
    assert client.get("/my/letters").status_code == 200


def test_what_was_typed_over_an_idle_hour_is_shown_again(app: Flask, signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    idle(client, app.extensions["settings"].idle_minutes + 1)
    answer = client.post("/applications/X/withdraw", data={"reason": "写了很久的理由"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert "您有 60 分钟没有操作" in page
    assert "写了很久的理由" in page


def test_every_request_starts_the_idle_time_anew(app: Flask, signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    for _ in range(3):
        idle(client, app.extensions["settings"].idle_minutes - 1)
        assert client.get("/my/applications").status_code == 200
    with client.session_transaction() as session:
        session.pop("seen")
    assert client.get("/my/applications").status_code == 302, "a session that says nothing is not believed"


def test_signing_in_takes_nothing_over_from_the_session_before(app: Flask, client: FlaskClient) -> None:
    with client.session_transaction() as planted:
        planted["workspace"] = 1
        planted["_user_id"] = "a token that somebody else knows"
    sign_in(client)
    with client.session_transaction() as fresh:
        assert fresh["_user_id"] != "a token that somebody else knows"
        assert "workspace" not in fresh
    first = app.test_client()
    sign_in(first)
    with first.session_transaction() as other, client.session_transaction() as one:
        assert other["_user_id"] != one["_user_id"], "a new token each time"


def test_the_server_keeps_only_the_hash_of_a_token(app: Flask, signed_in: Enter) -> None:
    client = signed_in("wangxiaorong")
    with client.session_transaction() as session:
        token = str(session["_user_id"])
    assert token not in set(reading().scalars(select(SignIn.token_hash)))


def test_a_handler_acts_for_the_company_and_for_nobody_elses(signed_in: Enter) -> None:
    client = signed_in("lijinrong")
    assert client.get("/my/applications").location == "/business/applications"
    assert client.post("/workspace", data={"workspace": ""}).location == "/my/applications"
    assert client.get("/business/applications").location == "/my/applications"
    assert client.post("/workspace", data={"workspace": "999"}).status_code == 404
    stranger = signed_in("wangxiaorong")
    assert stranger.post("/workspace", data={"workspace": "1"}).status_code == 404


def test_a_mandate_that_ended_ends_the_workspace(app: Flask, signed_in: Enter) -> None:
    client = signed_in("lijinrong")
    assert client.get("/business/applications").status_code == 200
    moment = now()
    with changing(at=moment) as session:
        account = session.scalars(select(Account).where(Account.username == "lijinrong")).one()
        account.memberships[0].ended_at = moment.instant
    assert client.get("/business/applications").location == "/my/applications"


def test_demonstration_accounts_are_shown_in_a_demonstration(client: FlaskClient) -> None:
    page = client.get("/sign-in").get_data(as_text=True)
    assert PASSWORD in page
    assert "clerk-zj" in page
    named = client.get("/sign-in?username=clerk-zj").get_data(as_text=True)
    assert 'value="clerk-zj"' in named


def test_demonstration_accounts_are_shown_nowhere_else(app: Flask) -> None:
    settings: Settings = app.extensions["settings"]
    app.extensions["settings"] = settings.model_copy(update={"demonstration": False})
    page = app.test_client().get("/sign-in").get_data(as_text=True)
    assert PASSWORD not in page
    assert "clerk-zj" not in page


def test_a_form_without_its_token_is_refused(app: Flask) -> None:
    guarded = create_app(app.extensions["settings"])
    answer = guarded.test_client().post("/sign-in", data={"username": "wangxiaorong", "password": PASSWORD})
    assert answer.status_code == 400


def test_an_unknown_user_is_checked_as_slowly_as_a_known_one() -> None:
    assert not HASHER.check_needs_rehash(NOBODY)
