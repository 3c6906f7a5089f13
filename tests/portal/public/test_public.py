"""What everybody may read: home, search, the guides of all items, departments; and how they choose to read it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.public import guide, questions
from portal.public.guide import facts
from services.current import catalogue
from services.item import Confidence, Item, Source, Text
from tests.factories import PERMIT, RESIDENCE, applied, returned
from tests.outside import require_tool
from tests.portal.journey.walking import begin, words

Enter = Callable[[str], FlaskClient]


def test_the_home_page_offers_search_online_items_themes_and_departments(client: FlaskClient) -> None:
    said = words(client.get("/"))
    for expected in ("今天想办什么事？", "个人办事", "居住证申领", "生育收养", "成都市公安局"):
        assert expected in said
    assert "轮到您" not in said


def test_every_card_of_the_home_page_says_in_a_sentence_what_the_service_is(client: FlaskClient) -> None:
    said = words(client.get("/"))
    assert "个人申请，办好拿到失业保险金发放核定单。共 2 份，都不用上传。" in said
    for query in ("", "?for=businesses"):
        page = client.get(f"/{query}").text
        cards = re.findall(r'<li class="ry-card"><h3 class="ry-card__t"><a href="/services/[a-z0-9-]+">.*?</li>', page)
        assert len(cards) >= 6
        assert [card for card in cards if not re.search(r"<p>[^<]{10,}</p>", card)] == []


def test_a_bundle_stands_before_the_items_it_gathers_when_it_or_its_first_item_is_looked_for(
    client: FlaskClient,
) -> None:
    for said in ("开餐饮店一件事", "开饭店"):
        page = client.get(f"/services?q={said}").text.partition("ry-offers")[2]
        assert "/bundles/open-a-restaurant" in page.partition("/services/food-business-licence")[0], said
    founders = client.get("/services?q=开饭店&for=citizens").text
    assert "/bundles/open-a-restaurant" in founders, "who has no company founds it"
    assert "/bundles/" not in client.get("/services?q=开饭店&department=SC").text
    suggested = client.get("/services/suggest?q=退休", headers={"HX-Request": "true"}).text
    assert 'href="/bundles/retire"' in suggested


@pytest.mark.parametrize("said", ["公积金提取", "营业执照", "消防"])
def test_what_was_named_stands_before_a_bundle_that_only_has_it_as_a_part(client: FlaskClient, said: str) -> None:
    page = client.get(f"/services?q={said}").text
    assert "/bundles/" in page
    assert page.index('<h2><a href="/services/') < page.index('href="/bundles/')


def test_one_matter_is_found_once(client: FlaskClient) -> None:
    assert "/services/open-a-restaurant-package" not in client.get("/services?q=开饭店").text
    assert "/services/open-a-restaurant-package" in client.get("/services?q=MS078").text


def test_a_search_that_finds_nothing_says_what_is_near(client: FlaskClient) -> None:
    page = client.get("/services?q=离婚").text
    assert "字面相近的" in page
    assert 'href="/services/marriage-registration"' in page
    hinted = client.get("/services/suggest?q=离婚", headers={"HX-Request": "true"}).text
    assert 'href="/services/marriage-registration"' in hinted
    assert "没有找到" in client.get("/services?q=摆渡").text


def test_a_bundle_promises_on_commitment_what_is_promised_on_commitment_alone(client: FlaskClient) -> None:
    said = words(client.get("/bundles/open-a-restaurant"))
    assert "最长的一项承诺 5 个工作日" in said
    assert "公众聚集场所投入使用、营业前消防安全检查：选择告知承诺的当场办结；不选择的，法定 10 个工作日" in said
    other = words(client.get("/bundles/retire"))
    assert "最长的一项承诺 7 个工作日" in other
    assert "不选择的" not in other


def test_businesses_see_the_four_stages_of_construction(client: FlaskClient) -> None:
    said = words(client.get("/?for=businesses"))
    assert "第 3 阶段" in said
    assert "建筑工程施工许可证核发" in said
    assert "居住证申领" not in said


def test_somebody_signed_in_sees_at_home_what_waits_for_them(signed_in: Enter) -> None:
    number = applied(RESIDENCE)
    step = catalogue().item(RESIDENCE).stages[0].steps[0].key
    returned(number, step, next(iter(catalogue().item(RESIDENCE).questions)))
    said = words(signed_in("wangxiaorong").get("/"))
    assert "有 1 件事轮到您" in said
    assert number in said
    assert number not in words(signed_in("yanmao").get("/"))


def test_every_item_has_a_guide_with_its_facts_and_no_empty_section(client: FlaskClient) -> None:
    for item in catalogue().items.values():
        answer = client.get(f"/services/{item.slug}")
        assert answer.status_code == 200, item.slug
        said = words(answer)
        facts = (item.name.zh, item.authority_type, item.result, item.code, "承诺时限", "法定时限", *item.basis)
        assert [fact for fact in facts if fact not in said] == [], item.slug
        assert catalogue().departments[item.department].name.zh in said, item.slug
        assert_sections_are_those_with_content(item, answer.get_data(as_text=True))
        assert ("暂时不能在线申请" in said) is not item.is_online, item.slug
        assert_materials_are_named(item, said)
        assert_confidence_is_said(item, said)


def assert_sections_are_those_with_content(item: Item, page: str) -> None:
    for anchor, is_there in (
        ("conditions", bool(item.conditions)),
        ("materials", bool(item.materials or item.material_names)),
        ("steps", item.is_online),
        ("basis", bool(item.basis)),
    ):
        assert (f'id="{anchor}"' in page) is is_there, item.slug
    assert "None" not in page, item.slug
    assert not re.search(r"<(ul|ol|dl|tbody|dd|p)[^>]*>\s*</\1>", page.partition("<main")[2]), item.slug


def assert_materials_are_named(item: Item, said: str) -> None:
    names = [one.name.zh for one in item.materials]
    assert all(name in said for name in names), item.slug


def assert_confidence_is_said(item: Item, said: str) -> None:
    assert "示例数据" in said
    assert ("示例数据，待核" in said) is (item.confidence is not Confidence.HIGH)


def test_the_guide_of_a_joint_case_draws_its_stages_and_says_which_steps_depend(client: FlaskClient) -> None:
    said = words(client.get(f"/services/{PERMIT}"))
    assert "12 个环节同时办" in said
    assert "涉及「占用、挖掘城市道路审批」" in said
    assert "共 40 份，最多上传 24 份" in said


def test_a_guide_is_found_by_its_code_too_and_an_unknown_one_is_not(client: FlaskClient) -> None:
    assert client.get("/services/GC303").location == f"/services/{PERMIT}"
    assert client.get("/services/no-such-thing").status_code == 404


def test_the_way_on_from_a_guide_depends_on_who_reads_it(client: FlaskClient, signed_in: Enter) -> None:
    assert "登录后在线办理" in words(client.get(f"/services/{RESIDENCE}"))
    citizen = signed_in("wangxiaorong")
    assert "在线办理" in words(citizen.get(f"/services/{RESIDENCE}"))
    assert "您的账号还没有关联任何组织" in words(citizen.get(f"/services/{PERMIT}"))
    assert "您是工作人员" in words(signed_in("clerk-zj").get(f"/services/{PERMIT}"))
    assert "申请人：成都锦蓉示例置业有限公司" in words(signed_in("lijinrong").get(f"/services/{PERMIT}"))


def test_a_draft_that_was_begun_is_offered_again(signed_in: Enter) -> None:
    walk = begin(signed_in("wangxiaorong"), RESIDENCE)
    page = walk.client.get(f"/services/{RESIDENCE}").get_data(as_text=True)
    assert walk.url in page
    assert "再填一份新的" in page


# ── search ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_all_services_are_listed_twenty_a_page(client: FlaskClient) -> None:
    assert "共 133 个事项" in words(client.get("/services"))
    names = [item.name.zh for item in catalogue().items.values()]
    shown = [words(client.get(f"/services?page={page}")) for page in range(1, 8)]
    assert all(any(name in said for said in shown) for name in names)


@pytest.mark.parametrize("page", ["0", "-1", "999", "x", "1e9"])
def test_a_page_that_is_none_is_the_nearest_one(client: FlaskClient, page: str) -> None:
    assert client.get(f"/services?page={page}").status_code == 200


def test_words_find_items_and_filters_narrow_them(client: FlaskClient) -> None:
    assert "建筑工程施工许可证核发" in words(client.get("/services?q=施工许可"))
    said = words(client.get("/services?q=许可&department=ZJ&for=businesses&stage=3&online=yes"))
    assert "建筑工程施工许可证核发" in said
    assert "建设工程规划许可证核发" not in said
    assert "没有找到" in words(client.get("/services?q=月球旅行许可的许可"))


def test_a_filter_by_audience_says_what_it_leaves_out(client: FlaskClient) -> None:
    said = words(client.get("/services?q=施工许可证&for=citizens"))
    assert "法人事项里还有" in said
    assert "事项里还有" not in words(client.get("/services?q=施工许可证"))


@pytest.mark.parametrize("address", ["ms027", "MS027", "Residence-Permit"])
def test_a_guide_is_found_in_capital_and_small_letters(client: FlaskClient, address: str) -> None:
    answer = client.get(f"/services/{address}")
    assert (answer.status_code, answer.location) == (301, "/services/residence-permit")


def test_suggestions_come_for_a_script_and_lead_others_to_the_page(client: FlaskClient) -> None:
    answer = client.get("/services/suggest?q=sgxkz&for=businesses", headers={"HX-Request": "true"})
    page = answer.get_data(as_text=True)
    assert f'href="/services/{PERMIT}"' in page
    assert "<html" not in page
    assert "1 条建议" in words(answer)
    assert "没有建议" in words(client.get("/services/suggest?q=qqqqqq", headers={"HX-Request": "true"}))
    assert words(client.get("/services/suggest?q=", headers={"HX-Request": "true"})).strip() == ""
    bare = client.get("/services/suggest?q=施工&for=businesses")
    assert bare.status_code == 303
    assert bare.location == "/services?q=%E6%96%BD%E5%B7%A5&for=businesses"


def test_a_question_about_an_item_is_answered_above_what_was_found(client: FlaskClient) -> None:
    said = words(client.get("/services?q=护照多少钱"))
    assert "普通护照签发：要交钱吗？" in said
    assert "每本 120 元" in said
    assert "没有这个事项的收费信息" in words(client.get("/services?q=驾驶证要多少钱"))
    assert "要交钱吗" not in words(client.get("/services?q=护照"))


def test_what_must_be_uploaded_is_told_from_what_only_some_need(client: FlaskClient) -> None:
    residence = words(client.get("/services?q=居住证要什么材料"))
    must = residence.split("一定要上传的：", 1)[1].split("。", 1)[0]
    assert "证明" not in must
    assert "就业证明（按稳定就业申领的要传）" in residence
    permit = words(client.get("/services?q=施工许可证要什么材料"))
    must = permit.split("一定要上传的：", 1)[1].split("。", 1)[0]
    assert "专家评审材料" not in must
    assert "安全设施设计专篇" not in must
    assert "安全设施设计专篇（涉及「危险化学品建设项目安全设施设计审查」才交）" in permit


def test_what_every_application_needs_is_all_that_is_said_to_be_needed(app: Flask) -> None:
    with app.test_request_context("/"):
        for item in catalogue().items.values():
            always = [one for one in item.materials if guide.is_always_asked(item, one)]
            assert all(one.required and not one.offered_if and not one.required_if for one in always), item.code
            said = questions.answer(item, "materials")
            must = next((line for line in said.lines if line.startswith("一定要上传的")), "") if said else ""
            uploads = [one for one in item.materials if one.required and one.source is Source.UPLOAD]
            names = [one.name.zh for one in uploads if one in always]
            assert must == (f"一定要上传的：{'、'.join(names)}。" if names else ""), item.code
            unsaid = [one.key for one in uploads if one not in always and guide.when_asked(item, one) == "看您的回答"]
            assert unsaid == [], item.code


@pytest.mark.parametrize(
    "slug, said, unsaid",
    [
        ("food-business-licence", "只销售食品、不制售餐饮的，可以；别的不行。", ""),
        (PERMIT, "占用、挖掘城市道路审批（占用、挖掘不超过 50 平方米的）", "可以。"),
    ],
)
def test_whether_a_promise_stands_for_proof_is_said_with_its_condition(
    client: FlaskClient, slug: str, said: str, unsaid: str
) -> None:
    page = words(client.get(f"/services/{slug}"))
    asked = page.split("有的材料还没有，能先办吗？", 1)[1][:600]
    assert said in asked
    assert not unsaid or not asked.strip().startswith(unsaid)


def test_departments_and_themes_stand_beside_what_was_found(client: FlaskClient) -> None:
    assert "/services?department=ZJ" in client.get("/services?q=住建局").get_data(as_text=True)
    assert "/services?theme=marriage" in client.get("/services?q=婚姻").get_data(as_text=True)


def test_what_was_found_by_sound_says_so_and_nothing_found_offers_themes(client: FlaskClient) -> None:
    assert "按读音或相近的字找到" in words(client.get("/services?q=户照"))
    said = words(client.get("/services?q=量子纠缠"))
    assert "没有找到" in said
    assert "生育收养" in said


def test_a_guide_names_fee_windows_and_common_questions(client: FlaskClient) -> None:
    said = words(client.get("/services/residence-permit"))
    for expected in (
        "首次申领不收费",
        "锦江区政务服务中心（示例）",
        "工作日 9:00—12:00",
        "要准备什么材料？",
        "材料不齐会怎样？",
    ):
        assert expected in said
    closed = words(client.get("/services/pre-sale-permit"))
    assert "成都市政务服务中心（示例）" in closed
    assert "没有这个事项的收费信息" in closed
    assert "可以在这里在线申请" in closed


@pytest.mark.parametrize(
    "slug, present, is_said",
    [
        ("marriage-registration", "男女双方要亲自到婚姻登记机关", True),
        ("ordinary-passport", "要本人到出入境窗口", True),
        ("food-business-licence", "部门会到现场核查", True),
        ("residence-permit", "部门会到现场核查", False),
        ("id-card", "不用跑一趟", False),
    ],
)
def test_a_guide_says_who_has_to_be_where(client: FlaskClient, slug: str, present: str, is_said: bool) -> None:
    assert (present in words(client.get(f"/services/{slug}"))) is is_said


def test_the_precheck_says_what_is_done_online(client: FlaskClient) -> None:
    answered = "pre_who=person&category=private_small&floor_area=5000"
    assert "可以在这里在线申请" in words(client.get(f"/services/construction-permit/precheck?{answered}"))


@pytest.mark.parametrize(
    "slug, is_said", [("pre-sale-permit", False), ("construction-permit", False), ("residence-permit", False)]
)
def test_an_english_guide_says_why_its_facts_are_in_chinese(client: FlaskClient, slug: str, is_said: bool) -> None:
    said = "its facts, materials and legal basis are in Chinese only"
    assert said not in client.get(f"/services/{slug}").get_data(as_text=True)
    client.set_cookie("language", "en")
    assert (said in client.get(f"/services/{slug}").get_data(as_text=True)) is is_said


@pytest.mark.parametrize("query", ["department=XX", "theme=XX", "for=cats", "stage=9", "stage=x"])
def test_a_filter_that_there_is_not_is_not_found(client: FlaskClient, query: str) -> None:
    assert client.get(f"/services?{query}").status_code == 404


def test_strange_words_are_only_words(client: FlaskClient) -> None:
    for query in ("%3Cscript%3E1", "{{7*7}}", "' OR 1=1", "长" * 400, "%00", "a" * 4000):
        answer = client.get(f"/services?q={query}")
        assert answer.status_code == 200
        assert "<script>1" not in answer.get_data(as_text=True)
        assert "49" not in words(answer)[:400]
    assert client.get("/services?q=%FF%FE").status_code == 400


def test_departments_lead_to_what_they_decide(client: FlaskClient) -> None:
    answer = client.get("/departments")
    said = words(answer)
    assert "29 个市级部门" in said
    assert "/services?department=ZJ" in answer.get_data(as_text=True)
    assert "锦江区住房和城乡建设局（示例）" in said


# ── preferences ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_language_colours_and_elder_mode_are_remembered(client: FlaskClient) -> None:
    for name, value in (("language", "en"), ("theme", "dark"), ("elder", "on")):
        answer = client.post("/preferences", data={name: value, "next": "/services?q=施工"})
        assert answer.status_code == 303
        assert answer.location.startswith("/services?q=")
    page = client.get("/").get_data(as_text=True)
    assert '<html lang="en" data-bs-theme="dark" data-elder="on"' in page


def test_a_preference_that_there_is_not_changes_nothing(client: FlaskClient) -> None:
    answer = client.post("/preferences", data={"language": "xx", "theme": "<b>"})
    assert answer.status_code == 303
    assert not answer.headers.getlist("Set-Cookie")


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "/a\r\nX: y", ""]
)
def test_nobody_is_led_away_to_another_site(client: FlaskClient, target: str) -> None:
    answer = client.post("/preferences", data={"theme": "dark", "next": target})
    assert answer.location == "/"


# ── samples ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_sample_of_a_certificate_says_that_it_is_one_and_is_kept(app: Flask, client: FlaskClient) -> None:
    first = client.get("/services/residence-permit/sample")
    assert first.status_code == 200
    assert first.mimetype == "application/pdf"
    text = subprocess.run(
        [require_tool("pdftotext"), "-", "-"], input=first.data, capture_output=True, check=True
    ).stdout.decode()
    assert "示例" in text
    assert "SAMPLE" in text
    assert b"/ByteRange" not in first.data, "nobody signs a sample"
    (kept,) = (app.extensions["settings"].home / "samples").iterdir()
    kept.write_bytes(b"%PDF-kept")
    assert client.get("/services/residence-permit/sample").data == b"%PDF-kept"
    assert client.get("/services/pre-sale-permit/sample").status_code == 200
    assert client.get("/services/nothing/sample").status_code == 404
    assert "看结果样本" in words(client.get("/services/residence-permit"))


def test_a_guide_says_whose_silence_is_consent(client: FlaskClient) -> None:
    scheme, permit = (
        words(client.get(f"/services/{slug}"))
        for slug in ("review-of-construction-design-scheme", "construction-permit")
    )
    assert scheme.count("逾期未答复视为同意") == 5
    assert "逾期未答复视为同意" not in permit


def test_a_guide_says_on_what_condition_a_promise_is_offered(app: Flask) -> None:
    """What is not offered online is not promised, and what only the facts are known of says what the law says."""
    item = catalogue().item("GC208")
    unoffered = replace(item, commitment_terms=None)

    def said(item: Item) -> str | Text | None:
        with app.test_request_context("/"):
            return dict(facts(item)).get("告知承诺")

    assert said(item) == "只移植树木、不超过 10 株，不砍伐、不占绿地、没有古树名木的，可以承诺办理，事后核查"
    assert said(catalogue().item("GC404")) == "可以承诺办理，当天发证，事后核查"
    assert said(catalogue().item("GC303")) == "部分环节可以承诺办理，事后核查"
    assert said(unoffered) == "依规定可以承诺办理，网上暂时只按一般程序办"
    assert said(replace(unoffered, stages=())) == "符合这个条件可以承诺办理：小规模移植"
    assert said(catalogue().item("GC302")) is None


@pytest.mark.parametrize("code, law", [("GC404", "15 个工作日"), ("MS013", "20 个自然日"), ("MS041", "10 个工作日")])
def test_a_guide_says_that_only_who_chooses_commitment_has_it_on_the_spot(
    client: FlaskClient, code: str, law: str
) -> None:
    page = client.get(f"/services/{catalogue().item(code).slug}")
    said = words(page)
    assert "承诺时限选择告知承诺的当场办结" in said.replace(" ", "")
    assert f"选择告知承诺的，受理以后当场办结；不选的，法定 {law}，" in said
    assert "受理以后当场办结；法定" not in said
    steps = page.get_data(as_text=True).partition('id="steps"')[2].partition("</section>")[0]
    assert "法律没有规定时限" not in steps
    assert f"法定 {law}" in steps
    client.set_cookie("language", "en")
    english = words(client.get(f"/services/{catalogue().item(code).slug}"))
    assert "On the spot for those who choose commitment" in english


def test_a_step_of_a_guide_says_no_limit_that_is_not_its_own(client: FlaskClient) -> None:
    for slug in ("residence-permit", "fire-acceptance-filing-spot-check", "driving-licence-renewal", PERMIT):
        assert "法律没有规定时限" not in words(client.get(f"/services/{slug}"))
    steps = client.get("/services/fire-acceptance-filing-spot-check").get_data(as_text=True).partition('id="steps"')[2]
    assert steps.partition("</section>")[0].count('class="ry-flow__time"') == 1, "acceptance alone promises something"


def test_a_list_of_services_says_for_whom_a_promise_is(client: FlaskClient) -> None:
    assert "选择告知承诺的当场办结" in words(client.get("/services?q=MS041"))
