"""The catalogue as it is published: complete, quickly loaded, findable."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from config import ROOT
from services.catalogue import Catalogue, UnknownItem
from services.item import Audience, Handling, StepKind
from services.numbers import credit_code_fault

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "certificates"


def test_all_districts_of_the_city_can_be_given_and_each_has_somebody_competent(catalogue: Catalogue) -> None:
    assert len(catalogue.districts) == 23
    steps = [step for item in catalogue.items.values() for step in item.steps.values()]
    for code in catalogue.districts:
        for duty, level in {(step.duty, step.level) for step in steps}:
            assert catalogue.competent(duty, level, code) is not None, (code, duty, level)
        window = catalogue.regions[code].window
        assert window is not None
        assert window.phone


def test_letters_may_go_to_any_province_and_what_decides_who_is_competent_lies_in_the_city(
    catalogue: Catalogue,
) -> None:
    for item in catalogue.items.values():
        if post := item.questions.get("post_address"):
            assert post.anywhere, item.code
        assert item.district_from is None or not item.questions[item.district_from].anywhere, item.code


def test_every_item_of_the_catalogue_of_facts_is_there(catalogue: Catalogue) -> None:
    kinds = Counter(code[:2] for code in catalogue.items)
    assert kinds == {"GC": 55, "MS": 78}
    stages = Counter(item.construction_stage for item in catalogue.items.values())
    assert stages == {1: 18, 2: 13, 3: 13, 4: 11, None: 78}
    assert [code for code, item in catalogue.items.items() if not item.is_online] == []


def test_every_city_department_is_there_with_a_credit_code(catalogue: Catalogue) -> None:
    city = [one for one in catalogue.departments.values() if one.level == "city"]
    assert len(city) == 29
    assert all(one.code == one.duty and one.credit_code and not credit_code_fault(one.credit_code) for one in city)
    assert len({one.credit_code for one in city}) == 29
    assert all(one.is_demonstration for one in catalogue.departments.values() if one.level != "city")


def test_every_item_has_facts_a_theme_and_a_file_named_after_it(catalogue: Catalogue) -> None:
    for item in catalogue.items.values():
        assert item.name.zh
        assert item.name.en
        assert item.basis
        assert item.material_names
        assert item.theme in catalogue.themes


def test_an_item_is_found_by_code_and_by_slug(catalogue: Catalogue) -> None:
    assert catalogue.item("GC303") is catalogue.item("construction-permit")
    with pytest.raises(UnknownItem):
        catalogue.item("no-such-item")


def test_the_construction_permit_calls_eight_departments_at_most_and_one_at_least(catalogue: Catalogue) -> None:
    steps = catalogue.item("construction-permit").steps
    decided_by = {step.item_code: step.duty for step in steps.values() if step.item_code}
    assert set(decided_by) == {f"GC3{number:02}" for number in range(1, 14)}
    assert len(set(decided_by.values())) == 8
    always = {step.item_code for step in steps.values() if step.item_code and step.joins_if is None}
    assert always == {"GC301", "GC303", "GC304"}
    for code, duty in decided_by.items():
        assert catalogue.item(code).department == duty
        step = next(step for step in steps.values() if step.item_code == code)
        if code != "GC303":
            assert (step.statutory, step.promised) == (catalogue.item(code).statutory, catalogue.item(code).promised)


def test_the_small_items_prove_that_the_shape_is_general(catalogue: Catalogue) -> None:
    food, birth, residence = (catalogue.item(code) for code in ("MS005", "MS017", "MS027"))
    assert {step.level for step in food.steps.values()} == {"district"}
    assert StepKind.ON_SITE in {step.kind for step in food.steps.values()}
    assert birth.handling is Handling.INSTANT
    assert residence.audience is Audience.CITIZENS
    assert residence.statutory.unit == "cd"


def test_chinese_texts_have_chinese_brackets() -> None:
    """Half-width brackets beside Han characters are a typist's slip; a condition of a commitment is syntax."""
    half = re.compile(r"[\u4e00-\u9fff》]\(|\([\u4e00-\u9fff《]|[\u4e00-\u9fff]\)")
    found = [
        f"{file.name}:{number}"
        for file in (ROOT / "services").rglob("*.yaml")
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if half.search(line) and not line.lstrip().startswith(("#", "commitment:"))
    ]
    assert found == []


def test_an_application_is_called_by_what_it_is_about_not_by_who_applies(catalogue: Catalogue) -> None:
    """An organisation that opens five shops must be able to tell its five applications apart."""
    titles = {item.code: item.questions[item.title_from] for item in catalogue.items.values() if item.title_from}
    assert titles.keys() >= {"GC303", "MS001", "MS005", "MS020"}
    assert [code for code, asked in titles.items() if asked.prefill or not asked.required] == []
    assert titles["MS005"].label.zh == "门店名称"


