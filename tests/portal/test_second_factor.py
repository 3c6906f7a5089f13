"""Staff sign in with a second factor: enrolled by a QR code, used once each, recovered, reset, slowed down."""

from __future__ import annotations

import base64
import contextvars
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from re import findall, search

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from approvals.commands.second_factor import MOST_FAILURES, use_code
from approvals.errors import WrongFactorCode
from approvals.records.people import Account
from portal.demonstration.people import PASSWORD
from portal.invariants import examine
from portal.unit_of_work import changing, now, reading
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]
OWN = "/my/account/second-factor"
CODE = "/sign-in/code"


def code(secret: str, later: int = 0) -> str:
    """What the authenticator shows, or will show in so many half minutes.

    Enrolled by the present one and used with the next, a test may last from one half minute into the other.
    """
    totp = TOTP(base64.b32decode(secret), 6, SHA1(), 30)  # noqa: S303  # what authenticators understand
    return totp.generate(now().instant.timestamp() + 30 * later).decode()


def secret_on(page: str) -> str:
    found = search(r'<p class="ry-code ry-break">([A-Z2-7 ]+)</p>', page)
    assert found is not None
    return found[1].replace(" ", "")


def enrol(client: FlaskClient) -> tuple[str, list[str]]:
    """The secret, whose present code is used with that, and the recovery codes."""
    secret = secret_on(client.get(OWN).get_data(as_text=True))
    answer = client.post(OWN, data={"password": PASSWORD, "factor_code": code(secret)})
    assert answer.status_code == 200
    return secret, findall(r'<li class="ry-code">([^<]+)</li>', answer.get_data(as_text=True))


def first_step(app: Flask, username: str = "clerk-zj") -> FlaskClient:
    client = app.test_client()
    answer = client.post("/sign-in", data={"username": username, "password": PASSWORD, "next": "/office/people"})
    assert answer.location == f"{CODE}?next=/office/people"
    return client


def second_step(client: FlaskClient, typed: str) -> int:
    return client.post(f"{CODE}?next=/office/people", data={"factor_code": typed}).status_code


def account(username: str = "clerk-zj") -> int:
    reading().rollback()
    return reading().scalars(select(Account.id).where(Account.username == username)).one()


def test_who_enrolled_signs_in_with_password_and_code(app: Flask, signed_in: Enter) -> None:
    secret, codes = enrol(signed_in("clerk-zj"))
    assert len(set(codes)) == 10
    client = first_step(app)
    assert client.get("/office/queue").status_code == 302, "the password alone opens nothing"
    assert second_step(client, "000000") == 422
    answer = client.post(f"{CODE}?next=/office/people", data={"factor_code": code(secret, 1)})
    assert (answer.status_code, answer.location) == (303, "/office/people")
    assert client.get("/office/people").status_code == 200
    assert client.get(CODE).location == "/sign-in", "the first step serves once"
    assert app.test_client().post("/sign-in", data={"username": "lijinrong", "password": PASSWORD}).location != CODE
    assert examine(app)["broken"] == []


def test_a_code_is_taken_once(app: Flask, signed_in: Enter) -> None:
    secret, _codes = enrol(signed_in("clerk-zj"))
    assert second_step(first_step(app), code(secret)) == 422, "it was used to enrol"
    later = code(secret, 1)
    assert second_step(first_step(app), later) == 303
    assert second_step(first_step(app), later) == 422
    assert second_step(first_step(app), code(secret)) == 422, "nor one of before"
    assert second_step(first_step(app), code(secret, 5)) == 422, "too early"


def test_a_recovery_code_is_taken_once_and_recorded(app: Flask, signed_in: Enter) -> None:
    _secret, codes = enrol(signed_in("clerk-zj"))
    assert second_step(first_step(app), f" {codes[0].upper()} ") == 303
    assert second_step(first_step(app), codes[0]) == 422
    page = signed_in("administrator").get("/administration/staff/clerk-zj").get_data(as_text=True)
    assert "还剩 9 个恢复码" in page
    assert "用了一个恢复码" in page


def test_wrong_codes_are_slowed_down_for_this_account(app: Flask, signed_in: Enter) -> None:
    secret, _codes = enrol(signed_in("clerk-zj"))
    client = first_step(app)
    assert [second_step(client, "000000") for _ in range(MOST_FAILURES)] == [422] * MOST_FAILURES
    assert second_step(client, code(secret, 1)) == 429


def test_what_is_kept_tells_neither_secret_nor_codes(app: Flask, signed_in: Enter) -> None:
    client = signed_in("clerk-zj")
    secret, codes = enrol(client)
    kept = [*reading().execute(text("SELECT secret FROM second_factors")).scalars()]
    kept += reading().execute(text("SELECT mark FROM recovery_codes")).scalars()
    assert secret not in "".join(kept)
    assert not any(each in "".join(kept) for each in codes)


