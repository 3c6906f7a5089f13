"""The applicant's path from start to receipt, and everything that can go wrong on the way without losing a word."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from approvals.commands import draft as drafting
from approvals.commands.publish import publish
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.records.application import Application
from approvals.records.people import Organisation
from approvals.vocabulary import Outcome
from portal.unit_of_work import changing, now, reading
from services.current import catalogue
from tests.factories import PERMIT, RESIDENCE, applied, decided, returned
from tests.portal.journey.walking import Walk, begin, sample, summary, title, words

Enter = Callable[[str], FlaskClient]


@pytest.fixture
def company(app: Flask) -> int:
    return reading().scalars(select(Organisation.id)).one()


@pytest.fixture
def walk(signed_in: Enter) -> Walk:
    """A citizen's empty draft."""
    return begin(signed_in("wangxiaorong"), RESIDENCE)


def applications() -> int:
    reading().rollback()
    return reading().scalars(select(func.count()).select_from(Application)).one()


# ── start ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_company_applies_for_the_construction_permit_from_start_to_receipt(signed_in: Enter, company: int) -> None:
    walk = begin(signed_in("lijinrong"), PERMIT, company)
    walk.fill_in()
    walk.hand_in()
    sent = walk.send()
    assert sent.status_code == 303
    receipt = walk.client.get(sent.location)
    said = words(receipt)
    assert "已提交" in said
    assert sent.location.split("/")[2] in said
    assert "成都市住房和城乡建设局最迟 " in said
    assert "成都锦蓉示例置业有限公司" in said


def test_what_the_portal_knows_is_filled_in_already(signed_in: Enter, company: int) -> None:
    walk = begin(signed_in("lijinrong"), PERMIT, company)
    page = walk.get("/sections/parties").get_data(as_text=True)
    assert 'value="成都锦蓉示例置业有限公司"' in page
    assert 'value="91510104MA6EXAMP0C"' in page


def test_a_companys_item_needs_a_company_and_a_citizens_item_a_citizen(signed_in: Enter, company: int) -> None:
    handler = signed_in("lijinrong")
    assert handler.post(f"/services/{PERMIT}/apply", data={"organisation": ""}).status_code == 403
    assert handler.post(f"/services/{RESIDENCE}/apply", data={"organisation": str(company)}).status_code == 403
    assert applications() == 0


def test_nobody_applies_in_the_name_of_a_company_that_is_not_theirs(signed_in: Enter, company: int) -> None:
    citizen = signed_in("wangxiaorong")
    for chosen in (str(company), "999999", "-1", "x", "1" * 30, "１"):
        assert citizen.post(f"/services/{PERMIT}/apply", data={"organisation": chosen}).status_code in {403, 404}
    assert applications() == 0


def test_an_item_of_which_only_the_facts_are_published_cannot_be_started(signed_in: Enter) -> None:
    facts = replace(catalogue().item(RESIDENCE), sections=(), materials=(), stages=(), certificate=None)
    assert not facts.is_online
    with changing(at=now()) as session:
        publish(session, regions=(), departments=(), items=[facts], at=now())
    before = applications()
    answer = signed_in("wangxiaorong").post(f"/services/{facts.slug}/apply")
    assert answer.status_code == 409
    assert "这个事项还不能网上申请" in words(answer)
    assert applications() == before


def test_what_there_is_not_cannot_be_started(signed_in: Enter) -> None:
    assert signed_in("wangxiaorong").post("/services/no-such-thing/apply").status_code == 404


def test_strangers_must_sign_in_and_staff_cannot_apply(client: FlaskClient, signed_in: Enter) -> None:
    assert client.post(f"/services/{RESIDENCE}/apply").status_code == 401
    assert signed_in("clerk-zj").post(f"/services/{RESIDENCE}/apply").status_code == 403
    assert signed_in("manager").post(f"/services/{RESIDENCE}/apply").status_code == 403


