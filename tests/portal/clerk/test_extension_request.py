"""More days are asked for from the desk; whoever the law names extends, or declines with a reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from approvals.queries.invariants import examine
from approvals.records.extension import Extension, ExtensionRequest
from portal.unit_of_work import now, reading
from tests.factories import RESIDENCE
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]
WHY = "现场要再看一次，下周才能约到检测机构。"


@pytest.fixture
def number(office: Office) -> str:
    """Accepted today, so that the limit by law has not passed."""
    found = office.apply(RESIDENCE, day=now().today.isoformat())
    office.take(found, "accept", day=now().today.isoformat())
    return found


def ask(client: FlaskClient, number: str, key: str = "review", **form: str) -> TestResponse:
    return client.post(f"/office/steps/{number}/{key}/extension", data={"days": "5", "reason": WHY, **form})


def said(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def requests() -> list[ExtensionRequest]:
    reading().rollback()
    return list(reading().scalars(select(ExtensionRequest).order_by(ExtensionRequest.id)))


def test_the_head_sees_what_is_asked_and_extends(number: str, office: Office, signed_in: Enter) -> None:
    clerk, head = signed_in("clerk-ga"), signed_in("head-ga")
    desk = f"/office/steps/{number}/review"
    assert "申请延长期限" in said(clerk.get(desk))
    assert ask(clerk, number).status_code == 303
    assert "已申请延长 5 个工作日，等负责人决定" in said(clerk.get(desk))
    assert "等负责人决定延期" in said(head.get("/office/queue"))
    again = ask(clerk, number, days="3")
    assert again.status_code == 409
    assert "您写的内容还在下面" in said(again)
    page = said(head.get(f"/office/applications/{number}"))
    assert "经办人申请延长 5 个工作日" in page
    assert WHY in page
    assert 'value="5"' in page
    form = {"verb": "extend", "days": "5", "reason": WHY}
    assert head.post(f"/office/applications/{number}", data=form).status_code == 303
    assert [each.ending for each in requests()] == ["granted"]
    assert reading().scalars(select(Extension.days)).one() == 5
    assert "等负责人决定延期" not in said(head.get("/office/queue"))
    assert "申请延长期限" not in said(clerk.get(desk))
    assert examine(reading(), office.storage, at=now()).broken == []


def test_the_head_declines_with_a_reason_and_it_may_be_asked_for_again(
    number: str, office: Office, signed_in: Enter
) -> None:
    clerk, head = signed_in("clerk-ga"), signed_in("head-ga")
    whole = f"/office/applications/{number}"
    ask(clerk, number)
    assert head.post(whole, data={"verb": "decline", "reason": ""}).status_code == 422
    assert head.post(whole, data={"verb": "decline", "reason": "今天就能约到。"}).status_code == 303
    assert head.post(whole, data={"verb": "decline", "reason": "今天就能约到。"}).status_code == 409
    assert "今天就能约到。" in said(clerk.get(f"/office/steps/{number}/review"))
    assert ask(clerk, number, days="2").status_code == 303
    assert [(each.number, each.days, each.ending) for each in requests()] == [(1, 5, "declined"), (2, 2, None)]
    assert "今天就能约到。" not in said(clerk.get(f"/office/steps/{number}/review"))
    assert examine(reading(), office.storage, at=now()).broken == []


def test_what_is_wrong_or_not_possible_keeps_what_was_typed(number: str, signed_in: Enter, office: Office) -> None:
    clerk = signed_in("clerk-ga")
    for form, words in (
        ({"days": "x"}, "请写要延长几个工作日"),
        ({"reason": " "}, "请写明为什么要延长"),
        ({"reason": "长" * 1001}, "最多写 1000 个字"),
        ({"days": "11"}, "最多可以延长 10 个工作日"),
    ):
        answer = ask(clerk, number, **form)
        assert answer.status_code == 422
        assert words in said(answer)
    assert ask(clerk, number, stranger="1").status_code == 422
    assert signed_in("clerk-zj").post(f"/office/steps/{number}/review/extension", data={}).status_code in (403, 404)
    waiting = office.apply(RESIDENCE, day=now().today.isoformat())
    answer = ask(clerk, waiting, "accept")
    assert answer.status_code == 409
    assert WHY in said(answer)
    assert requests() == []


def test_in_joint_handling_only_the_deciding_department_asks_and_the_government_decides(
    office: Office, signed_in: Enter
) -> None:
    today = now().today.isoformat()
    permit = office.small(day=today, occupies_road=True)
    office.take(permit, "accept", day=today)
    assert ask(signed_in("clerk-cg"), permit, "gc307").status_code == 403
    key = next(each for each in office.open(permit) if office.step(permit, each).department == "ZJ")
    assert ask(signed_in("clerk-zj"), permit, key).status_code == 303
    head = signed_in("head-zj")
    form = {"verb": "decline", "reason": "今天就能约到。"}
    assert head.post(f"/office/applications/{permit}", data=form).status_code == 403
    assert [each.ending for each in requests()] == [None]
