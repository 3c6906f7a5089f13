"""The calendar's page: everybody who works here reads it, whoever oversees the limits closes days, and dates move."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.queries.calendar import closed_days, years_in_force
from approvals.records.catalogue import CalendarNotice
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


YEAR = {
    "year": "2031",
    "source": "国务院办公厅关于2031年部分节假日安排的通知（示例）",
    "rest_days": "2031-01-01 元旦\n1月23日至1月29日 春节\n\n2031.5.1 ~ 2031.5.3，劳动节",
    "work_days": "2031年1月19日 春节",
}
PAGE = "/office/calendar/year"


def test_an_overseer_enters_an_official_year_as_its_notice_says_it(
    app: Flask, signed_in: Callable[[str], FlaskClient]
) -> None:
    manager = signed_in("manager")
    assert "录入放假安排" in manager.get("/office/calendar").get_data(as_text=True)
    answer = manager.post(PAGE, data=YEAR)
    assert (answer.status_code, answer.location) == (303, "/office/calendar#year-2031")
    reading().rollback()
    found = years_in_force(reading())[2031]
    assert len(found.rest_days) == 11
    assert found.rest_days[date(2031, 1, 29)] == "春节"
    assert found.rest_days[date(2031, 5, 2)] == "劳动节"
    assert found.work_days == {date(2031, 1, 19): "春节"}
    notice = reading().scalars(select(CalendarNotice).where(CalendarNotice.year == 2031)).one()
    assert notice.loaded_by is not None
    assert "2031 年 1 月 23 日至 2031 年 1 月 29 日" in manager.get("/office/calendar").get_data(as_text=True)


@pytest.mark.parametrize(
    "name, typed, said",
    [
        ("rest_days", "元旦放假", "第 1 行看不懂：元旦放假"),
        ("rest_days", "2031-02-30 元旦", "第 1 行：没有这一天"),
        ("rest_days", "2030-12-31 至 2031-01-01 元旦", "第 1 行：不在 2031 年里"),
        ("rest_days", "2031-01-29 至 2031-01-23 春节", "第 1 行：后一天比前一天早"),
        ("rest_days", "2031-01-01 元旦\n2031-01-01 元旦", "2031-01-01 写了两次"),
        ("work_days", "2031-01-25 春节", "2031-01-25 既写了放假，又写了上班"),
        ("work_days", "2031-01-17 春节", "2031-01-17 不是周六或周日"),
        ("year", "20310", "错误"),
        ("source", "", "错误"),
    ],
)
def test_a_year_that_cannot_be_is_refused_and_stays_typed(
    app: Flask, signed_in: Callable[[str], FlaskClient], name: str, typed: str, said: str
) -> None:
    answer = signed_in("manager").post(PAGE, data={**YEAR, name: typed})
    page = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert said in page
    assert "国务院办公厅关于2031年" in page or name == "source"
    assert all(line in page for line in typed.splitlines())
    reading().rollback()
    assert 2031 not in years_in_force(reading())


def test_a_year_is_entered_by_whoever_oversees_the_limits(app: Flask, signed_in: Callable[[str], FlaskClient]) -> None:
    head = signed_in("head-zj")
    assert "录入放假安排" not in head.get("/office/calendar").get_data(as_text=True)
    assert head.get(PAGE).status_code == 403
    assert head.post(PAGE, data=YEAR).status_code == 403
