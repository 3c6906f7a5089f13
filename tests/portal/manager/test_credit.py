"""Bad credit published elsewhere, through the doors: entered and repaired by who oversees, told to whom it bars."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.records.credit import CreditNotice
from portal.demonstration.people import COMPANY
from portal.unit_of_work import now, reading
from tests.counting import statements
from tests.factories import CITIZEN_NUMBER, noticed
from tests.fixtures.heart import Office
from tests.fixtures.promises import SELLING, SHOP, Promises

PAGE = "/management/credit-notices"
Enter = Callable[[str], FlaskClient]


def typed(**changes: str) -> dict[str, str]:
    begins, ends = now().today, now().today + timedelta(days=365)
    return {
        "holder": COMPANY[1].lower(),
        "published_by": "信用中国",
        "reference": "（2026）川0191执123号",
        "reason": "拒不履行生效判决。",
        **{f"begins_on-{part}": str(getattr(begins, part)) for part in ("year", "month", "day")},
        **{f"ends_on-{part}": str(getattr(ends, part)) for part in ("year", "month", "day")},
        **changes,
    }


def test_entered_told_to_whom_it_bars_and_repaired(app: Flask, signed_in: Enter) -> None:
    promises, today = Promises(Office(app)), now().today
    draft = promises.draft(SHOP, today.isoformat(), missing=(), **SELLING)
    supervisor, applicant = signed_in("supervisor"), signed_in("lijinrong")
    assert "失信信息" in supervisor.get("/management/commitments").get_data(as_text=True)
    entered = supervisor.post(f"{PAGE}/new", data=typed())
    assert entered.status_code == 303, entered.get_data(as_text=True)
    reading().rollback()
    notice = reading().scalars(select(CreditNotice.id)).one()
    assert entered.location == f"{PAGE}/{notice}"
    assert COMPANY[0] in supervisor.get(PAGE).get_data(as_text=True)

    page = html.unescape(applicant.get(f"/drafts/{draft}/promise").get_data(as_text=True))
    assert "信用中国公布了失信信息" in page
    assert "拒不履行生效判决。" in page
    assert "向作出决定的单位申请信用修复" in page
    assert 'value="promise"' not in page

    empty = supervisor.post(f"{PAGE}/{notice}", data={"repair_note": ""})
    assert empty.status_code == 422
    assert supervisor.post(f"{PAGE}/{notice}", data={"repair_note": "法院已经删除。"}).status_code == 303
    shown = supervisor.get(f"{PAGE}/{notice}").get_data(as_text=True)
    assert "法院已经删除。" in shown
    assert "登记修复" not in shown
    assert supervisor.post(f"{PAGE}/{notice}", data={"repair_note": "再来一次。"}).status_code == 409
    assert 'value="promise"' in applicant.get(f"/drafts/{draft}/promise").get_data(as_text=True)


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"holder": "510104199003072345"}, "这不是身份证号，也不是统一社会信用代码"),
        ({"holder": "11010119900307109X"}, "没有用这个号码办过事的人或单位"),
        ({"begins_on-year": "2099", "ends_on-year": "2099"}, "期限不对"),
        ({"published_by": ""}, "公布单位"),
    ],
)
def test_what_cannot_be_entered_stays_typed(app: Flask, signed_in: Enter, changes: dict[str, str], said: str) -> None:
    answer = signed_in("supervisor").post(f"{PAGE}/new", data=typed(**changes))
    page = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert said in page
    assert "拒不履行生效判决。" in page


def test_a_person_is_found_by_the_whole_number_which_no_address_shows(app: Flask, signed_in: Enter) -> None:
    noticed()
    supervisor = signed_in("supervisor")
    answer = supervisor.post(PAGE, data={"q": CITIZEN_NUMBER})
    assert answer.status_code == 303
    assert CITIZEN_NUMBER not in answer.location
    found = supervisor.get(answer.location).get_data(as_text=True)
    assert "信用中国" in found
    assert "王小蓉" not in found
    other = supervisor.get(supervisor.post(PAGE, data={"q": COMPANY[1]}).location).get_data(as_text=True)
    assert "没有这个号码的失信信息" in other


def test_a_longer_list_costs_no_more(app: Flask, signed_in: Enter) -> None:
    supervisor = signed_in("supervisor")

    def asked() -> int:
        with statements() as sent:
            assert supervisor.get(PAGE).status_code == 200
        return len(sent)

    noticed()
    before = asked()
    for _each in range(4):
        noticed(is_repaired=True)
    assert asked() == before


@pytest.mark.parametrize("who", ["head-zj", "auditor", "lijinrong"])
def test_others_neither_see_nor_enter_it(app: Flask, signed_in: Enter, who: str) -> None:
    number, visitor = noticed(), signed_in(who)
    assert visitor.get(PAGE).status_code == 403
    assert visitor.get(f"{PAGE}/{number}").status_code == 403
    assert visitor.post(f"{PAGE}/new", data=typed()).status_code == 403
