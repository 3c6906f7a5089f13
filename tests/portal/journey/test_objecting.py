"""From the refused tracker to the answer on its page."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.records.obligation import Obligation
from approvals.vocabulary import Outcome
from portal.unit_of_work import reading
from tests.factories import RESIDENCE, applied, decided

Enter = Callable[[str], FlaskClient]
WHY = "地址就在成都。<b>请看租约</b>"


def test_by_the_pages(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE)
    decided(number, "accept", Outcome.NOT_ACCEPTED, "不属于本机关职权。")
    citizen, head = signed_in("wangxiaorong"), signed_in("head-ga")
    address = f"/applications/{number}/objection"
    assert address in citizen.get(f"/applications/{number}").get_data(as_text=True)
    assert citizen.post(address, data={"reason": " "}).status_code == 422
    assert citizen.post(address, data={"reason": WHY}).status_code == 303
    again = citizen.post(address, data={"reason": "再说一次"})
    assert again.status_code == 409
    assert signed_in("yanmao").get(address).status_code == 404
    assert "答复异议" in head.get("/office/obligations").get_data(as_text=True)
    desk = f"/office/obligations/{reading().scalars(select(Obligation.id)).one()}"
    page = head.get(desk).get_data(as_text=True)
    assert "地址就在成都。&lt;b&gt;请看租约&lt;/b&gt;" in page
    assert head.post(desk, data={"verb": "answer", "outcome": "dismissed", "words": ""}).status_code == 422
    sent = {"verb": "answer", "outcome": "dismissed", "words": "租约在外市。"}
    assert signed_in("clerk-ga").post(desk, data=sent).status_code == 403
    assert head.post(desk, data=sent).status_code == 303
    seen = citizen.get(address).get_data(as_text=True)
    assert "异议不成立" in seen
    assert "租约在外市。" in seen
    assert "申请行政复议" in seen