# ── the task list ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_task_list_says_honestly_what_is_done_and_what_is_not(walk: Walk) -> None:
    first = walk.item.sections[1].key
    assert "还不能提交" in words(walk.get())
    walk.post_section(first, walk.example(first))
    said = words(walk.get())
    assert "已填好" in said
    assert "还不能提交" in said
    walk.fill_in()
    walk.hand_in()
    said = words(walk.get())
    assert "已交齐" in said
    assert "可以提交了" in said


def test_a_draft_belongs_to_whoever_began_it(walk: Walk, signed_in: Enter) -> None:
    others = [signed_in("yanmao"), signed_in("lijinrong")]
    first = walk.item.sections[0].key
    for other in others:
        for page in ("", f"/sections/{first}", "/materials", "/check"):
            assert other.get(walk.url + page).status_code == 404
        assert other.post(f"{walk.url}/sections/{first}", data={"version": "1"}).status_code == 404
        assert other.post(f"{walk.url}/submit", data={"version": "1", "declared": "yes"}).status_code == 404
        assert other.post(f"{walk.url}/discard", data={"confirmed": "yes"}).status_code == 404
        assert other.get("/drafts/no-such-draft").status_code == 404
    assert signed_in("clerk-ga").get(walk.url).status_code == 403
    assert applications() == 1


# ── one page ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_wrong_page_comes_back_with_everything_typed_and_says_where_and_what(signed_in: Enter, company: int) -> None:
    walk = begin(signed_in("lijinrong"), PERMIT, company)
    wrong = walk.example(
        "parties", manager_identity="510104199001010018", builder_code="91510104MA6EXAMP0X", manager_name="龑䶮𠮷"
    )
    answer = walk.post_section("parties", wrong)
    assert answer.status_code == 422
    assert title(answer).startswith("错误：")
    lines = dict(summary(answer))
    assert set(lines) == {"manager_identity", "builder_code"}
    assert "最后一位对不上" in lines["manager_identity"]
    page = answer.get_data(as_text=True)
    for value in ("510104199001010018", "91510104MA6EXAMP0X", "龑䶮𠮷"):
        assert f'value="{value}"' in page
    assert words(answer).count(lines["manager_identity"]) == 2  # once in the summary, once at the field
    assert "没填" in words(walk.get())


@pytest.mark.parametrize(
    "changed",
    [
        {"start-month": "13"},
        {"start-month": "2", "start-day": "30"},
        {"start-year": ""},
        {"end-year": "2025"},
        {"contract_price": "很多"},
        {"contract_price": "-1"},
        {"contract_price": "1e9"},
    ],
)
def test_impossible_values_are_named_at_their_field(signed_in: Enter, company: int, changed: dict[str, str]) -> None:
    walk = begin(signed_in("lijinrong"), PERMIT, company)
    answer = walk.post_section("contract", walk.example("contract", **changed))
    assert answer.status_code == 422
    target = next(iter(changed)).split("-")[0]
    assert [place for place, _ in summary(answer)] == [target]


def test_unknown_and_doubled_fields_are_refused_and_nothing_is_saved(walk: Walk) -> None:
    first = walk.item.sections[0].key
    given = walk.example(first)
    once = next(iter(given))
    for more in ({"status": "issued"}, {once: [given[once], "other"]}, {"applicant_id": "1"}):
        answer = walk.post_section(first, {**given, **more})
        assert answer.status_code == 422
        assert title(answer).startswith("错误：")
    assert walk.version(f"/sections/{first}") == "1"


def test_a_version_that_is_no_number_is_refused(walk: Walk) -> None:
    first = walk.item.sections[0].key
    for version in ("", "x", "-1", "１", "9" * 40):
        assert walk.post_section(first, {**walk.example(first), "version": version}).status_code == 422


