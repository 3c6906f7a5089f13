"""The desk: decide, return, pause; whatever is refused keeps what was typed and says why."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from approvals.commands.enrol import admit
from approvals.events import Event
from approvals.queries.progress import progress
from approvals.records.event import EventRecord
from approvals.records.people import Account, Organisation
from approvals.storage import Folder
from approvals.vocabulary import ApplicationStatus, Outcome, Role, StepStatus
from portal.demonstration import acting
from portal.unit_of_work import changing, reading
from services.answers import examples
from services.current import catalogue
from tests.counting import statements
from tests.deciding import WHY, ticked
from tests.factories import PERMIT, RESIDENCE, applied, decided, on, returned
from tests.fixtures.heart import Office
from tests.fixtures.promises import Promises

Enter = Callable[[str], FlaskClient]
Form = dict[str, str | list[str]]

MONDAY, TUESDAY = date(2026, 6, 8), date(2026, 6, 9)
REASON = "占道范围影响主干路通行，请缩小到人行道以内。"


def desk(number: str, key: str, action: str = "") -> str:
    return f"/office/steps/{number}/{key}" + (f"/{action}" if action else "")


def status(number: str, key: str) -> StepStatus:
    reading().rollback()
    return next(step.status for step in progress(reading(), number).steps if step.key == key)


def said(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def decide(client: FlaskClient, number: str, key: str, outcome: str, reason: str = "", **more: str) -> TestResponse:
    form = {"round": "1", "outcome": outcome, "reason": reason, **ticked(number, key), **more}
    return client.post(desk(number, key, "decide"), data=form)


@pytest.fixture
def residence(app: Flask) -> str:
    return applied(RESIDENCE, on(MONDAY))


@pytest.fixture
def permit(app: Flask) -> str:
    number = applied(PERMIT, on(MONDAY))
    decided(number, "accept", Outcome.ACCEPT, at=on(MONDAY))
    return number


def test_the_page_masks_personal_numbers_and_shows_the_files(residence: str, signed_in: Enter) -> None:
    html = said(signed_in("clerk-ga").get(desk(residence, "accept")))
    assert re.search(r"510\*{11}\d{3}[\dX]", html)
    assert "510104199003072344" not in html
    assert "13900000001" not in html
    assert "未查毒" in html
    assert f'src="{desk(residence, "accept")}/materials/' in html


def test_what_may_be_mended_is_grouped_into_contents_and_materials(residence: str, signed_in: Enter) -> None:
    html = said(signed_in("clerk-ga").get(desk(residence, "accept")))
    form = html[html.index(desk(residence, "accept", "return")) :]
    groups = re.findall(r'<h3 id="mend-(\w+)">(.*?)</h3>', form)
    assert groups == [("answers", "申请内容"), ("materials", "申请材料")]
    answers, materials = form[: form.index('id="mend-materials"')], form[form.index('id="mend-materials"') :]
    assert 'value="question-employer"' in answers
    assert 'value="material-' not in answers
    assert 'value="material-photo"' in materials
    assert 'value="question-' not in materials
    assert 'aria-labelledby="mend-materials"' in form


def test_a_group_with_something_ticked_stands_open_when_the_form_comes_back(residence: str, signed_in: Enter) -> None:
    sent = {"round": "1", "items": "question-employer", "what-question-employer": ""}
    html = said(signed_in("clerk-ga").post(desk(residence, "accept", "return"), data=sent))
    assert re.search(r'<details class="ry-mendgroup" open>\s*<summary><h3 id="mend-answers">', html)


def test_accepting_goes_back_to_the_queue(residence: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-ga")
    answer = decide(clerk, residence, "accept", "accept")
    assert (answer.status_code, answer.location) == (303, "/office/queue")
    assert "居住证申领：受理" in said(clerk.get("/office/queue"))
    assert status(residence, "review") is StepStatus.OPEN


@pytest.mark.parametrize(
    "outcome, ended, words",
    [
        ("not_needed", ApplicationStatus.NOT_NEEDED, "不受理：这件事不需要办理许可"),
        ("not_accepted", ApplicationStatus.NOT_ACCEPTED, "不予受理"),
    ],
)
def test_not_needed_and_not_accepted_are_told_apart(
    residence: str, signed_in: Enter, outcome: str, ended: ApplicationStatus, words: str
) -> None:
    clerk = signed_in("clerk-ga")
    page = said(clerk.get(desk(residence, "accept")))
    assert "第（一）项" in page
    assert "第（二）项" in page
    assert decide(clerk, residence, "accept", outcome, "请向公安派出所咨询。").status_code == 303
    reading().rollback()
    assert progress(reading(), residence).status is ended
    told = said(signed_in("wangxiaorong").get(f"/applications/{residence}"))
    assert words in told
    assert "请向公安派出所咨询。" in told


def test_who_says_no_says_why(permit: str, signed_in: Enter) -> None:
    answer = decide(signed_in("clerk-cg"), permit, "gc307", "disagree", "  ")
    assert answer.status_code == 422
    assert 'href="#decision-reason"' in said(answer)
    assert 'value="disagree" checked' in said(answer)
    assert status(permit, "gc307") is StepStatus.OPEN


def test_conditions_are_due_where_there_are_conditions(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-cg")
    answer = decide(clerk, permit, "gc307", "agree_with_conditions", conditions="")
    assert answer.status_code == 422
    assert 'href="#decision-conditions"' in said(answer)
    answer = decide(clerk, permit, "gc307", "agree_with_conditions", conditions="夜间 22:00 以后施工。")
    assert answer.status_code == 303
    assert "夜间 22:00 以后施工。" in said(clerk.get(desk(permit, "gc307")))


@pytest.mark.parametrize(
    "form",
    [
        {"outcome": "grant"},
        {"outcome": "nonsense"},
        {"outcome": ""},
        {"outcome": ["agree", "disagree"]},
        {"outcome": "agree", "extra": "field"},
        {"outcome": "agree", "reason": "长" * 100_000},
    ],
    ids=["impossible", "unknown", "none", "twice", "strange field", "100 kB"],
)
def test_a_form_that_is_wrong_decides_nothing_and_keeps_its_text(permit: str, signed_in: Enter, form: Form) -> None:
    sent: Form = {"round": "1", "reason": REASON, **form}
    answer = signed_in("clerk-cg").post(desk(permit, "gc307", "decide"), data=sent)
    assert answer.status_code == 422
    assert str(sent["reason"])[:40] in said(answer)
    assert "<title>错误：" in said(answer)
    assert status(permit, "gc307") is StepStatus.OPEN


def test_the_second_of_two_clerks_learns_who_decided_and_keeps_the_text(permit: str, signed_in: Enter) -> None:
    assert decide(signed_in("clerk-zj"), permit, "gc301", "agree").status_code == 303
    answer = decide(signed_in("clerk-zj-2"), permit, "gc301", "disagree", REASON)
    assert answer.status_code == 409
    html = said(answer)
    assert re.search(r"李静（示例）已在 \d{4} 年 \d+ 月 \d+ 日 \d\d:\d\d办完这个环节：同意", html)
    assert REASON in html
    assert "不同意" in html


def test_a_decision_on_what_was_mended_meanwhile_is_noticed(permit: str, signed_in: Enter) -> None:
    answer = signed_in("clerk-cg").post(
        desk(permit, "gc307", "decide"), data={"round": "2", "outcome": "agree", "reason": REASON, **WHY}
    )
    assert answer.status_code == 409
    assert REASON in said(answer)
    assert status(permit, "gc307") is StepStatus.OPEN


def test_a_step_of_another_department_is_not_ones_own(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-sw")
    assert clerk.get(desk(permit, "gc307")).status_code == 403
    answer = decide(clerk, permit, "gc307", "agree", REASON)
    assert answer.status_code == 403
    assert "这个环节由其他部门办理" in said(answer)
    assert REASON in said(answer), "nothing typed is lost"
    reading().rollback()
    attempts = select(EventRecord.data).where(EventRecord.kind == str(Event.ATTEMPT_REFUSED))
    assert [data["refusal"] for data in reading().scalars(attempts)] == ["NotYourStep"]


def test_whom_the_door_turns_away_stands_in_the_trail(permit: str, signed_in: Enter) -> None:
    citizen = signed_in("wangxiaorong")
    assert citizen.get(desk(permit, "gc307")).status_code == 403
    assert decide(citizen, permit, "gc307", "agree", REASON).status_code == 403
    assert decide(citizen, "510100-20260608-ZJ-999999-X", "gc307", "agree", REASON).status_code == 403
    reading().rollback()
    attempts = select(EventRecord.data, EventRecord.by_role).where(EventRecord.kind == str(Event.ATTEMPT_REFUSED))
    assert reading().execute(attempts).all() == [({"refusal": "NotAllowed"}, Role.CITIZEN)]


def test_a_case_of_others_and_a_case_that_is_none_answer_the_same(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-sc")
    assert clerk.get(desk(permit, "gc307")).status_code == 404
    assert clerk.get(desk("510100-20260608-ZJ-999999-X", "gc307")).status_code == 404


def test_a_step_that_waits_cannot_be_decided(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-zj")
    page = said(clerk.get(desk(permit, "decide")))
    assert "现在不能办理" in page
    assert re.findall(r'action="(/office/steps[^"]*)"', page) == [desk(permit, "decide", "open")]
    answer = decide(clerk, permit, "decide", "grant", REASON)
    assert answer.status_code == 409
    assert REASON in said(answer)


def test_after_a_denial_only_a_refusal_is_offered_and_taken(permit: str, signed_in: Enter) -> None:
    for step in ("gc301", "gc302", "gc304", "gc305", "gc306", "gc308", "gc309", "gc310", "gc311", "gc312", "gc313"):
        decided(permit, step, Outcome.AGREE, at=on(TUESDAY))
    decided(permit, "gc307", Outcome.DISAGREE, REASON, at=on(TUESDAY))
    clerk = signed_in("clerk-zj")
    page = said(clerk.get(desk(permit, "decide")))
    assert 'value="refuse"' in page
    assert 'value="grant"' not in page
    assert decide(clerk, permit, "decide", "grant").status_code == 409
    assert decide(clerk, permit, "decide", "refuse", REASON).status_code == 303
    reading().rollback()
    assert progress(reading(), permit).status is ApplicationStatus.REFUSED


def test_a_character_without_a_glyph_stops_the_grant_in_words(app: Flask, signed_in: Enter) -> None:
    item, rare = catalogue().item(RESIDENCE), "\U00032000"  # no font has it yet
    storage = Folder(app.extensions["settings"].files)
    number = acting.apply(item, storage, on(MONDAY), {**examples(item, MONDAY), "applicant_name": f"王{rare}"})
    foretold = f"证照上印不出这些字：{rare}（U+32000）。请现在就联系技术人员补字"
    assert foretold in said(signed_in("clerk-ga").get(desk(number, "accept"))), "long before it is granted"
    decided(number, "accept", Outcome.ACCEPT, at=on(MONDAY))
    decided(number, "review", Outcome.AGREE, at=on(MONDAY))
    answer = decide(signed_in("clerk-ga"), number, "decide", "grant", REASON)
    assert answer.status_code == 422
    assert f"证照上印不出这些字：{rare}" in said(answer)
    assert REASON in said(answer)
    assert status(number, "decide") is StepStatus.OPEN
    assert foretold in said(signed_in("clerk-ga").get(desk(number, "decide")))
    assert foretold not in said(signed_in("clerk-ga").get(desk(number, "review"))), "that one is over"


def test_the_applicant_is_told_item_by_item_what_to_mend(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-cg")
    answer = clerk.post(
        desk(permit, "gc309", "return"),
        data={
            "round": "1",
            "items": ["question-site", "material-waste_scheme"],
            "what-question-site": "地址要写到门牌号。",
            "what-material-waste_scheme": "缺运输路线图。",
        },
    )
    assert answer.status_code == 303
    assert status(permit, "gc309") is StepStatus.RETURNED
    told = said(signed_in("lijinrong").get(f"/applications/{permit}"))
    assert "轮到您：补正 2 处" in told
    assert "地址要写到门牌号。" in told
    assert "缺运输路线图。" in told
    assert "已请申请人补正" in said(clerk.get(desk(permit, "gc309")))


@pytest.mark.parametrize(
    "form, target",
    [
        ({}, "correction-items"),
        ({"items": "question-site", "what-question-site": ""}, "correction-what-question-site"),
        ({"items": "question-nothing"}, "correction-items"),
    ],
    ids=["nothing ticked", "no words", "unknown"],
)
def test_a_correction_without_words_is_refused_in_place(permit: str, signed_in: Enter, form: Form, target: str) -> None:
    answer = signed_in("clerk-cg").post(
        desk(permit, "gc309", "return"), data={"round": "1", "what-question-project_name": "写全称。", **form}
    )
    assert answer.status_code == 422
    assert f'href="#{target}"' in said(answer)
    assert f'id="{target}"' in said(answer)
    assert "写全称。" in said(answer)
    assert status(permit, "gc309") is StepStatus.OPEN


def test_whoever_checks_on_site_finds_that_special_procedure_chosen(app: Flask, signed_in: Enter) -> None:
    number = applied("food-business-licence", on(MONDAY))
    for key, outcome in (("accept", Outcome.ACCEPT), ("review", Outcome.AGREE)):
        decided(number, key, outcome, at=on(TUESDAY))
    page = said(signed_in("clerk-sc-510104").get(desk(number, "on_site")))
    assert re.search(r'value="on_site"[^>]* (checked|selected)', page)
    assert not re.search(r'value="hearing"[^>]* (checked|selected)', page)


def test_a_special_procedure_stops_the_clock_until_it_is_ended(permit: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-qx")
    form = {"round": "1", "reason": "expert_review", "days": "6", "note": "专家评审防雷装置设计。"}
    answer = clerk.post(desk(permit, "gc310", "pause"), data=form)
    assert (answer.status_code, answer.location) == (303, desk(permit, "gc310"))
    assert status(permit, "gc310") is StepStatus.PAUSED
    page = said(clerk.get(desk(permit, "gc310")))
    assert "特别程序：专家评审" in page
    assert "结束特别程序" in page
    answer = decide(clerk, permit, "gc310", "agree", REASON)
    assert answer.status_code == 409
    assert REASON in said(answer)
    assert clerk.post(desk(permit, "gc310", "resume"), data={"round": "1"}).status_code == 303
    assert status(permit, "gc310") is StepStatus.OPEN
    assert clerk.post(desk(permit, "gc310", "resume"), data={"round": "1"}).status_code == 409


@pytest.mark.parametrize(
    "change",
    [
        {"days": "0"},
        {"days": "121"},
        {"days": "六"},
        {"days": ""},
        {"note": " "},
        {"reason": "correction"},
        {"reason": ""},
    ],
    ids=str,
)
def test_a_special_procedure_says_why_how_long_and_what_for(
    permit: str, signed_in: Enter, change: dict[str, str]
) -> None:
    form = {"round": "1", "reason": "testing", "days": "6", "note": "送检。", **change}
    answer = signed_in("clerk-qx").post(desk(permit, "gc310", "pause"), data=form)
    assert answer.status_code == 422
    assert 'href="#procedure-' in said(answer)
    assert status(permit, "gc310") is StepStatus.OPEN


def test_a_file_is_served_so_that_it_can_do_no_harm(residence: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-ga")
    address = desk(residence, "accept") + "/materials/photo/1"
    answer = clerk.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert signed_in("clerk-sw").get(address).status_code == 404
    assert clerk.get(desk(residence, "accept") + "/materials/photo/9").status_code == 404
    assert clerk.get(desk(residence, "accept") + "/materials/nothing/1").status_code == 404


def test_opening_a_desk_changes_nothing(residence: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-ga")
    with statements() as sent:
        clerk.get(desk(residence, "accept"))
    assert not [statement for statement in sent if statement.startswith(("INSERT", "UPDATE", "DELETE"))]


def test_the_page_works_where_nothing_was_uploaded_and_nobody_has_a_limit(app: Flask, signed_in: Enter) -> None:
    number = applied("birth-registration", on(MONDAY))
    step = next(each for each in progress(reading(), number).steps if each.status is StepStatus.OPEN)
    assert signed_in(f"clerk-{step.department.lower()}").get(desk(number, step.key)).status_code == 200


def test_nobody_decides_an_application_of_their_own(permit: str, signed_in: Enter) -> None:
    with changing() as session:
        clerk = session.scalars(select(Account).where(Account.username == "clerk-cg")).one()
        company = session.scalars(select(Organisation)).one()
        admit(session, clerk, company, "handler")  # a clerk who works for the applicant, too
    client = signed_in("clerk-cg")
    assert "这是您自己的申请" in said(client.get(desk(permit, "gc307")))
    answer = decide(client, permit, "gc307", "agree", REASON)
    assert answer.status_code == 403
    assert "不能审批自己的申请" in said(answer)
    assert REASON in said(answer)


def test_a_returned_step_cannot_be_decided_meanwhile(permit: str, signed_in: Enter) -> None:
    returned(permit, "gc309", "site", at=on(TUESDAY))
    answer = decide(signed_in("clerk-cg"), permit, "gc309", "agree", REASON)
    assert answer.status_code == 409
    assert REASON in said(answer)


def test_an_opinion_given_on_a_promise_says_so_to_the_other_departments(app: Flask, signed_in: Enter) -> None:
    office = Office(app)
    number = Promises(office).apply("construction-permit", ["gc309"])
    office.take(number, "accept")
    page = said(signed_in("clerk-zj").get(desk(number, "gc304")))
    assert page.count("凭申请人的承诺作出，事后核查。") == 1


def test_the_desk_and_the_tracker_say_what_stopped_the_clocks_and_who_did(residence: str, signed_in: Enter) -> None:
    client = signed_in("clerk-ga")
    assert "停表记录" not in said(client.get(desk(residence, "accept")))
    decided(residence, "accept", Outcome.ACCEPT, at=on(MONDAY))
    returned(residence, "review", "employer", at=on(MONDAY, 14))
    for page in (
        said(client.get(desk(residence, "review"))),
        said(signed_in("wangxiaorong").get(f"/applications/{residence}?dates=review")),
    ):
        ledger = page[page.index("停表记录") :].split("</table>")[0]
        assert '<small>《行政许可法》第三十二条第一款第（四）项</small></th><td data-h="哪个环节">信息核对' in ledger
        assert '<td data-h="谁停的">成都市公安局</td>' in ledger
        assert '<td data-h="哪个环节">整件事</td><td data-h="谁停的">系统</td>' in ledger
        assert "「信息核对」停表，没有别的环节能办" in ledger
        assert page.count("补正，停表不算") > 10
        assert page.count("补正，停表不算<small>《行政许可法》第三十二条第一款第（四）项</small>") == 1, (
            "on its first day"
        )
