"""The office's certificates: a department sees its own, its head acts, and what is wrong is said without losing it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.records.certificate import Certificate
from portal.unit_of_work import reading
from tests.fixtures.issued import Issued
from tests.fixtures.portal import MoveIn


@pytest.fixture
def home(issued_once: Issued, move_in: MoveIn) -> Path:
    return move_in(issued_once.home)


def test_a_department_finds_its_own_certificates_and_no_others(
    app: Flask, issued_once: Issued, signed_in: Callable[[str], FlaskClient]
) -> None:
    number, other = issued_once.residence[1], issued_once.permit[1]
    clerk = signed_in("clerk-ga")
    page = clerk.get("/office/certificates").get_data(as_text=True)
    assert number in page
    assert other not in page
    assert number in clerk.get(f"/office/certificates?q={number[:8].lower()}").get_data(as_text=True)
    assert "没有找到" in clerk.get("/office/certificates?q=XX").get_data(as_text=True)
    assert signed_in("clerk-zj").get(f"/office/certificates/{number}").status_code == 404


def test_the_head_suspends_and_everybody_sees_it(
    app: Flask, issued_once: Issued, signed_in: Callable[[str], FlaskClient]
) -> None:
    number = issued_once.residence[1]
    address = f"/office/certificates/{number}"
    head = signed_in("head-ga")
    missing = head.post(address, data={"verb": "suspend", "reason": ""})
    assert missing.status_code == 422
    assert head.post(address, data={"verb": "suspend", "reason": "住址待核实。"}).status_code == 303
    assert "住址待核实。" in head.get(address).get_data(as_text=True)
    holder = signed_in("wangxiaorong").get(f"/my/certificates/{number}").get_data(as_text=True)
    assert "暂停使用" in holder
    assert "住址待核实。" in holder
    again = head.post(address, data={"verb": "suspend", "reason": "再次暂停。"})
    assert again.status_code == 409
    assert "再次暂停。" in again.get_data(as_text=True)
    annulling = {"verb": "annul", "ground": "given_up", "reason": "x"}
    assert signed_in("clerk-ga").post(address, data=annulling).status_code == 403


def test_a_change_shows_what_stands_there_and_masks_numbers(
    app: Flask, issued_once: Issued, signed_in: Callable[[str], FlaskClient]
) -> None:
    address = f"/office/certificates/{issued_once.residence[1]}"
    head = signed_in("head-ga")
    page = head.get(address).get_data(as_text=True)
    assert "居住地址" in page
    assert "510104199001010019" not in page
    same = head.post(address, data={"verb": "change", "reason": "无。", "field-0": "x"})
    assert same.status_code == 422
    unknown = head.post(address, data={"verb": "burn"})
    assert unknown.status_code == 422


def test_a_change_beside_a_colleagues_is_refused_and_undoes_nothing(
    app: Flask, issued_once: Issued, signed_in: Callable[[str], FlaskClient]
) -> None:
    address = f"/office/certificates/{issued_once.permit[1]}"
    head = signed_in("head-zj")
    opened = head.get(address).get_data(as_text=True)
    fields = dict(re.findall(r'<input[^>]*?name="(field-\d+)"[^>]*?value="([^"]*)"', opened))
    first, second = list(fields)[:2]
    version = re.findall(r'name="version" value="(\d+)"', opened)[0]
    sent = {"verb": "change", "version": version, "reason": "变更。", **fields}
    assert head.post(address, data={**sent, first: "甲"}).status_code == 303
    late = head.post(address, data={**sent, second: "乙"})
    assert late.status_code == 409
    page = late.get_data(as_text=True)
    assert "这一页在别处改过了" in page
    assert 'value="乙"' in page, "what was typed stays"
    assert "现在登记的是：甲" in page
    reading().rollback()
    (certificate,) = reading().scalars(select(Certificate).where(Certificate.number == issued_once.permit[1]))
    assert certificate.version == 2
    assert certificate.sheet["fields"][0][1] == "甲"
    half = head.post(address, data={"verb": "change", "version": "2", "reason": "变更。"})
    assert half.status_code == 409, "being made: that, and not eleven fields to fill in"
    assert "请填写" not in re.sub(r"<form.*?</form>", "", half.get_data(as_text=True), flags=re.DOTALL)