def test_a_very_long_text_and_broken_characters_come_back_with_a_plain_message(signed_in: Enter, company: int) -> None:
    walk = begin(signed_in("lijinrong"), PERMIT, company)
    answer = walk.post_section("project", walk.example("project", project_name="长" * 34_000))
    assert answer.status_code == 422
    assert [place for place, _ in summary(answer)] == ["project_name"]
    assert "长" * 34_000 in answer.get_data(as_text=True)
    broken = "&".join(f"{name}={value}" for name, value in walk.example("project", project_name="%ff%fe").items())
    answer = walk.client.post(
        f"{walk.url}/sections/project",
        data=f"version=1&next_step=continue&{broken}".encode(),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 400
    assert "在传送中损坏" in words(answer)
    assert walk.version("/sections/project") == "1"


def test_what_is_unfinished_may_be_left_but_what_is_wrong_may_not(signed_in: Enter, company: int) -> None:
    walk = begin(signed_in("lijinrong"), PERMIT, company)
    unfinished = walk.example("parties", manager_name="", manager_identity="")
    left = walk.post_section("parties", unfinished, next_step="save_and_leave")
    assert (left.status_code, left.location) == (303, walk.url)
    assert "没填完" in words(walk.get())
    assert "四川示例勘察设计有限公司" in walk.get("/sections/parties").get_data(as_text=True)
    wrong = walk.example("parties", manager_identity="1")
    assert walk.post_section("parties", wrong, next_step="save_and_leave").status_code == 422


def test_two_tabs_are_noticed_and_the_second_keeps_what_was_typed(walk: Walk) -> None:
    first = walk.item.sections[0].key
    old = walk.version(f"/sections/{first}")
    assert walk.post_section(first, walk.example(first)).status_code == 303
    mine = walk.example(first, applicant_name="王小蓉乙")
    answer = walk.post_section(first, {**mine, "version": old})
    assert answer.status_code == 409
    assert title(answer).startswith("错误：")
    assert "在别处改过" in words(answer)
    page = answer.get_data(as_text=True)
    assert all(value in page for value in mine.values())
    # The page that came back was made from the newest state, so that saving it once more works.
    assert f'name="version" value="{int(old) + 1}"' in page


def test_the_same_page_sent_twice_goes_on_both_times(walk: Walk) -> None:
    """The button pressed twice, or the page sent again after the network failed."""
    first = walk.item.sections[0].key
    sent = {**walk.example(first), "version": walk.version(f"/sections/{first}")}
    once = walk.post_section(first, sent)
    again = walk.post_section(first, sent)
    assert (again.status_code, again.location) == (once.status_code, once.location)
    assert once.status_code == 303
    assert walk.version(f"/sections/{first}") == str(int(sent["version"]) + 1)


def test_a_character_that_no_certificate_can_show_is_told_before_sending(walk: Walk) -> None:
    walk.fill_in()
    assert "证照上印不出这些字" not in words(walk.get("/check"))
    first, rare = walk.item.sections[0].key, "\U00031abc"
    assert walk.post_section(first, walk.example(first, applicant_name=f"王{rare}")).status_code == 303
    assert f"证照上印不出这些字：{rare}（U+31ABC）。" in words(walk.get("/check"))
    walk.hand_in()
    assert walk.send().status_code == 303, "whose name it is cannot choose another"


def test_changing_an_answer_from_the_check_page_leads_back_to_it(walk: Walk) -> None:
    walk.fill_in()
    first = walk.item.sections[0].key
    page = walk.get("/check").get_data(as_text=True)
    assert f"/sections/{first}?back=check#" in page
    answer = walk.client.post(
        f"{walk.url}/sections/{first}?back=check",
        data={**walk.example(first), "version": walk.version("/check"), "next_step": "continue"},
    )
    assert answer.location == f"{walk.url}/check"


def test_a_section_that_is_not_asked_is_not_there(walk: Walk) -> None:
    assert walk.get("/sections/no-such-section").status_code == 404


# ── check and send ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_identity_numbers_are_masked_on_the_check_page(signed_in: Enter, company: int) -> None:
    walk = begin(signed_in("lijinrong"), PERMIT, company)
    walk.fill_in()
    page = walk.get("/check").get_data(as_text=True)
    assert "510104199001010019" not in page
    assert "510***********0019" in page


def test_two_drafts_of_one_item_are_told_apart(signed_in: Enter, company: int) -> None:
    walk = begin(signed_in("lijinrong"), PERMIT, company)
    assert "开始填写" in words(walk.get())
    walk.post_section("project", walk.example("project", project_name="锦江二号楼"))
    assert "锦江二号楼" in words(walk.get())


def test_phones_and_addresses_of_mail_are_masked_there_too(signed_in: Enter) -> None:
    walk = begin(signed_in("wangxiaorong"), "residence-permit")
    walk.fill_in()
    page = walk.get("/check").get_data(as_text=True)
    assert "138****0000" in page
    assert "13800000000" not in page
    assert "som************.com" in page
    assert "someone@example.com" not in page


def test_without_the_declaration_nothing_is_sent(walk: Walk) -> None:
    walk.fill_in()
    walk.hand_in()
    answer = walk.send(declared="no")
    assert answer.status_code == 422
    assert summary(answer) == [("declared", "请先勾选承诺，再提交")]
    assert walk.get().status_code == 200


def gaps(answer: TestResponse) -> list[tuple[str, str]]:
    """Where each line of the list of gaps leads, and its words."""
    page = answer.get_data(as_text=True)
    if 'id="gaps"' not in page:
        return []
    part = page[page.index('id="gaps"') : page.index('id="group-1"')]
    return re.findall(r'<a href="([^"]*)">(.*?)</a>', part)


def test_the_check_page_lists_what_is_missing_on_top_each_with_the_way_to_it(walk: Walk) -> None:
    *most, last = walk.item.sections
    for section in most:
        walk.post_section(section.key, walk.example(section.key))
    found = gaps(walk.get("/check"))
    asked = [question for question in last.questions if question.required and question.ask_if is None]
    assert found[: len(asked)] == [
        (f"{walk.url}/sections/{last.key}?back=check#{question.key}", question.label.zh) for question in asked
    ]
    assert (f"{walk.url}/materials#material-photo", "本人近照") in found
    assert len(found) == len(asked) + 2, "the proof of work is called for once its ground is chosen"
    assert f"还缺 {len(found)} 项" in words(walk.get("/check"))


def test_an_answer_against_a_rule_is_a_gap_too(walk: Walk) -> None:
    walk.fill_in()
    walk.hand_in()
    assert gaps(walk.get("/check")) == []
    by, moment = actor_named(reading(), "wangxiaorong"), now()
    with changing(by, moment) as session:
        application = for_change.application(session, walk.token)
        wrong = {"registered_on": date(2020, 1, 1)}  # as another tab that did not know the other answer would save it
        version = application.draft_version
        drafting.save(application, wrong, asked={"registered_on"}, version=version, by=by, at=moment)
    ((url, said),) = gaps(walk.get("/check"))
    assert url.endswith("#registered_on")
    assert said == "登记日期不能早于住进来的日期"


def test_an_incomplete_application_is_not_sent_and_says_what_is_missing(walk: Walk) -> None:
    *most, _last = walk.item.sections
    for section in most:
        walk.post_section(section.key, walk.example(section.key))
    seen = gaps(walk.get("/check"))
    answer = walk.send()
    assert answer.status_code == 422
    assert gaps(answer) == seen != []
    assert "还有内容没有填完，请补齐后再提交。" in words(answer)


@pytest.fixture
def returned_walk(app: Flask, signed_in: Enter) -> Walk:
    """A residence permit whose acceptance asked to mend an answer and a material."""
    number = applied(RESIDENCE)
    returned(number, "accept", "employer", "applicant_phone")
    found = select(Application).where(Application.number == number)
    item = catalogue().item(RESIDENCE)
    return Walk(signed_in("wangxiaorong"), item, f"/drafts/{reading().scalars(found).one().token}")


def test_a_correction_that_changes_nothing_is_asked_about_and_keeps_what_was_typed(returned_walk: Walk) -> None:
    answer = returned_walk.send(explanation="单位名称没有写错。")
    assert answer.status_code == 422
    assert summary(answer) == [("explains", "有要求补正的地方还和上次提交的一样。请改好；不改的，请说明理由。")]
    html = answer.get_data(as_text=True)
    asked = html[html.index("这几处和上次提交的一样") : html.index('id="explains"')]
    assert re.findall(r"<li>(.*?)</li>", asked) == ["单位名称", "手机号"]
    assert "单位名称没有写错。</textarea>" in html
    assert re.search(r'id="declared" name="declared" value="yes" checked', html)
    assert returned_walk.get().status_code == 200, "it is still to be mended"


def test_only_what_was_left_as_it_was_is_asked_about(returned_walk: Walk) -> None:
    changed = returned_walk.example("residence", employer="成都另一示例有限公司")
    assert returned_walk.post_section("residence", changed).status_code == 303
    html = returned_walk.send().get_data(as_text=True)
    asked = html[html.index("这几处和上次提交的一样") : html.index('id="explains"')]
    assert re.findall(r"<li>(.*?)</li>", asked) == ["手机号"]


def test_to_explain_takes_words(returned_walk: Walk) -> None:
    answer = returned_walk.send(explains="yes", explanation="  ")
    assert (answer.status_code, summary(answer)) == (422, [("explanation", "请写明为什么不改")])
    assert 'name="explains" value="yes" checked' in answer.get_data(as_text=True)


def test_what_is_explained_instead_goes_to_the_clerk(returned_walk: Walk, signed_in: Enter) -> None:
    why = "单位名称和营业执照一致，没有写错。"
    answer = returned_walk.send(explains="yes", explanation=why)
    assert answer.status_code == 303, words(answer)
    number = answer.location.split("/")[2]
    desk = words(signed_in("clerk-ga").get(f"/office/steps/{number}/accept"))
    assert "申请人没有全改，另作说明" in desk
    assert desk.index(why) < desk.index("申请材料"), "before everything else"


def test_sending_twice_leads_to_the_one_receipt(walk: Walk) -> None:
    walk.fill_in()
    walk.hand_in()
    sent = {"version": walk.version("/check"), "declared": "yes"}
    answers = [walk.client.post(f"{walk.url}/submit", data=sent) for _ in range(3)]
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, answers[0].location)}
    assert answers[0].location.endswith("/receipt")
    assert applications() == 1


