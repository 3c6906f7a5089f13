"""The supervision list and the page of an application as a whole, by hand of those whom the law names."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.records.obligation import Obligation
from approvals.records.supervision import SupervisionRecord
from approvals.vocabulary import ApplicationStatus, Rung
from portal.unit_of_work import reading
from portal.worker.clock import strike
from tests.counting import statements
from tests.fixtures.heart import Office
from tests.fixtures.promises import Promises

Enter = Callable[[str], FlaskClient]
WHY = "经办人病假，已改派，三日内办结。"


def late(office: Office) -> str:
    """A residence permit whose review nobody took up since May."""
    number = office.apply("residence-permit", "2026-05-06")
    office.take(number, "accept", "2026-05-06")
    strike(office.at("2026-08-31"))
    reading().rollback()
    return number


def order(rung: Rung = Rung.ESCALATED) -> int:
    reading().rollback()
    wanted = select(SupervisionRecord.id).where(SupervisionRecord.subject == "review", SupervisionRecord.rung == rung)
    return reading().scalars(wanted).one()


def test_a_department_sees_its_own_records_and_overseers_see_all(office: Office, signed_in: Enter) -> None:
    number = late(office)
    for username, address, is_listed in (
        ("clerk-ga", "/office/supervision", True),
        ("head-ga", "/office/supervision", True),
        ("clerk-sw", "/office/supervision", False),
        ("supervisor", "/management/supervision", True),
        ("government", "/management/supervision", True),
        ("manager", "/management/supervision", True),
    ):
        page = signed_in(username).get(address)
        assert page.status_code == 200, username
        assert (number in page.get_data(as_text=True)) is is_listed, username


def test_the_head_answers_an_order_and_what_was_typed_survives_a_refusal(office: Office, signed_in: Enter) -> None:
    late(office)
    head = signed_in("head-ga")
    record = order()
    empty = head.post(f"/office/supervision/{record}/answer", data={"reason": "  "})
    assert empty.status_code == 422
    assert head.post(f"/office/supervision/{record}/answer", data={"reason": WHY}).status_code == 303
    again = head.post(f"/office/supervision/{record}/answer", data={"reason": f"再说一次。{WHY}"})
    assert again.status_code == 409
    page = head.get("/office/supervision").get_data(as_text=True)
    assert WHY in page
    shown = signed_in("supervisor").get("/management/supervision?show=orders").get_data(as_text=True)
    assert WHY not in shown, "answered orders wait for nobody"


def test_a_clerk_reads_and_only_the_head_answers(office: Office, signed_in: Enter) -> None:
    late(office)
    record = order()
    assert signed_in("clerk-ga").post(f"/office/supervision/{record}/answer", data={"reason": WHY}).status_code == 403
    assert signed_in("head-zj").post(f"/office/supervision/{record}/answer", data={"reason": WHY}).status_code == 403
    assert signed_in("head-ga").post("/office/supervision/999999/answer", data={"reason": WHY}).status_code == 404


def test_the_head_suspends_and_resumes_on_the_page_of_the_whole(office: Office, signed_in: Enter) -> None:
    number = office.apply("residence-permit", "2026-11-18")
    office.take(number, "accept", "2026-11-18")
    head = signed_in("head-ga")
    address = f"/office/applications/{number}"
    page = head.get(address).get_data(as_text=True)
    assert 'value="suspend"' in page
    assert 'value="resume"' not in page
    refused = head.post(address, data={"verb": "suspend", "reason": ""})
    assert refused.status_code == 422
    assert head.post(address, data={"verb": "suspend", "reason": "权属有诉讼。"}).status_code == 303
    twice = head.post(address, data={"verb": "suspend", "reason": "再停一次的理由"})
    assert twice.status_code == 409
    assert "再停一次的理由" in twice.get_data(as_text=True)
    seen = signed_in("wangxiaorong").get(f"/applications/{number}").get_data(as_text=True)
    assert "办理已中止" in seen
    assert "权属有诉讼。" in seen
    assert head.post(address, data={"verb": "resume", "reason": "诉讼已结。"}).status_code == 303
    assert head.post(address, data={"verb": "nonsense", "reason": "x"}).status_code == 422
    assert head.post(address, data={"verb": "terminate", "reason": "已迁出。"}).status_code == 303
    assert office.progress(number).status is ApplicationStatus.TERMINATED


def test_the_government_extends_joint_handling_and_departments_are_told_whose_right_it_is(
    office: Office, signed_in: Enter
) -> None:
    number = office.small("2026-11-18")
    office.take(number, "accept", "2026-11-18")
    head = signed_in("head-zj").post(
        f"/office/applications/{number}", data={"verb": "extend", "days": "5", "reason": "急"}
    )
    assert head.status_code == 403
    government = signed_in("government")
    address = f"/management/applications/{number}/extend"
    assert government.get(address).status_code == 200
    many = government.post(address, data={"verb": "extend", "days": "16", "reason": "理由留着"})
    assert many.status_code == 422
    assert "理由留着" in many.get_data(as_text=True)
    assert government.post(address, data={"verb": "extend", "days": "15", "reason": "案情复杂。"}).status_code == 303
    shown = signed_in("lijinrong").get(f"/applications/{number}").get_data(as_text=True)
    assert "期限延长 15 个工作日" in shown
    assert signed_in("manager").get(address).status_code == 403
    assert signed_in("head-ga").get(f"/office/applications/{number}").status_code in {403, 404}


def test_the_list_takes_as_many_queries_for_many_records_as_for_few(
    office: Office, signed_in: Enter, app: Flask
) -> None:
    late(office)
    manager = signed_in("manager")
    manager.get("/management/supervision")
    with statements() as few:
        manager.get("/management/supervision")
    for _ in range(4):
        late(office)
    with statements() as many:
        manager.get("/management/supervision")
    assert len(many) == len(few)


def test_a_record_says_what_is_owed_and_leads_to_it(office: Office, signed_in: Enter) -> None:
    number = Promises(office).shop("2026-05-06")
    strike(office.at("2026-07-06"))
    reading().rollback()
    owed = select(Obligation.id, Obligation.subject)
    ids = {subject: owing for owing, subject in reading().execute(owed)}
    page = signed_in("clerk-sc-510104").get("/office/supervision").get_data(as_text=True)
    assert number in page
    assert "事后核查 · 经营场所、布局和承诺是否一致" in page
    assert f'href="/office/obligations/{ids["premises"]}"' in page
    assert "补交材料 · 食品安全员证明" in page
    assert "整件事" not in page
    overseen = signed_in("supervisor").get("/management/supervision").get_data(as_text=True)
    assert "经营场所、布局和承诺是否一致" in overseen
    assert "/office/obligations/" not in overseen
