"""An open desk learns what others do; orders, notes and the law stand where the work is; what was begun stays."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from approvals.queries.actor import clerk_of
from approvals.queries.related import related
from approvals.records.application import Application
from approvals.records.step import StepRecord
from portal.unit_of_work import now, reading
from tests.deciding import WHY, ticked
from tests.factories import RESIDENCE
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]
CHANGED = ">看过后有变化</span>"
HX = {"HX-Request": "true"}
WORDS = "围挡和人行道之间只有 1.2 米，请改到 1.5 米。"


def said(answer: TestResponse) -> str:
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def desk(number: str, key: str = "gc307", action: str = "") -> str:
    return f"/office/steps/{number}/{key}" + (f"/{action}" if action else "")


def hidden(html: str) -> dict[str, str]:
    """What the open page sends about itself."""
    return {name: re.findall(rf'name="{name}" value="(\w*)"', html)[0] for name in ("seen", "state")}


def poll(client: FlaskClient, number: str, sent: dict[str, str], key: str = "gc307") -> TestResponse:
    return client.post(desk(number, key, "open"), data=sent, headers=HX)


def decide(client: FlaskClient, number: str, key: str, reason: str = "") -> None:
    form = {"round": "1", "outcome": "agree", "reason": reason, **ticked(number, key)}
    assert client.post(desk(number, key, "decide"), data=form).status_code == 303


@pytest.fixture
def permit(office: Office) -> str:
    number = office.small(occupies_road=True)
    office.take(number, "accept")
    return number


def other_step(number: str) -> tuple[str, str]:
    """A step of another department that is open, decided by one person, and its clerk."""
    reading().rollback()
    found = reading().scalars(
        select(StepRecord)
        .join(Application, Application.id == StepRecord.application_id)
        .where(Application.number == number, StepRecord.status == "open", StepRecord.key != "gc307")
    )
    step = next(each for each in found if each.key != "gc313")
    return step.key, f"clerk-{step.department_code.lower()}"


def test_an_opinion_of_another_department_appears_at_the_open_desk(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-cg")
    sent = hidden(said(clerk.get(desk(permit))))
    assert poll(clerk, permit, sent).status_code == 204, "nothing has happened"
    key, colleague = other_step(permit)
    decide(signed_in(colleague), permit, key, WORDS)
    html = said(poll(clerk, permit, sent))
    assert '<div id="opinions-live" hx-swap-oob="true">' in html
    assert WORDS in html
    assert "个新情况" in html
    assert poll(clerk, permit, {**sent, **hidden(html)}).status_code == 204
    assert WORDS in said(clerk.get(desk(permit)))


def test_a_colleagues_decision_is_said_at_the_desk_that_is_open_before_the_other(permit: str, signed_in: Enter) -> None:
    clerk, head = signed_in("clerk-cg"), signed_in("head-cg")
    sent = hidden(said(clerk.get(desk(permit))))
    assert poll(clerk, permit, sent).status_code == 204
    poll(head, permit, {"seen": sent["seen"]})
    html = said(poll(clerk, permit, sent))
    assert "也打开着这一页" in html, "whoever was first is told as well"
    decide(head, permit, "gc307")
    assert "刚刚办完了这个环节：同意" in said(poll(clerk, permit, {**sent, **hidden(html)}))


def test_an_order_and_a_note_stand_in_the_queue_and_at_the_desk(permit: str, signed_in: Enter) -> None:
    clerk, supervisor = signed_in("clerk-cg"), signed_in("supervisor")
    seen = hidden(said(clerk.get(desk(permit))))["seen"]
    poll(clerk, permit, {"seen": seen})
    assert CHANGED not in said(clerk.get("/office/queue"))
    year, month, day = now().calendar.add_working_days(now().today, 3).isoformat().split("-")
    form = {"step": "gc307", "words": WORDS, "due-year": year, "due-month": month, "due-day": day}
    answer = supervisor.post(f"/management/applications/{permit}/order", data=form)
    assert answer.status_code == 303
    row = said(clerk.get("/office/queue"))
    assert CHANGED in row
    assert '<span class="ry-tag ry-tag--new">督办</span>' in row
    html = said(clerk.get(desk(permit)))
    assert "督办：" in html
    assert WORDS in html
    assert clerk.get(answer.location.replace("/management/", "/office/")).status_code == 200
    poll(clerk, permit, {"seen": hidden(html)["seen"]})
    assert CHANGED not in said(clerk.get("/office/queue"))
    note = {"material": "traffic_plan", "version": "1", "page": "1", "text": WORDS}
    assert signed_in("head-cg").post(desk(permit, action="notes"), data=note).status_code == 303
    assert CHANGED in said(clerk.get("/office/queue"))
    _key, colleague = other_step(permit)
    assert ">督办</span>" not in said(signed_in(colleague).get("/office/queue"))


def test_the_law_of_the_item_and_its_guide_are_at_hand(permit: str, signed_in: Enter) -> None:
    html = said(signed_in("clerk-cg").get(desk(permit)))
    law = html[html.index('id="law"') :]
    law = law[: law.index("</section>")]
    assert "《" in law
    assert "/services/construction-permit" in law


def test_what_is_decided_is_found_by_its_number_and_led_to(office: Office, signed_in: Enter) -> None:
    number = office.apply(RESIDENCE)
    clerk = signed_in("clerk-ga")
    form = {"round": "1", "outcome": "not_accepted", "reason": WORDS, **WHY}
    assert clerk.post(desk(number, "accept", "decide"), data=form).status_code == 303
    html = said(clerk.get(f"/office/queue?q={number}"))
    assert "已办里找到 1 件。" in html
    assert f'href="/office/queue?q={number}&amp;show=done"' in html
    assert "没有找到" not in said(clerk.get(f"/office/queue?q={number}&show=done"))
    assert "已办里找到" not in said(clerk.get("/office/queue?q=510100-2099"))


def test_a_correction_request_that_was_begun_is_there_again_beside_the_opinion(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-cg")
    typed = {"round": "1", "items": "material-traffic_plan", "what-material-traffic_plan": WORDS}
    assert "草稿已存" in said(clerk.post(desk(permit, action="correction"), data=typed, headers=HX))
    assert clerk.post(desk(permit, action="draft"), data={"round": "1", "reason": "先写这些"}).status_code == 303
    html = said(signed_in("clerk-cg").get(desk(permit)))
    assert WORDS in html
    assert re.search(r'value="material-traffic_plan" checked', html)
    assert "先写这些" in html
    assert WORDS not in said(signed_in("head-cg").get(desk(permit)))
    for bad, status in (({"items": "x"}, 422), ({"stranger": "1"}, 422), ({"why_again": "x" * 20000}, 413)):
        assert clerk.post(desk(permit, action="correction"), data={"round": "1", **bad}).status_code == status
    assert clerk.post(desk(permit, action="return"), data=typed).status_code == 303
    assert "先写这些" not in said(signed_in("head-cg").get(desk(permit)))
    assert re.search(r'value="material-traffic_plan" checked', said(clerk.get(desk(permit)))) is None


def test_what_the_applicant_has_here_already_is_listed_whatever_the_item(office: Office) -> None:
    first, second = office.apply(), office.apply("outdoor-advertising-signboard-permit")
    by = clerk_of(reading(), "CG")
    for number, other in ((first, second), (second, first)):
        found = related(reading(), number, by=by, at=now())
        assert [each.number for each in found.others] == [other]
        assert found.again == ()