def test_without_a_demonstration_staff_enrol_before_they_get_in(app: Flask) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"demonstration": False})
    client = first_step(app)
    page = client.get(CODE).get_data(as_text=True)
    assert "<svg" in page
    assert secret_on(page) == secret_on(client.get(CODE).get_data(as_text=True)), "the same until it is proven"
    assert second_step(client, "123") == 422
    answer = client.post(f"{CODE}?next=/office/people", data={"factor_code": code(secret_on(page))})
    assert "保存恢复码" in unescape(answer.get_data(as_text=True))
    assert client.get("/office/people").status_code == 200
    citizen = app.test_client().post("/sign-in", data={"username": "wangxiaorong", "password": PASSWORD})
    assert citizen.location == "/my/applications"


def test_a_reset_ends_sessions_and_asks_for_another_authenticator(app: Flask, signed_in: Enter) -> None:
    client = signed_in("clerk-zj")
    enrol(client)
    administrator = signed_in("administrator")
    assert administrator.post("/administration/staff/clerk-zj/reset-second-factor").status_code == 303
    assert client.get("/office/queue").status_code == 302
    assert signed_in("clerk-zj").get("/office/queue").status_code == 200
    assert administrator.post("/administration/staff/clerk-zj/reset-second-factor").status_code == 422
    assert examine(app)["broken"] == []


def test_enrolling_asks_for_the_password_again(signed_in: Enter) -> None:
    client = signed_in("clerk-zj")
    secret = secret_on(client.get(OWN).get_data(as_text=True))
    assert client.post(OWN, data={"password": "wrong", "factor_code": code(secret)}).status_code == 422
    assert client.post(OWN, data={"password": PASSWORD, "factor_code": "000000"}).status_code == 422
    assert "还没有设置" in client.get("/my/account").get_data(as_text=True)
    assert signed_in("wangxiaorong").get(OWN).status_code == 403


def test_with_the_password_alone_nobody_replaces_a_factor(app: Flask, signed_in: Enter) -> None:
    app.extensions["settings"] = app.extensions["settings"].model_copy(update={"demonstration": False})
    thief, owner = first_step(app), first_step(app)
    mine, stolen = secret_on(owner.get(CODE).get_data(as_text=True)), secret_on(thief.get(CODE).get_data(as_text=True))
    assert second_step(owner, code(mine)) == 200
    assert second_step(thief, code(stolen)) == 422
    assert second_step(first_step(app), code(mine, 1)) == 303
    assert owner.get(f"{OWN}/remove").status_code == 404, "it is required here"


def test_one_turns_it_off_with_the_password(app: Flask, signed_in: Enter) -> None:
    client = signed_in("clerk-zj")
    enrol(client)
    assert f"{OWN}/remove" in client.get(OWN).get_data(as_text=True)
    assert client.post(f"{OWN}/remove", data={"password": "wrong"}).status_code == 422
    assert client.post(f"{OWN}/remove", data={"password": PASSWORD}).status_code == 303
    assert client.post(f"{OWN}/remove", data={"password": PASSWORD}).status_code == 422
    assert signed_in("clerk-zj").get("/office/queue").status_code == 200
    assert "取消了原来的两步验证" in signed_in("auditor").get("/administration/trail").get_data(as_text=True)


def test_the_first_step_is_over_when_the_password_changes_or_time_passes(app: Flask, signed_in: Enter) -> None:
    secret, _codes = enrol(signed_in("clerk-zj"))
    late = first_step(app)
    with late.session_transaction() as kept:
        kept["second"][2] -= 601
        kept.modified = True
    assert late.post(CODE, data={"factor_code": code(secret)}).location == "/sign-in"
    changed = first_step(app)
    signed_in("administrator").post("/administration/staff/clerk-zj/invite")
    assert changed.post(CODE, data={"factor_code": code(secret)}).location == "/sign-in"


@pytest.mark.parametrize("kind", ["postgres_office"])
def test_of_many_who_use_one_code_at_once_one_gets_in(request: pytest.FixtureRequest, kind: str) -> None:
    office: Office = request.getfixturevalue(kind)
    client = office.app.test_client()
    client.post("/sign-in", data={"username": "clerk-zj", "password": PASSWORD})
    secret, _codes = enrol(client)
    who, typed = account(), code(secret, 1)
    reading().rollback()

    def use(_: int) -> bool:
        with office.app.app_context():
            at = now()
            try:
                with changing(at=at) as session:
                    use_code(session, who, typed, at=at)
            except WrongFactorCode:
                return False
            return True

    with ThreadPoolExecutor(4) as crowd:
        used = Counter(crowd.map(lambda each: contextvars.Context().run(use, each), range(8)))
    assert used == {True: 1, False: 7}
