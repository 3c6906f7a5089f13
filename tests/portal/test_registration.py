"""Registering, resetting a password, one's own account: what is proven, what is told, what is kept."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from approvals.commands.send_code import MOST_TO_ADDRESS, MOST_TRIES
from approvals.queries.own_data import FORMAT
from approvals.records.one_time_code import OneTimeCode
from approvals.records.outbox import Parcel
from approvals.records.people import Account, Membership, SignIn
from approvals.records.person_event import PersonEventRecord
from approvals.records.secrecy import keyring
from approvals.vocabulary import Duty, Proof
from forms.account import password_form
from forms.build import clean
from forms.fields import Asking
from portal.demonstration.people import PASSWORD
from portal.unit_of_work import changing, now, reading
from portal.worker.delivery import sweep
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]

PHONE = "13900001111"
TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')
NUMBER = "510104198511120010"
PERSON = {"person": "陈新蓉", "identity_number": NUMBER, "new_password": "三月 锦江 看花 去"}


def code_of(address: str) -> str:
    """The last code to this address that is not on its way yet."""
    rows = reading().scalars(select(OneTimeCode).order_by(OneTimeCode.id.desc())).all()
    found = next(row.unsent for row in rows if row.address == address)
    assert found is not None
    reading().rollback()
    return found


def register(client: FlaskClient, phone: str = PHONE, **more: str) -> tuple[int, str]:
    assert client.post("/register", data={"phone": phone}).status_code == 303
    answer = client.post("/register/details", data={**PERSON, "one_time_code": code_of(phone), **more})
    return answer.status_code, answer.get_data(as_text=True)


def without(answer: TestResponse, *own: str) -> str:
    """A page without the tokens of its forms and what belongs to this visitor alone."""
    page = TOKEN.sub("", answer.get_data(as_text=True))
    for each in own:
        page = page.replace(each, "")
    return page


def kinds(username: str) -> list[str]:
    events = select(PersonEventRecord.kind).join(Account, Account.id == PersonEventRecord.account_id)
    return list(reading().scalars(events.where(Account.username == username).order_by(PersonEventRecord.id)))


def test_a_newcomer_registers_and_signs_in_with_the_phone(app: Flask, client: FlaskClient) -> None:
    assert register(client)[0] == 303
    assert "陈新蓉" in client.get("/my/account").get_data(as_text=True)
    account = reading().scalars(select(Account).where(Account.identity_number.is_not(None))).all()[-1]
    assert (account.name, account.proof) == ("陈新蓉", Proof.DEMONSTRATION)
    assert kinds(account.username) == ["registered"]
    again = app.test_client()
    answer = again.post("/sign-in", data={"username": PHONE, "password": PERSON["new_password"]})
    assert answer.location == "/my/applications"


def test_values_at_rest_are_no_plain_text(app: Flask, client: FlaskClient) -> None:
    register(client)
    sweep()
    raw = reading().connection().exec_driver_sql("SELECT * FROM accounts ORDER BY id DESC LIMIT 1").all()
    codes = reading().connection().exec_driver_sql("SELECT * FROM one_time_codes").all()
    for secret in (PHONE, NUMBER, "陈新蓉", PERSON["new_password"]):
        assert secret not in f"{raw}{codes}"
    assert [row.unsent for row in reading().scalars(select(OneTimeCode))] == [None]


WRONG: tuple[tuple[dict[str, str], str], ...] = (
    ({"new_password": "1234567"}, "密码至少 8 个字符，现在有 7 个"),
    ({"new_password": "password1"}, "这个密码用的人太多"),
    ({"new_password": "BaseBall"}, "这个密码用的人太多"),
    ({"new_password": "aaaaaaaaaaaa"}, "这个密码用的人太多"),
    ({"person": "Anna"}, "请照身份证上的写"),
    ({"person": ""}, "请填写「姓名」"),
    ({"identity_number": "510104198511120011"}, "最后一位对不上"),
    ({"identity_number": "510104209911120018"}, "身份证号"),
    ({"one_time_code": "12345"}, "验证码是 6 位数字"),
    ({"one_time_code": "000000"}, "验证码不对"),
    ({"person": "查无此人"}, "姓名和身份证号对不上"),
)


def test_who_can_register_online_and_where_everybody_else_goes_is_said(client: FlaskClient) -> None:
    page = client.get("/register").get_data(as_text=True)
    for document in ("居民身份证", "港澳台居民居住证", "护照", "港澳居民来往内地通行证", "台湾居民来往大陆通行证"):
        assert document in page
    assert "政务服务中心的窗口" in page
    client.set_cookie("language", "en")
    assert "With a passport" in client.get("/register").get_data(as_text=True)


def test_what_cannot_be_right_is_said_and_nothing_typed_is_lost(client: FlaskClient) -> None:
    client.post("/register", data={"phone": PHONE})
    right = {**PERSON, "one_time_code": code_of(PHONE)}
    for given, words in WRONG:
        answer = client.post("/register/details", data={**right, **given})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422, given
        assert words in page, given
        assert f'value="{given.get("identity_number", NUMBER)}"' in page
        assert given.get("new_password", PERSON["new_password"]) not in page
        assert "<title>错误：" in page


@pytest.mark.parametrize("password", ["eight88 ", "xyz" * 66, "密码就是一句老话", "\"';--<b>", "rongyi  two  spaces"])
def test_any_characters_and_lengths_make_a_password(password: str) -> None:
    form = password_form(Asking("zh", date(2026, 6, 1)), MultiDict({"password": "x", "new_password": password}))
    assert form.validate()
    assert clean(form)["new_password"] == password


def test_a_phone_in_use_is_told_to_the_phone_alone(app: Flask, client: FlaskClient) -> None:
    register(client)
    fresh, known = app.test_client(), app.test_client()
    pages = []
    for stranger, phone in ((fresh, "13900002222"), (known, PHONE)):
        answer = stranger.post("/register", data={"phone": phone})
        code = code_of(phone)
        pages.append(without(stranger.get(answer.location), code, phone[-4:]))
    assert pages[0] == pages[1]
    answer = known.post("/register/details", data={**PERSON, "one_time_code": code_of(PHONE)})
    assert answer.status_code == 409
    assert "这个手机号已经有账号" in answer.get_data(as_text=True)


def test_one_account_for_an_identity_number(app: Flask, client: FlaskClient) -> None:
    assert register(client)[0] == 303
    status, page = register(app.test_client(), "13900002222")
    assert status == 409
    assert "这个身份证号已经注册过" in page


def test_a_code_is_dead_after_five_wrong_tries_ten_minutes_or_its_use(app: Flask, client: FlaskClient) -> None:
    client.post("/register", data={"phone": PHONE})
    right = code_of(PHONE)
    wrong = "000000" if right != "000000" else "000001"
    for _ in range(MOST_TRIES):
        assert client.post("/register/details", data={**PERSON, "one_time_code": wrong}).status_code == 422
    assert client.post("/register/details", data={**PERSON, "one_time_code": right}).status_code == 422
    client.post("/register", data={"phone": PHONE})
    at = now()
    with changing(at=at) as session:
        session.execute(update(OneTimeCode).values(expires_at=at.instant - timedelta(seconds=1)))
    assert client.get("/register/details").location == "/register"
    client.post("/register", data={"phone": PHONE})
    code = code_of(PHONE)
    assert client.post("/register/details", data={**PERSON, "one_time_code": code}).status_code == 303
    client.post("/sign-out")
    assert client.post("/register/details", data={**PERSON, "one_time_code": code}).status_code == 422


def test_codes_to_one_phone_are_few(client: FlaskClient) -> None:
    for _ in range(MOST_TO_ADDRESS):
        assert client.post("/register", data={"phone": PHONE}).status_code == 303
    assert client.post("/register", data={"phone": PHONE}).status_code == 429


def test_a_forgotten_password_is_reset_and_every_session_ends(app: Flask, client: FlaskClient) -> None:
    register(client)
    lost = app.test_client()
    assert lost.post("/reset", data={"reach": PHONE}).status_code == 303
    data = {"one_time_code": code_of(PHONE), "new_password": "另一句 更长的 话"}
    assert lost.post("/reset/details", data=data).location == "/sign-in"
    assert client.get("/my/account").status_code == 302
    for password, status in ((PERSON["new_password"], 422), ("另一句 更长的 话", 303)):
        answer = app.test_client().post("/sign-in", data={"username": PHONE, "password": password})
        assert answer.status_code == status


def test_resetting_tells_nobody_who_has_an_account(app: Flask, client: FlaskClient) -> None:
    register(client)
    said = []
    for reach in (PHONE, "13900003333"):
        asking = app.test_client()
        answer = asking.post("/reset", data={"reach": reach})
        said.append((answer.status_code, without(asking.get(answer.location), code_of(reach), reach[-4:])))
        refused = asking.post("/reset/details", data={"one_time_code": "000000", "new_password": "足够长的一句密码"})
        assert refused.status_code == 422
    assert said[0] == said[1]
    assert len(reading().scalars(select(Parcel).where(Parcel.kind == "code")).all()) == 3


def test_a_right_code_for_nobodys_phone_resets_nothing(client: FlaskClient) -> None:
    client.post("/reset", data={"reach": "13900003333"})
    data = {"one_time_code": code_of("13900003333"), "new_password": "足够长的一句密码"}
    assert client.post("/reset/details", data=data).status_code == 422


def test_staff_are_not_reset_by_phone(app: Flask, client: FlaskClient) -> None:
    mark = keyring().mark(PHONE)
    with changing(at=now()) as session:
        session.execute(update(Account).where(Account.username == "clerk-zj").values(own_phone=mark))
    client.post("/reset", data={"reach": PHONE})
    data = {"one_time_code": code_of(PHONE), "new_password": "足够长的一句密码"}
    assert client.post("/reset/details", data=data).status_code == 422


def test_a_new_phone_or_address_is_proven_before_it_counts(client: FlaskClient, app: Flask) -> None:
    register(client)
    for what, new in (("phone", "13900004444"), ("email", "Chen@Example.org")):
        assert (
            client.post(f"/my/account/{what}", data={what: new, "password": PERSON["new_password"]}).status_code == 303
        )
        code = code_of(new.casefold())
        assert client.post(f"/my/account/{what}/code", data={"one_time_code": "000000"}).status_code == 422
        assert client.post(f"/my/account/{what}/code", data={"one_time_code": code}).status_code == 303
    lost = app.test_client()
    lost.post("/reset", data={"reach": "chen@example.org"})
    data = {"one_time_code": code_of("chen@example.org"), "new_password": "足够长的一句密码"}
    assert lost.post("/reset/details", data=data).status_code == 303


@pytest.mark.parametrize("what, new", [("phone", "13900004444"), ("email", "chen@example.org")])
def test_an_open_session_alone_changes_neither_phone_nor_address(client: FlaskClient, what: str, new: str) -> None:
    register(client)
    for typed, words in (("", "现在的密码"), ("wrong", "密码不对")):
        answer = client.post(f"/my/account/{what}", data={what: new, "password": typed})
        page = answer.get_data(as_text=True)
        assert (answer.status_code, words in page, new in page) == (422, True, True), typed
    reading().rollback()
    assert reading().scalars(select(OneTimeCode.id).where(OneTimeCode.purpose == what)).all() == []


def test_a_code_for_one_account_serves_no_other(app: Flask, client: FlaskClient, signed_in: Enter) -> None:
    register(client)
    other = signed_in("yanmao")
    client.post("/my/account/phone", data={"phone": "13900004444", "password": PERSON["new_password"]})
    with client.session_transaction() as mine, other.session_transaction() as theirs:
        theirs["code-phone"] = mine["code-phone"]
    answer = other.post("/my/account/phone/code", data={"one_time_code": code_of("13900004444")})
    assert answer.status_code == 422


def test_sessions_are_listed_and_ended_at_once(app: Flask, signed_in: Enter) -> None:
    here, there = signed_in("wangxiaorong"), signed_in("wangxiaorong")
    assert "登录的设备" in here.get("/my/account").get_data(as_text=True)
    newest = reading().scalars(select(SignIn.id).order_by(SignIn.id.desc())).first()
    stranger = signed_in("yanmao")
    assert stranger.post("/my/account/sessions", data={"session": str(newest)}).status_code == 404
    assert there.get("/my/account").status_code == 200
    assert here.post("/my/account/sessions", data={"session": str(newest)}).status_code == 303
    assert there.get("/my/account").status_code == 302
    third = signed_in("wangxiaorong")
    assert here.post("/my/account/sessions", data={"session": "others"}).status_code == 303
    assert (third.get("/my/account").status_code, here.get("/my/account").status_code) == (302, 200)


def test_changing_the_password_needs_the_old_one_and_ends_other_sessions(app: Flask, signed_in: Enter) -> None:
    here, there = signed_in("wangxiaorong"), signed_in("wangxiaorong")
    wrong = {"password": "wrong", "new_password": "足够长的一句密码"}
    assert here.post("/my/account/password", data=wrong).status_code == 422
    right = {"password": PASSWORD, "new_password": "足够长的一句密码"}
    assert here.post("/my/account/password", data=right).status_code == 303
    assert (there.get("/my/account").status_code, here.get("/my/account").status_code) == (302, 200)
    assert kinds("wangxiaorong") == ["sessions_ended", "password_changed"]


def test_everything_of_ones_own_is_taken_along(office: Office, signed_in: Enter) -> None:
    number = office.apply("residence-permit")
    answer = signed_in("wangxiaorong").post("/my/account/export", data={"password": PASSWORD})
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        content = json.loads(archive.read("data.json"))
        (application,) = (each for each in content["applications"] if each["number"] == number)
        assert application["files"]
        assert all(archive.read(path) for path in application["files"])
    assert content["format"] == FORMAT
    assert content["account"]["identity_number"] == "510104199003072344"
    assert application["submissions"][0]["answers"]["applicant_identity"]
    assert content["missing_files"] == []


def test_a_company_takes_its_data_along(office: Office, signed_in: Enter) -> None:
    number, own = office.apply("construction-permit"), office.apply("residence-permit")
    manager = signed_in("lijinrong")
    page = manager.get("/business/applications").get_data(as_text=True)
    (where,) = re.findall(r'href="(/my/organisations/\d+/export)"', page)
    assert manager.get(where).status_code == 200
    refused = manager.post(where, data={"password": "wrong"})
    assert refused.status_code == 422
    answer = manager.post(where, data={"password": PASSWORD})
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        content = json.loads(archive.read("data.json"))
        (application,) = content["applications"]
        assert application["number"] == number
        assert application["files"]
        assert all(archive.read(path) for path in application["files"])
    assert own not in str(content)
    assert content["members"][0]["name"] == "李锦蓉（示例）"
    for other in ("wangxiaorong", "yanmao"):
        assert signed_in(other).get(where).status_code == 404
        assert signed_in(other).post(where, data={"password": PASSWORD}).status_code == 404
    with changing(at=now()) as session:
        session.scalars(select(Membership)).one().duty = str(Duty.HANDLER)
    assert manager.get(where).status_code == 404, "whoever only applies in its name does not carry everything away"


def test_closing_waits_for_what_runs_and_keeps_what_the_law_keeps(office: Office, signed_in: Enter) -> None:
    number = office.apply("residence-permit")
    client = signed_in("wangxiaorong")
    refused = client.post("/my/account/close", data={"password": PASSWORD})
    assert refused.status_code == 409
    assert "还有 1 件没办结的办件" in refused.get_data(as_text=True)
    client.post(f"/applications/{number}/withdraw", data={"confirmed": "yes", "reason": ""})
    assert client.post("/my/account/close", data={"password": "wrong"}).status_code == 422
    assert client.post("/my/account/close", data={"password": PASSWORD}).location == "/"
    assert client.get("/my/account").status_code == 302
    again = office.app.test_client().post("/sign-in", data={"username": "wangxiaorong", "password": PASSWORD})
    assert again.status_code == 422
    account = reading().scalars(select(Account).where(Account.closed_at.is_not(None))).one()
    assert (account.name, account.phone, account.email) == ("王小蓉（示例）", None, None)


def test_nothing_is_left_of_who_never_applied(client: FlaskClient) -> None:
    register(client)
    assert client.post("/my/account/close", data={"password": PERSON["new_password"]}).status_code == 303
    account = reading().scalars(select(Account).where(Account.closed_at.is_not(None))).one()
    kept = (account.name, account.identity_number, account.phone, account.own_phone, account.own_identity)
    assert kept == ("—", None, None, None, None)