def test_what_was_changed_after_the_check_page_was_opened_is_checked_again(walk: Walk) -> None:
    walk.fill_in()
    walk.hand_in()
    seen = walk.version("/check")
    first = walk.item.sections[0].key
    walk.post_section(first, walk.example(first))
    answer = walk.send(version=seen)
    assert answer.status_code == 409
    assert "在别处改过" in words(answer)


def test_what_was_sent_can_no_longer_be_edited(walk: Walk) -> None:
    walk.fill_in()
    walk.hand_in()
    number = walk.send().location.split("/")[2]
    first = walk.item.sections[0].key
    assert walk.get().location == f"/applications/{number}"
    assert walk.get(f"/sections/{first}").location == f"/applications/{number}"
    answer = walk.client.post(f"{walk.url}/sections/{first}", data={"version": "1", "note": "打了很久的字"})
    assert answer.status_code == 409
    assert "打了很久的字" in words(answer)
    assert walk.client.post(f"{walk.url}/discard", data={"confirmed": "yes"}).status_code == 409
    assert applications() == 1


def test_a_draft_is_deleted_only_when_that_was_confirmed(walk: Walk) -> None:
    answer = walk.client.post(f"{walk.url}/discard")
    assert answer.status_code == 200
    assert "不能恢复" in words(answer)
    assert applications() == 1
    walk.fill_in()
    walk.hand_in()
    assert walk.client.post(f"{walk.url}/discard", data={"confirmed": "yes"}).status_code == 303
    assert applications() == 0
    assert walk.get().status_code == 404


