"""The calendar's page: everybody who works here reads it, whoever oversees the limits closes days, and dates move."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from approvals.queries.calendar import closed_days
from portal.unit_of_work import now, reading

CLOSING = {
    "first-year": "2031",
    "first-month": "5",
    "first-day": "12",
    "last-year": "2031",
    "last-month": "5",
    "last-day": "13",
    "reason": "防汛停工",
}
CLOSURES = "/office/calendar/closures"


def test_an_overseer_closes_days_and_opens_them_again(app: Flask, signed_in: Callable[[str], FlaskClient]) -> None:
    manager = signed_in("manager")
    year = now().today.year
    assert f"{year} 年放假和调休" in manager.get("/office/calendar").get_data(as_text=True)
    assert manager.post(CLOSURES, data=CLOSING).status_code == 303
    reading().rollback()
    (order,) = closed_days(reading())
    assert order.reason == "防汛停工"
    assert "2031 年 5 月 12 日至 2031 年 5 月 13 日" in manager.get("/office/calendar").get_data(as_text=True)
    assert manager.post(f"{CLOSURES}/{order.number}/lift").status_code == 303
    assert manager.post(f"{CLOSURES}/{order.number}/lift").status_code == 404
    assert "没有停办的日子" in manager.get("/office/calendar").get_data(as_text=True)


def test_days_out_of_order_keep_what_was_typed_and_others_only_read(
    app: Flask, signed_in: Callable[[str], FlaskClient]
) -> None:
    turned = signed_in("manager").post(CLOSURES, data={**CLOSING, "last-day": "11"})
    assert turned.status_code == 422
    assert "防汛停工" in turned.get_data(as_text=True)
    head = signed_in("head-zj")
    page = head.get("/office/calendar").get_data(as_text=True)
    assert "登记停办" not in page
    assert head.post(CLOSURES, data=CLOSING).status_code == 403
    assert closed_days(reading()) == ()
    assert signed_in("wangxiaorong").get("/office/calendar").status_code == 403
