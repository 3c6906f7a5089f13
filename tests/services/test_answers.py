"""Answers: kept and read back exactly, shown as people write them, counted only where they are asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.answers import (
    Address,
    AnswerError,
    data_of,
    dump,
    examples,
    lines,
    load,
    relevant,
    required_materials,
    show,
    value_of,
)
from services.catalogue import Catalogue
from services.conditions import Condition
from services.item import Choice, Kind, Question, Text

DAY = date(2026, 5, 6)


def question(kind: Kind, **more: object) -> Question:
    return Question("key", kind, Text("问题", "Question"), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "slug", ["construction-permit", "food-business-licence", "birth-registration", "residence-permit"]
)
def test_answers_are_read_back_as_they_were_kept(catalogue: Catalogue, slug: str) -> None:
    item = catalogue.item(slug)
    answers = examples(item, DAY)
    assert load(item, dump(item, answers)) == answers
    assert list(dump(item, answers)) == list(item.questions)


def test_an_answer_to_no_question_is_refused(catalogue: Catalogue) -> None:
    item = catalogue.item("construction-permit")
    with pytest.raises(AnswerError, match="no_such_question"):
        load(item, {"no_such_question": "x"})
    with pytest.raises(AnswerError, match="no_such_question"):
        dump(item, {"no_such_question": "x"})


@pytest.mark.parametrize(
    "kind, data",
    [
        (Kind.NUMBER, "many"),
        (Kind.NUMBER, True),
        (Kind.NUMBER, "NaN"),
        (Kind.NUMBER, None),
        (Kind.DATE, "2026-02-30"),
        (Kind.DATE, 20260601),
        (Kind.YES_NO, "yes"),
        (Kind.CHOICES, "hot"),
        (Kind.CHOICES, [1]),
        (Kind.ADDRESS, "Chengdu"),
        (Kind.ADDRESS, {"region": "510104"}),
        (Kind.ADDRESS, {"region": "510104", "detail": "x", "more": "y"}),
        (Kind.TEXT, 5),
        (Kind.CHOICE, False),
    ],
)
def test_a_value_of_another_kind_is_refused(kind: Kind, data: object) -> None:
    with pytest.raises(AnswerError):
        value_of(question(kind), data)


CHOICES = (Choice("own", Text("自有", "Owned")), Choice("rented", Text("租用", "Rented")))


@pytest.mark.parametrize(
    "asked, value, zh, en",
    [
        (question(Kind.MONEY), Decimal("26380000.50"), "26,380,000.5 元", "26,380,000.5 yuan"),
        (
            question(Kind.MONEY, unit=Text("万元", "ten thousand yuan")),
            Decimal(26380),
            "26,380 万元",
            "26,380 ten thousand yuan",
        ),
        (question(Kind.AREA), Decimal("48620.5"), "48,620.5 平方米", "48,620.5 m²"),
        (question(Kind.NUMBER), Decimal(22), "22", "22"),
        (question(Kind.NUMBER), Decimal("1E+3"), "1,000", "1,000"),
        (question(Kind.DATE), date(2026, 6, 1), "2026 年 6 月 1 日", "1 June 2026"),
        (question(Kind.YES_NO), True, "是", "Yes"),
        (question(Kind.YES_NO), False, "否", "No"),
        (question(Kind.CHOICE, choices=CHOICES), "rented", "租用", "Rented"),
        (question(Kind.CHOICES, choices=CHOICES), ("own", "rented"), "自有、租用", "Owned, Rented"),
        (
            question(Kind.ADDRESS),
            Address("510104", "锦江东路 1 号"),
            "成都市锦江区锦江东路 1 号",
            "锦江东路 1 号, Jinjiang District, Chengdu",
        ),
        (question(Kind.ADDRESS), Address("999999", "某路"), "999999某路", "某路, 999999"),
        (question(Kind.TEXT), "龑䶮", "龑䶮", "龑䶮"),
    ],
)
def test_a_value_is_shown_as_people_write_it(
    catalogue: Catalogue, asked: Question, value: object, zh: str, en: str
) -> None:
    assert show(asked, value, "zh", catalogue.region_names) == zh  # type: ignore[arg-type]
    assert show(asked, value, "en", catalogue.region_names) == en  # type: ignore[arg-type]


def test_answers_that_are_not_asked_for_do_not_count(catalogue: Catalogue) -> None:
    item = catalogue.item("construction-permit")
    answers = examples(item, DAY)
    assert "structure_other" not in relevant(item, answers)
    answers["occupies_road"] = False
    counted = relevant(item, answers)
    assert not counted.keys() & {"road_name", "road_area", "road_from", "road_to"}
    assert counted.keys() >= {"occupies_road", "waste_volume"}


def test_materials_follow_the_steps_that_join(catalogue: Catalogue) -> None:
    item = catalogue.item("construction-permit")
    fullest = examples(item, DAY)
    least = {key: False if value is True else value for key, value in fullest.items()}
    wanted = {material.key for material, _ in required_materials(item, least)}
    assert {"contract", "drawings", "five_parties"} <= wanted
    assert not wanted & {"fire_design", "road_outline", "waste_scheme", "lightning_design", "hazard_design"}
    assert {material.key for material, _ in required_materials(item, fullest)} == {one.key for one in item.materials}


@pytest.mark.parametrize("ground", ["work", "home", "study"])
def test_a_material_is_offered_only_where_its_condition_holds(catalogue: Catalogue, ground: str) -> None:
    item = catalogue.item("residence-permit")
    answers = examples(item, DAY) | {"ground": ground}
    is_required = {material.key: required for material, required in required_materials(item, answers)}
    assert is_required == {"identity_card": True, "photo": True, f"proof_of_{ground}": True}


def test_the_place_of_an_address_is_kept_where_it_is_asked_for() -> None:
    asked, other = question(Kind.ADDRESS, pinned=True), question(Kind.ADDRESS)
    data = {"region": "510104", "detail": "锦江东路 1 号", "longitude": "104.0812", "latitude": "30.6511"}
    value = value_of(asked, data)
    assert value == Address("510104", "锦江东路 1 号", (Decimal("104.0812"), Decimal("30.6511")))
    assert data_of(value) == data
    assert value_of(other, data) == Address("510104", "锦江东路 1 号")
    regions = {"510104": Text("锦江区", "Jinjiang")}
    assert lines(asked, value, "zh", regions) == ("锦江区锦江东路 1 号", "东经 104.0812°，北纬 30.6511°")
    assert show(asked, value, "zh", regions) == "锦江区锦江东路 1 号", "a certificate names the address alone"
    for part in ("longitude", "latitude"):
        with pytest.raises(AnswerError):
            value_of(asked, {name: text for name, text in data.items() if name != part})


def test_a_file_is_asked_for_only_with_its_section(catalogue: Catalogue) -> None:
    item = catalogue.item("residence-permit")
    person, residence = item.sections
    photo = next(one for one in item.materials if one.key == "photo")
    asked = replace(item, materials=(replace(photo, asked_in="residence"),))
    only_for_work = replace(residence, ask_if=Condition.parse('applicant_name == "龑示例"'))
    asked = replace(asked, sections=(person, only_for_work))
    assert [one.key for one, _ in required_materials(asked, {"applicant_name": "龑示例"})] == ["photo"]
    assert required_materials(asked, {"applicant_name": "张示例"}) == []


def test_what_is_offered_may_still_be_optional(catalogue: Catalogue) -> None:
    item = catalogue.item("residence-permit")
    photo = next(one for one in item.materials if one.key == "photo")
    maybe = replace(photo, offered_if=Condition.parse('ground == "work"'), required_if=Condition.parse("False"))
    changed = replace(item, materials=(maybe,))
    assert required_materials(changed, {"ground": "work"}) == [(maybe, False)]
    assert required_materials(changed, {"ground": "home"}) == []
    assert required_materials(changed, {}) == [], "what is not known yet calls for nothing"


def test_no_online_item_offers_an_alternative_that_was_not_chosen(catalogue: Catalogue) -> None:
    """Optional is only what anybody may add; what hangs on an answer is offered or not."""
    for item in catalogue.items.values():
        assert not [one.key for one in item.materials if one.required_if is not None and one.offered_if is None]