def test_a_receipt_is_shown_to_its_owner_only(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE)
    assert signed_in("wangxiaorong").get(f"/applications/{number}/receipt").status_code == 200
    assert signed_in("yanmao").get(f"/applications/{number}/receipt").status_code == 404
    assert signed_in("yanmao").get("/applications/510100-20260101-ZJ-000001-X/receipt").status_code == 404


def test_an_application_is_withdrawn_only_when_that_was_confirmed(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE)
    mine = signed_in("wangxiaorong")
    address = f"/applications/{number}/withdraw"
    assert "不能恢复" in words(mine.post(address, data={"reason": "搬走了"}))
    assert signed_in("yanmao").post(address, data={"confirmed": "yes"}).status_code == 404
    assert mine.post(address, data={"confirmed": "yes", "reason": "搬走了"}).status_code == 303
    assert mine.post(address, data={"confirmed": "yes"}).status_code == 409


# ── mending ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_departments_asked_to_mend_is_listed_led_to_mended_and_sent_again(app: Flask, signed_in: Enter) -> None:
    number = applied(PERMIT)
    decided(number, "accept", Outcome.ACCEPT)
    returned(number, "gc302", "floors_below")
    returned(number, "gc307", "road_outline")
    token = reading().scalars(select(Application.token).where(Application.number == number)).one()
    walk = Walk(signed_in("lijinrong"), catalogue().item(PERMIT), f"/drafts/{token}")

    page = walk.get()
    said = words(page)
    assert "要补正的内容" in said
    assert "成都市城市管理委员会" in said
    assert "还有 2 处没改" in said
    assert f"{walk.url}/sections/project#floors_below" in page.get_data(as_text=True)
    assert f"{walk.url}/materials#material-road_outline" in page.get_data(as_text=True)
    assert "请写完整。" in words(walk.get("/sections/project"))

    changed = walk.example("project", floors_below="2")
    assert walk.post_section("project", changed).status_code == 303
    assert "还有 1 处没改" in words(walk.get())
    assert walk.upload("road_outline", (b"%PDF-1.4 no", "a.pdf")).status_code == 422
    again = walk.upload("road_outline", sample(("pdf",)))
    assert again.status_code == 422
    assert "这和上次提交的是同一份文件。请上传改好的那一份。" in words(again)
    assert "要改" in words(walk.get("/materials"))
    assert walk.upload("road_outline", sample(("dxf",))).status_code == 303
    assert "要改" not in words(walk.get("/materials"))
    assert "可以提交了" in words(walk.get())

    sent = {"version": walk.version("/check"), "declared": "yes"}
    answers = [walk.client.post(f"{walk.url}/submit", data=sent) for _ in range(2)]
    assert [answer.location for answer in answers] == [f"/applications/{number}/receipt"] * 2
    receipt = words(walk.client.get(answers[0].location))
    assert "补正已提交" in receipt
    assert "补正内容已经送到要求补正的部门" in receipt
    assert walk.get().location == f"/applications/{number}"


def test_a_reason_that_is_too_long_is_told_and_not_cut(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE)
    client, reason = signed_in("wangxiaorong"), "长" * 2001
    answer = client.post(f"/applications/{number}/withdraw", data={"confirmed": "yes", "reason": reason})
    assert answer.status_code == 422
    assert reason in answer.get_data(as_text=True)
    assert "最多 2000 字，现在有 2001 字" in words(answer)
    accepted = client.post(f"/applications/{number}/withdraw", data={"confirmed": "yes", "reason": reason[1:]})
    assert accepted.status_code == 303
