"""The page of a department's people: what each has, absences entered and ended, and the deputy's queue and desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from approvals.queries.actor import actor_named
from portal.unit_of_work import now, reading
from tests.counting import statements
from tests.deciding import ticked
from tests.factories import PERMIT, applied

Enter = Callable[[str], FlaskClient]


def account(username: str) -> str:
    return str(actor_named(reading(), username).account)


def said(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def absent(client: FlaskClient, deputy: str, *, after: int = 0, days: int = 1, **more: str) -> TestResponse:
    first = now().today + timedelta(days=after)
    last = first + timedelta(days=days)
    form = {f"first-{part}": str(getattr(first, part)) for part in ("year", "month", "day")}
    form |= {f"last-{part}": str(getattr(last, part)) for part in ("year", "month", "day")}
    return client.post("/office/people/absences", data={**form, "deputy": deputy, "note": "年休假", **more})


def test_the_deputy_finds_the_absent_ones_step_and_decides_it(app: Flask, signed_in: Enter) -> None:
    number = applied(PERMIT)
    desk = f"/office/steps/{number}/accept"
    clerk, other = signed_in("clerk-zj"), signed_in("clerk-zj-2")
    clerk.post("/office/queue/next")
    assert absent(clerk, account("clerk-zj-2")).status_code == 303
    assert "不在，" in said(clerk.get("/office/people"))
    assert "年休假" in said(other.get("/office/people"))
    assert "由您代办" in said(other.get("/office/queue"))
    assert "由您代李静（示例）办" in said(other.get(desk))
    answer = other.post(
        f"{desk}/decide", data={"round": "1", "outcome": "accept", "reason": "", **ticked(number, "accept")}
    )
    assert answer.status_code == 303
    assert "代李静（示例）办理" in said(other.get(f"/applications/{number}"))
    assert "代李静" not in said(signed_in("lijinrong").get(f"/applications/{number}"))


def test_an_absence_is_ended_by_who_entered_it_and_not_by_a_colleague(app: Flask, signed_in: Enter) -> None:
    clerk, other = signed_in("clerk-zj"), signed_in("clerk-zj-2")
    absent(clerk, account("clerk-zj-2"))
    assert "取消登记" not in said(other.get("/office/people"))
    assert other.post("/office/people/absences/1/end").status_code == 403
    assert clerk.post("/office/people/absences/1/end").status_code == 303
    assert "现在和以后都没有人登记不在。" in said(clerk.get("/office/people"))
    assert clerk.post("/office/people/absences/1/end").status_code == 404


def test_the_head_enters_for_clerks_and_what_is_wrong_is_said_with_what_was_typed(app: Flask, signed_in: Enter) -> None:
    head = signed_in("head-zj")
    assert absent(head, account("clerk-zj-2"), account=account("clerk-zj")).status_code == 303
    answer = absent(head, account("clerk-zj"), account=account("clerk-zj-2"))
    assert answer.status_code == 409
    assert "请选择在的同事" in said(answer)
    assert "年休假" in said(answer)
    answer = absent(head, "999", account=account("clerk-zj-2"))
    assert answer.status_code == 422
    assert "年休假" in said(answer)


def test_each_persons_work_is_counted_by_its_light(app: Flask, signed_in: Enter) -> None:
    applied(PERMIT)
    clerk = signed_in("clerk-zj")
    html = said(clerk.get("/office/people"))
    assert html.count('<td class="n" data-h="在办">0</td>') == 4
    clerk.post("/office/queue/next")
    with statements() as one:
        html = said(clerk.get("/office/people"))
    assert html.count(f'<a href="/office/queue?holder={account("clerk-zj")}">1</a>') == 1
    applied(PERMIT)
    absent(clerk, account("clerk-zj-2"), after=7)
    clerk.get("/office/people")
    with statements() as two:
        clerk.get("/office/people")
    assert len(one) == len(two)


def test_nobody_but_people_of_a_desk_sees_it(signed_in: Enter) -> None:
    assert signed_in("manager").get("/office/people").status_code == 403
    assert signed_in("wangxiaorong").get("/office/people").status_code == 403
