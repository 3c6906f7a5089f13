"""A section becomes a form: conditions, rules between answers, strangers, drafts."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from forms.build import SectionForm, clean, form_for, strangers
from forms.widgets import all_params, errors, params
from services.answers import Value, examples, relevant
from services.catalogue import Catalogue
from services.conditions import Condition
from services.item import Kind, Question, Rule, Section, Text
from tests.forms.posted import Posted, as_posted

TODAY = date(2026, 11, 22)


def form(
    catalogue: Catalogue,
    section: Section,
    answers: dict[str, Value],
    posted: Posted | None = None,
    language: str = "zh",
) -> SectionForm:
    return form_for(
        section, answers=answers, language=language, today=TODAY, regions=catalogue.districts, formdata=posted
    )


@pytest.mark.parametrize(
    "slug", ["construction-permit", "food-business-licence", "birth-registration", "residence-permit"]
)
def test_the_examples_of_every_item_pass_its_own_forms(catalogue: Catalogue, slug: str) -> None:
    item = catalogue.item(slug)
    right = relevant(item, examples(item, TODAY))
    given: dict[str, Value] = {}
    for section in item.sections:
        posted = as_posted(form(catalogue, section, right))
        made = form(catalogue, section, given, posted)
        assert made.validate(), errors(made)
        assert strangers(made, posted) == ()
        given |= clean(made)
    assert given == right


def test_a_question_that_depends_on_a_choice_says_on_which(catalogue: Catalogue) -> None:
    said = {
        param["name"]: param["when"]
        for slug in ("residence-permit", "birth-registration", "food-business-licence")
        for section in catalogue.item(slug).sections
        for param in all_params(form(catalogue, section, {}))
    }
    assert said["ground"] is None
    assert said["employer"] == "选「稳定就业」时填写"
    assert said["expected_on"] == "选「否」时填写"
    assert said["born_on"] == "选「是」时填写"
    assert any(words and "」或「" in words for words in said.values())


def test_an_empty_page_names_everything_that_is_missing_in_its_order(catalogue: Catalogue) -> None:
    section = catalogue.item("construction-permit").sections[0]
    made = form(catalogue, section, {}, Posted())
    assert not made.validate()
    required = [question.key for question in section.questions if question.ask_if is None]
    assert [error["id"] for error in errors(made)] == required


def test_a_question_of_this_page_stands_on_it_before_it_is_asked(catalogue: Catalogue) -> None:
    section = catalogue.item("construction-permit").sections[3]
    shown = {param["name"]: param["is_asked"] for param in all_params(form(catalogue, section, {}))}
    assert not shown["road_area"]
    assert shown["occupies_road"]
    answered = form(catalogue, section, {"occupies_road": True})
    assert {param["name"] for param in all_params(answered) if param["is_asked"]} >= {"road_area", "road_from"}


def test_a_question_that_is_not_asked_is_neither_missed_nor_kept(catalogue: Catalogue) -> None:
    section = catalogue.item("residence-permit").sections[1]
    right = as_posted(form(catalogue, section, examples(catalogue.item("residence-permit"), TODAY)))
    right["ground"], right["school"] = ["study"], ["成都示例学院"]
    right["employer"] = ["\u200b wrong and not asked"]
    made = form(catalogue, section, {}, right)
    assert made.validate(), errors(made)
    assert clean(made)["school"] == "成都示例学院"
    assert "employer" not in clean(made)
    assert "tenure" not in clean(made)


def test_a_question_asked_by_an_answer_just_given_is_required(catalogue: Catalogue) -> None:
    section = catalogue.item("construction-permit").sections[3]
    posted = Posted({question.key: "no" for question in section.questions if question.kind is Kind.YES_NO})
    assert form(catalogue, section, {}, posted).validate()
    posted["has_shelter"] = ["yes"]
    made = form(catalogue, section, {}, posted)
    assert not made.validate()
    assert errors(made) == [{"id": "shelter_area", "text": "请填写「防空地下室面积」"}]


def test_a_question_of_an_earlier_page_decides_whether_it_stands_here() -> None:
    question = Question("detail", Kind.TEXT, Text("详情"), ask_if=Condition.parse("earlier"))
    section = Section("section", Text("章"), (question,))
    for earlier in (True, False):
        made = form_for(section, answers={"earlier": earlier}, language="zh", today=TODAY)
        assert ("detail" in made) is earlier


def posted_contract(start: tuple[str, str, str], end: tuple[str, str, str], price: str = "26380") -> Posted:
    parts = ("year", "month", "day")
    dates = {
        f"{name}-{part}": text
        for name, day in (("start", start), ("end", end))
        for part, text in zip(parts, day, strict=True)
    }
    return Posted({"contract_price": price, **dates})


def test_a_rule_between_answers_is_told_at_its_question_in_both_languages(catalogue: Catalogue) -> None:
    section = catalogue.item("construction-permit").sections[2]
    posted = posted_contract(("2026", "6", "1"), ("2025", "11", "30"))
    for language, words in (("zh", "竣工日期要晚于开工日期"), ("en", "The end date must be after the start date")):
        made = form(catalogue, section, {}, posted, language)
        assert not made.validate()
        assert errors(made) == [{"id": "end", "text": words}]


def test_a_rule_is_not_judged_while_an_answer_it_needs_is_wrong(catalogue: Catalogue) -> None:
    section = catalogue.item("construction-permit").sections[2]
    made = form(catalogue, section, {}, posted_contract(("2026", "6", "31"), ("2025", "11", "30")))
    assert not made.validate()
    assert [error["id"] for error in errors(made)] == ["start"]


def test_a_rule_looks_at_answers_of_earlier_pages(catalogue: Catalogue) -> None:
    item = catalogue.item("construction-permit")
    answers = examples(item, TODAY)
    posted = as_posted(form(catalogue, item.sections[3], answers))
    answers["start"] = TODAY + timedelta(days=60)
    made = form(catalogue, item.sections[3], answers, posted)
    assert not made.validate()
    assert errors(made) == [{"id": "road_from", "text": "占用道路不能早于合同开工日期"}]
    del answers["start"]
    assert form(catalogue, item.sections[3], answers, posted).validate()


def test_an_optional_answer_left_empty_is_judged_as_empty() -> None:
    questions = tuple(Question(key, Kind.TEXT, Text(key), required=False) for key in ("phone", "email"))
    rule = Rule(Condition.parse("phone or email"), "phone", Text("电话和邮箱至少填一个"))
    section = Section("section", Text("章"), questions, rules=(rule,))
    for posted, is_right in ((Posted(), False), (Posted({"email": "a"}), True)):
        made = form_for(section, answers={}, language="zh", today=TODAY, formdata=posted)
        assert made.validate() is is_right


def test_unknown_and_doubled_fields_are_reported(catalogue: Catalogue) -> None:
    section = catalogue.item("construction-permit").sections[2]
    posted = posted_contract(("2026", "6", "1"), ("2027", "11", "30"))
    made = form(catalogue, section, {}, posted)
    assert strangers(made, posted) == ()
    posted["contract_price"] = ["1", "2"]
    posted["start-year"] = ["2026", "2026"]
    posted["start"] = ["2026-06-01"]
    posted["is_admin"] = ["1"]
    posted["csrf_token"] = ["x"]
    assert strangers(made, posted) == ("contract_price", "start-year", "start", "is_admin")


def test_boxes_of_one_question_may_be_posted_together(catalogue: Catalogue) -> None:
    section = catalogue.item("food-business-licence").sections[2]
    posted = Posted({"dishes": ["hot", "cold"]})
    assert strangers(form(catalogue, section, {}, posted), posted) == ()


def test_an_unfinished_page_keeps_what_is_right(catalogue: Catalogue) -> None:
    section = catalogue.item("construction-permit").sections[2]
    made = form(catalogue, section, {}, posted_contract(("2026", "6", "31"), ("2027", "11", "30")))
    assert not made.validate()
    assert clean(made) == {"contract_price": Decimal(26380), "end": date(2027, 11, 30)}
    (start,) = (field for field in made.fields if field.name == "start")
    assert start.typed == {"year": "2026", "month": "6", "day": "31"}


def test_parameters_say_all_a_macro_needs(catalogue: Catalogue) -> None:
    item = catalogue.item("construction-permit")
    made = form(catalogue, item.sections[1], {"builder_name": "示例公司"}, language="en")
    (name,) = (params(field) for field in made.fields if field.name == "builder_name")
    assert name == {
        "name": "builder_name",
        "id": "builder_name",
        "label": "Developer",
        "hint": None,
        "value": "示例公司",
        "error": None,
        "kind": "text",
        "choices": (),
        "unit": None,
        "autocomplete": "organization",
        "inputmode": None,
        "required": True,
        "ask_if": None,
    }


def test_numbers_and_dates_are_explained_by_their_example(catalogue: Catalogue) -> None:
    section = catalogue.item("construction-permit").sections[0]
    hints = {param["name"]: param["hint"] for param in all_params(form(catalogue, section, {}))}
    assert hints["floor_area"] == "例如 48,620.5 平方米"
    assert hints["project_name"] is None
    units = {param["name"]: (param["unit"], param["inputmode"]) for param in all_params(form(catalogue, section, {}))}
    assert units["floor_area"] == ("平方米", "decimal")
    assert units["floors_above"] == ("层", "numeric")


@pytest.mark.parametrize(
    "registered, words",
    [
        (TODAY + timedelta(days=1), "登记日期不能晚于今天"),
        (TODAY, "居住登记满半年（183 天）才能申领"),
        (TODAY - timedelta(days=182), "居住登记满半年（183 天）才能申领"),
        (TODAY - timedelta(days=183), None),
    ],
)
def test_a_rule_is_judged_on_the_day_that_is_passed_in(
    catalogue: Catalogue, registered: date, words: str | None
) -> None:
    item = catalogue.item("residence-permit")
    section = next(one for one in item.sections if one.key == "residence")
    answers = {**examples(item, TODAY), "moved_in": date(2020, 1, 1), "registered_on": registered}
    made = form(catalogue, section, {}, as_posted(form(catalogue, section, answers)))
    assert made.validate() is (words is None)
    assert errors(made) == ([{"id": "registered_on", "text": words}] if words else [])


def test_the_hint_of_a_date_is_an_example_of_the_day(catalogue: Catalogue) -> None:
    section = next(one for one in catalogue.item("residence-permit").sections if one.key == "residence")
    hints = {param["name"]: param["hint"] for param in all_params(form(catalogue, section, {}))}
    assert hints["moved_in"] == "例如 2026 年 2 月 20 日"