@pytest.mark.parametrize(
    "duty, level, region, code",
    [
        ("SC", "district", "510104", "SC-510104"),
        ("SC", "district", "510104020", "SC-510104"),
        ("SC", "district", "510107006", "SC-510107"),
        ("SC", "city", "510104", "SC"),
        ("QX", "district", "510104", "QX"),
        ("MZ", "street", "510104020", "MZ-510104020"),
        ("MZ", "street", "510104", "MZ"),
        ("SC", "district", "510100", "SC"),
    ],
)
def test_the_competent_department_follows_from_level_and_address(
    catalogue: Catalogue, duty: str, level: str, region: str, code: str
) -> None:
    found = catalogue.competent(duty, level, region)
    assert found is not None
    assert found.code == code


def test_nobody_is_competent_where_nobody_is(catalogue: Catalogue) -> None:
    assert catalogue.competent("SC", "district", "999999") is None
    assert catalogue.competent("XX", "city", "510104") is None


@pytest.mark.parametrize(
    "words, audience, first",
    [
        ("居住证", None, "MS027"),
        ("办居住证", Audience.CITIZENS, "MS027"),
        ("施工许可", None, "GC303"),
        ("construction permit", None, "GC303"),
        ("食品 经营", Audience.BUSINESSES, "MS005"),
        ("passport", None, "MS030"),
        ("gc308", None, "GC308"),
        ("MS053", None, "MS053"),
    ],
)
def test_words_find_the_item_they_speak_of(
    catalogue: Catalogue, words: str, audience: Audience | None, first: str
) -> None:
    assert catalogue.search(words, audience)[0].code == first


def test_search_finds_nothing_for_nothing(catalogue: Catalogue) -> None:
    assert catalogue.search("") == []
    assert catalogue.search("   ") == []
    assert catalogue.search("qqqqqq") == []


def test_an_audience_sees_what_serves_it(catalogue: Catalogue) -> None:
    citizens = catalogue.for_audience(Audience.CITIZENS)
    assert {item.audience for item in citizens} == {Audience.CITIZENS, Audience.BOTH}
    assert not [item for item in catalogue.search("施工许可", audience=Audience.CITIZENS) if item.code == "GC303"]


def test_items_are_grouped_by_department_theme_and_stage(catalogue: Catalogue) -> None:
    assert catalogue.item("GC303") in catalogue.by_department()["ZJ"]
    themes = catalogue.by_theme(Audience.CITIZENS)
    assert list(themes) == [key for key in catalogue.themes if key in themes]
    assert catalogue.item("MS027") in themes["household"]
    assert [len(items) for items in catalogue.by_construction_stage().values()] == [18, 13, 13, 11]
    assert sorted(catalogue.construction_stages) == [1, 2, 3, 4]


def test_an_address_lies_in_a_district(catalogue: Catalogue) -> None:
    assert catalogue.districts["510104"].zh == "成都市锦江区"
    assert all(catalogue.regions[code].level == "district" for code in catalogue.districts)


def test_every_certificate_has_a_template_to_be_printed_with(catalogue: Catalogue) -> None:
    specs = [item.certificate for item in catalogue.items.values() if item.certificate is not None]
    assert len(specs) == 133
    assert [spec.template for spec in specs if not (TEMPLATES / f"{spec.template}.html").is_file()] == []


@pytest.mark.parametrize(
    "said, code",
    [
        ("开工", "GC303"),
        ("盖房子", "GC303"),
        ("开饭店", "MS005"),
        ("我要开饭店", "MS005"),
        ("暂住证", "MS027"),
        ("生孩子", "MS017"),
        ("领结婚证", "MS057"),
        ("房子过户", "MS063"),
    ],
)
def test_what_people_say_is_found(catalogue: Catalogue, said: str, code: str) -> None:
    assert code in [item.code for item in catalogue.search(said)[:3]]


def test_the_items_used_most_have_everyday_words(catalogue: Catalogue) -> None:
    assert sum(bool(item.everyday_words) for item in catalogue.items.values()) >= 40
    assert all(item.everyday_words for item in catalogue.items.values() if item.is_online)


MATTERS = {
    "GC102": None,
    "GC103": ("first", "change"),
    "MS008": ("first", "change", "renewal", "replacement"),
    "MS034": ("first", "change", "replacement"),
    "MS038": None,
    "MS048": None,
    "MS062": None,
}


@pytest.mark.parametrize("code", MATTERS)
def test_nobody_is_asked_about_what_cannot_be_done_with_it(catalogue: Catalogue, code: str) -> None:
    """An approved study is not lost and issued again, an injury is not renewed, and who founds does it once."""
    item = catalogue.items[code]
    asked = item.questions.get("request")
    assert (tuple(one.value for one in asked.choices) if asked else None) == MATTERS[code]
    assert ("earlier_number" in item.questions) is (asked is not None)
