"""From hand to hand on the pages: the next step, the desk of somebody else's, and what was typed when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from approvals.queries.actor import actor_named
from approvals.records.people import Account
from approvals.records.step import StepRecord
from portal.unit_of_work import reading
from tests.counting import statements
from tests.deciding import WHY
from tests.factories import PERMIT, applied, on

Enter = Callable[[str], FlaskClient]
MONDAY = date(2026, 6, 8)
REASON = "图纸已看过，占道范围要缩小。"


@pytest.fixture
def permit(app: Flask) -> str:
    return applied(PERMIT, on(MONDAY))


def desk(number: str, action: str = "") -> str:
    return f"/office/steps/{number}/accept" + (f"/{action}" if action else "")


def said(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def send(client: FlaskClient, number: str, verb: str, **more: str) -> TestResponse:
    return client.post(desk(number, "assignment"), data={"verb": verb, **more})


def account(username: str) -> str:
    return str(actor_named(reading(), username).account)


def has() -> str | None:
    reading().rollback()
    holder = select(Account.username).join(StepRecord, StepRecord.assignee_id == Account.id)
    return reading().scalars(holder).one_or_none()


def test_the_next_step_opens_at_its_desk_and_is_shown_as_mine(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-zj")
    assert "没人接" in said(clerk.get("/office/queue"))
    answer = clerk.post("/office/queue/next")
    assert (answer.status_code, answer.location) == (303, desk(permit))
    assert "由您在办" in said(clerk.get(desk(permit)))
    assert '<td data-h="经办">我</td>' in said(clerk.get("/office/queue"))
    assert '<td data-h="经办">李静（示例）</td>' in said(signed_in("clerk-zj-2").get("/office/queue"))
    assert clerk.post("/office/queue/next").location == "/office/queue"
    assert "没有等人接办的环节了。" in said(clerk.get("/office/queue"))


def test_what_a_colleague_has_shows_no_forms_but_the_way_to_take_it_over(permit: str, signed_in: Enter) -> None:
    send(signed_in("clerk-zj"), permit, "take")
    other = signed_in("clerk-zj-2")
    html = said(other.get(desk(permit)))
    assert "由李静（示例）在办" in html
    assert desk(permit, "decide") not in html
    answer = send(other, permit, "take_over", **{"from": account("clerk-zj"), "note": "同事外出。"})
    assert answer.status_code == 303
    html = said(other.get(desk(permit)))
    assert "由您在办" in html
    assert "同事外出。" in html
    assert desk(permit, "decide") in html


def test_what_was_typed_is_kept_when_a_colleague_took_it_meanwhile(permit: str, signed_in: Enter) -> None:
    other = signed_in("clerk-zj-2")
    send(signed_in("clerk-zj"), permit, "take")
    form = {"round": "1", "outcome": "not_accepted", "reason": REASON, **WHY}
    answer = other.post(desk(permit, "decide"), data=form)
    assert answer.status_code == 409
    html = said(answer)
    assert "这个环节由李静（示例）在办。要由您办，请先接过来" in html
    assert REASON in html
    assert has() == "clerk-zj"


def test_the_second_who_takes_it_is_told_who_was_first(permit: str, signed_in: Enter) -> None:
    send(signed_in("clerk-zj"), permit, "take")
    answer = send(signed_in("clerk-zj-2"), permit, "take")
    assert answer.status_code == 409
    assert "李静（示例）先接了这个环节。" in said(answer)


def test_handing_over_asks_for_whom_and_how_things_stand(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-zj")
    send(clerk, permit, "take")
    answer = send(clerk, permit, "hand_over", to="", note=REASON)
    assert answer.status_code == 422
    assert "请选择交给谁" in said(answer)
    assert REASON in said(answer)
    colleague = account("clerk-zj-2")
    answer = send(clerk, permit, "hand_over", to=colleague, note="")
    assert answer.status_code == 422
    assert f'<option value="{colleague}" lang="zh-CN" selected>' in said(answer)
    assert send(clerk, permit, "hand_over", to=colleague, note="x" * 501).status_code == 422
    assert send(clerk, permit, "hand_over", to=colleague, note=REASON).status_code == 303
    assert has() == "clerk-zj-2"
    assert REASON in said(signed_in("clerk-zj-2").get(desk(permit)))
    assert send(clerk, permit, "recall").status_code == 303
    assert has() == "clerk-zj"
    assert send(clerk, permit, "put_back").status_code == 303
    assert has() is None


def test_the_head_assigns_and_recalls_and_needs_not_take_over(permit: str, signed_in: Enter) -> None:
    head = signed_in("head-zj")
    assert "（负责人）" not in said(head.get(desk(permit)))
    assert send(head, permit, "assign", to=account("clerk-zj")).status_code == 303
    html = said(head.get(desk(permit)))
    assert desk(permit, "decide") in html
    assert send(head, permit, "recall").status_code == 303
    assert has() is None


def test_a_clerk_cannot_assign_and_nobody_reaches_another_department(permit: str, signed_in: Enter) -> None:
    assert send(signed_in("clerk-zj"), permit, "assign", to=account("clerk-zj-2")).status_code == 403
    assert send(signed_in("head-ga"), permit, "take").status_code == 403
    assert send(signed_in("head-zj"), permit, "assign", to=account("clerk-ga")).status_code == 422
    assert send(signed_in("head-zj"), permit, "assign", to="9" * 10).status_code == 422


@pytest.mark.parametrize("form", [{}, {"verb": "burn"}, {"verb": "take", "to": "1"}, {"verb": ["take", "take"]}])
def test_strange_forms_are_refused(permit: str, signed_in: Enter, form: dict[str, str]) -> None:
    assert signed_in("clerk-zj").post(desk(permit, "assignment"), data=form).status_code == 422
    assert has() is None


def test_the_desk_takes_as_many_queries_after_many_acts(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-zj")
    send(clerk, permit, "take")
    clerk.get(desk(permit))
    with statements() as first:
        clerk.get(desk(permit))
    for _ in range(3):
        send(clerk, permit, "put_back")
        send(clerk, permit, "take")
    with statements() as later:
        clerk.get(desk(permit))
    assert len(later) == len(first)
