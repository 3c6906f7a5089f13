"""单位办件: everything an organisation has applied for, whoever of its people did it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.commands.enrol import admit
from approvals.records.people import Account, Organisation
from portal.unit_of_work import changing, now
from services.current import catalogue
from tests.factories import PERMIT, applied, issued, on, returned, started

Enter = Callable[[str], FlaskClient]

FRIDAY = date(2026, 6, 5)
ADDRESS = "/business/applications"


def join(username: str) -> None:
    """Another handler of the same company."""
    with changing(at=now()) as session:
        account = session.scalars(select(Account).where(Account.username == username)).one()
        admit(session, account, session.scalars(select(Organisation)).one(), "handler")


def shown(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"{ADDRESS}{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_every_handler_sees_all_applications_of_the_company(app: Flask, signed_in: Enter) -> None:
    number = applied(PERMIT, on(FRIDAY))
    join("yanmao")
    token = started(PERMIT, "yanmao", on(FRIDAY, 10))
    for username in ("lijinrong", "yanmao"):
        page = shown(signed_in(username))
        assert number in page
        assert f"/drafts/{token}" in page
        assert "经办人 李锦蓉（示例）" in page
    mine = shown(signed_in("yanmao"), "?mine=1")
    assert token in mine
    assert number not in mine


def test_the_list_is_searched_and_filtered(app: Flask, signed_in: Enter) -> None:
    first, second = applied(PERMIT, on(FRIDAY)), applied(PERMIT, on(FRIDAY, 10))
    returned(second, "accept", next(iter(catalogue().item(PERMIT).questions)), at=on(FRIDAY, 11))
    client = signed_in("lijinrong")
    only_first = shown(client, f"?q={first}")
    assert first in only_first
    assert second not in only_first
    assert "锦江东路商务楼项目" in shown(client, "?q=商务楼+锦江")
    assert first not in shown(client, "?show=turn")
    assert second in shown(client, "?show=turn")
    assert first in shown(client, "?item=GC303&show=running")
    assert "没有符合条件的办件" in shown(client, "?item=MS005")


@pytest.mark.parametrize("words", ["%25", "_", "%5C", "%00", "'; DROP TABLE applications; --", "长" * 400])
def test_signs_in_a_search_mean_themselves(app: Flask, signed_in: Enter, words: str) -> None:
    number = applied(PERMIT, on(FRIDAY))
    page = shown(signed_in("lijinrong"), f"?q={words}")
    assert (number in page) is (words == "%00"), "nothing was searched for"


def test_the_companys_turn_and_certificates_are_on_the_page(app: Flask, signed_in: Enter) -> None:
    _, certificate = issued(PERMIT, on(FRIDAY))
    number = applied(PERMIT, on(FRIDAY, 14))
    returned(number, "accept", next(iter(catalogue().item(PERMIT).questions)), at=on(FRIDAY, 15))
    page = shown(signed_in("lijinrong"))
    assert "有 1 件事轮到本单位" in page
    assert f"/my/certificates/{certificate}" in page
    assert "91510104MA6EXAMP0C" in page


def test_a_company_without_applications_is_told_what_will_be_here(signed_in: Enter) -> None:
    page = shown(signed_in("lijinrong"))
    assert "本单位申请的事都会列在这里" in page
    assert "还没有证照" in page


def test_only_those_who_act_for_an_organisation_come_in(app: Flask, signed_in: Enter, client: FlaskClient) -> None:
    assert client.get(ADDRESS).status_code == 302
    assert signed_in("wangxiaorong").get(ADDRESS).location == "/my/applications"
    assert signed_in("clerk-zj").get(ADDRESS).status_code == 403
