"""我的证照: seen, shared and downloaded by their holder and by nobody else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.queries.certificates import without_numbers
from approvals.records.certificate import Certificate
from approvals.vocabulary import CertificateStatus
from portal.unit_of_work import reading
from tests.factories import RESIDENCE, applied, granted, on
from tests.fixtures.issued import Issued
from tests.fixtures.portal import MoveIn

Enter = Callable[[str], FlaskClient]

DAY = date(2026, 6, 8)


@pytest.fixture
def home(issued_once: Issued, move_in: MoveIn) -> Path:
    return move_in(issued_once.home)


def kept(number: str) -> Certificate:
    reading().rollback()
    return reading().scalars(select(Certificate).where(Certificate.number == number)).one()


def test_the_holder_sees_facts_state_and_how_to_share_them(app: Flask, signed_in: Enter, issued_once: Issued) -> None:
    application, number = issued_once.residence
    client = signed_in("wangxiaorong")
    assert number in client.get("/my/certificates").get_data(as_text=True)
    page = client.get(f"/my/certificates/{number}").get_data(as_text=True)
    code = kept(number).code
    assert "有效" in page
    assert f"http://127.0.0.1:8000/verify/{number}/{code}" in page
    assert '<svg viewBox="' in page, "the address as a QR code"
    assert f"/applications/{application}" in page
    assert "有效期至 2027 年 6 月 4 日" in page


def test_identity_numbers_are_masked_on_the_page(app: Flask, signed_in: Enter, issued_once: Issued) -> None:
    _, number = issued_once.residence
    printed = str(kept(number).sheet)
    page = signed_in("wangxiaorong").get(f"/my/certificates/{number}").get_data(as_text=True)
    assert "510104199003072344" in printed, "the example has one"
    assert "510104199003072344" not in page
    assert "510***********2344" in page


def test_the_english_page_names_the_fields_in_english(app: Flask, signed_in: Enter, issued_once: Issued) -> None:
    _, number = issued_once.residence
    client = signed_in("wangxiaorong")
    client.set_cookie("language", "en")
    page = client.get(f"/my/certificates/{number}").get_data(as_text=True)
    assert "<dt>Identity number</dt>" in page
    assert "<dt>居住地址</dt>" not in page


@pytest.mark.parametrize(
    "printed, shown",
    [
        ("510104199003072344", "510***********2344"),
        ("身份证号 51010419900101001X，电话 13900000001", "身份证号 510***********001X，电话 139****0001"),
        ("91510104MA6EXAMP0C", "91510104MA6EXAMP0C"),
        ("48,620.5 平方米", "48,620.5 平方米"),
        ("GA510100202605080001", "GA510100202605080001"),
    ],
)
def test_only_identity_and_phone_numbers_are_masked(printed: str, shown: str) -> None:
    assert without_numbers(printed) == shown


def test_the_download_is_the_registered_file_and_nothing_but_a_file(
    app: Flask, signed_in: Enter, issued_once: Issued
) -> None:
    _, number = issued_once.residence
    answer = signed_in("wangxiaorong").get(f"/my/certificates/{number}/pdf")
    assert hashlib.sha256(answer.data).hexdigest() == kept(number).sha256
    headers = answer.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"] == f"attachment; filename={number}.pdf"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("suffix", ["", "/pdf"])
def test_others_and_unknown_numbers_get_the_same_answer(
    app: Flask, signed_in: Enter, issued_once: Issued, suffix: str
) -> None:
    _, number = issued_once.residence
    other = signed_in("yanmao")
    foreign, unknown = other.get(f"/my/certificates/{number}{suffix}"), other.get(f"/my/certificates/NO1{suffix}")
    assert foreign.status_code == unknown.status_code == 404
    assert "没有找到" in foreign.get_data(as_text=True)
    assert "没有找到" in unknown.get_data(as_text=True)
    assert app.test_client().get(f"/my/certificates/{number}{suffix}").status_code == 302
    assert signed_in("clerk-sc").get(f"/my/certificates/{number}{suffix}").status_code == 404, "another department"


def test_a_clerk_of_the_department_may_look_and_a_manager_who_says_why(
    app: Flask, signed_in: Enter, issued_once: Issued
) -> None:
    application, number = issued_once.residence
    address = f"/my/certificates/{number}/pdf"
    assert signed_in("clerk-ga").get(address).status_code == 200
    manager = signed_in("manager")
    for suffix in ("", "/pdf", "/data"):
        asked = manager.get(f"/my/certificates/{number}{suffix}")
        assert asked.status_code == 302
        assert f"{application}/reason?next=" in asked.location
    led = manager.post(
        f"/management/applications/{application}/reason?next={address}", data={"reason": "audit", "note": "抽查"}
    )
    assert led.location == address
    assert manager.get(address).status_code == 200


def test_a_certificate_being_made_is_shown_and_not_yet_to_be_had(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE, on(DAY))
    granted(number, on(DAY), deliver=False)
    reading().rollback()
    numbers = select(Certificate.number).where(Certificate.status == CertificateStatus.PENDING)
    pending = reading().scalars(numbers).one()
    client = signed_in("wangxiaorong")
    page = client.get(f"/my/certificates/{pending}").get_data(as_text=True)
    assert "证照正在制作" in page
    assert "下载 PDF" not in page
    assert client.get(f"/my/certificates/{pending}/pdf").status_code == 404


def test_a_file_lost_from_the_storage_is_no_crash(app: Flask, signed_in: Enter, issued_once: Issued) -> None:
    _, number = issued_once.residence
    digest = str(kept(number).sha256)
    (app.extensions["settings"].files / digest[:2] / digest).unlink()
    assert signed_in("wangxiaorong").get(f"/my/certificates/{number}/pdf").status_code == 404


def test_a_companys_certificates_are_seen_by_those_who_act_for_it(
    app: Flask, signed_in: Enter, issued_once: Issued
) -> None:
    _, number = issued_once.permit
    handler = signed_in("lijinrong")
    assert number in handler.get("/my/certificates").get_data(as_text=True)
    handler.post("/workspace", data={"workspace": ""})
    assert number not in handler.get("/my/certificates").get_data(as_text=True), "acting for oneself"
    assert handler.get(f"/my/certificates/{number}").status_code == 200
    assert signed_in("wangxiaorong").get(f"/my/certificates/{number}").status_code == 404
