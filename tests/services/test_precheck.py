"""我能办吗: what is asked beforehand, and that its verdict agrees with what the application itself will say."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from services.answers import Value, examples, relevant, required_materials
from services.catalogue import Catalogue
from services.item import Audience, Item, Text
from services.precheck import ASKABLE, DISTRICT, WHO, Need, Outlook, Verdict, is_own, is_personal, outlook, questions
from services.shared import APPLICANTS

TODAY = date(2026, 6, 1)
CITY = "510100"


def looked(catalogue: Catalogue, item: Item, answers: dict[str, Value], region: str = CITY) -> Outlook:
    section = questions(item, catalogue.districts)
    return outlook(item, section, answers, today=TODAY, competent=catalogue.competent, region=region)


def rightly(catalogue: Catalogue, item: Item) -> dict[str, Value]:
    """Everything that the pre-check asks, answered as the item's own examples are."""
    known: dict[str, Value] = dict(examples(item, TODAY))
    asked: dict[str, Value] = {}
    for question in questions(item, catalogue.districts).questions:
        if question.key == WHO:
            asked[WHO] = "person" if item.audience is Audience.CITIZENS else "organisation"
        elif question.key == DISTRICT:
            asked[DISTRICT] = "510104"
        elif is_own(question.key):
            asked[question.key] = True
        elif question.key in known and question.computed is None:
            asked[question.key] = known[question.key]
    return asked


def test_every_item_asks_something_and_never_who_somebody_is(catalogue: Catalogue) -> None:
    for item in catalogue.items.values():
        asked = questions(item, catalogue.districts).questions
        assert asked, item.code
        assert {each.kind for each in asked} <= ASKABLE, item.code
        assert not any(each.required for each in asked), item.code


def test_every_item_with_questions_of_its_own_asks_one_of_them(catalogue: Catalogue) -> None:
    common = {"pre_who", "applies_as", "request"}
    own = [item for item in catalogue.items.values() if any(section.rules for section in item.sections)]
    assert len(own) > 40
    assert [
        item.code for item in own if {each.key for each in questions(item, catalogue.districts).questions} <= common
    ] == []


def test_who_answers_as_the_examples_do_can_apply_and_sees_the_materials_of_the_application(
    catalogue: Catalogue,
) -> None:
    """The pre-check promises what the application then asks for: neither less nor something else."""
    for item in catalogue.items.values():
        answers = rightly(catalogue, item)
        found = looked(catalogue, item, answers, "510104")
        assert found.verdict in {Verdict.YES, Verdict.BARE}, (item.code, found.refused, found.unanswered)
        assert found.parts, item.code
        whole = required_materials(item, relevant(item, examples(item, TODAY)))
        surely = {each.key: need for each, need in found.materials if need is not Need.DEPENDS}
        wanted = {each.key: Need.NEEDED if needed else Need.OPTIONAL for each, needed in whole}
        assert {key: wanted.get(key) for key in surely} == surely, item.code
        assert wanted.keys() <= {each.key for each, _need in found.materials}, item.code


def test_who_was_asked_nothing_by_which_it_is_judged_is_not_told_yes(catalogue: Catalogue) -> None:
    found = {
        item.code: looked(catalogue, item, rightly(catalogue, item), "510104").verdict
        for item in catalogue.items.values()
    }
    common = {*APPLICANTS.values(), "contact", "matter", "declaration"}
    assert found["GC101"] is found["MS078"] is Verdict.BARE
    assert found["MS027"] is found["GC303"] is found["MS045"] is Verdict.YES
    for code, verdict in found.items():
        item = catalogue.items[code]
        if item.conditions:
            assert verdict is Verdict.YES, code
        elif {section.key for section in item.sections} <= common:
            assert verdict is Verdict.BARE, code


def test_nothing_answered_leaves_it_open_and_lists_what_may_be_needed(catalogue: Catalogue) -> None:
    permit = catalogue.item("GC303")
    found = looked(catalogue, permit, {})
    assert found.verdict is Verdict.OPEN
    assert {need for _material, need in found.materials} == {Need.NEEDED, Need.DEPENDS}
    assert any(part.depends for part in found.parts)


def test_an_answer_that_breaks_a_rule_is_a_no_in_its_words(catalogue: Catalogue) -> None:
    benefit = catalogue.item("MS045")
    found = looked(catalogue, benefit, {WHO: "person", "months_paid": Decimal(11)})
    assert (found.verdict, found.refused) == (
        Verdict.NO,
        (Text("缴费满一年（12 个月）才能申领", "You can claim after a year (12 months) of contributions"),),
    )
    assert looked(catalogue, benefit, {WHO: "person", "months_paid": Decimal(12)}).refused == ()


def test_a_rule_about_the_day_is_judged_on_that_day(catalogue: Catalogue) -> None:
    allowance = catalogue.item("MS055")
    eighty = TODAY - timedelta(days=29220)
    assert looked(catalogue, allowance, {"born": eighty}).refused == ()
    assert looked(catalogue, allowance, {"born": eighty + timedelta(days=1)}).verdict is Verdict.NO


@pytest.mark.parametrize("code, who", [("MS027", "organisation"), ("GC303", "person")])
def test_the_wrong_kind_of_applicant_is_told_at_once(catalogue: Catalogue, code: str, who: str) -> None:
    found = looked(catalogue, catalogue.item(code), {WHO: who})
    assert (found.verdict, found.wrong_applicant) == (Verdict.NO, True)


def test_a_condition_that_is_not_met_is_a_no(catalogue: Catalogue) -> None:
    licence = catalogue.item("MS005")
    found = looked(catalogue, licence, {"pre_condition_1": False})
    assert (found.verdict, found.unmet) == (Verdict.NO, licence.conditions[:1])


def test_the_district_says_which_bureau_is_competent(catalogue: Catalogue) -> None:
    licence = catalogue.item("MS005")
    for region in ("510104", "510107"):
        (part,) = looked(catalogue, licence, {DISTRICT: region}, region).parts
        assert part.department.region == region


def test_departments_and_materials_follow_the_answers(catalogue: Catalogue) -> None:
    permit = catalogue.item("GC303")
    plain = rightly(catalogue, permit) | {"occupies_road": False}
    named = {step.key for part in looked(catalogue, permit, plain).parts for step in part.steps}
    occupied = {
        step.key
        for part in looked(catalogue, permit, plain | {"occupies_road": True, "road_area": Decimal(100)}).parts
        for step in part.steps
    }
    assert named < occupied


def test_a_promise_is_offered_only_where_its_terms_hold(catalogue: Catalogue) -> None:
    licence = catalogue.item("MS005")
    assert looked(catalogue, licence, {"business_kind": "sales"}).may_promise
    assert not looked(catalogue, licence, {"business_kind": "catering"}).may_promise


def test_answers_of_citizens_and_dates_are_personal_those_about_a_building_are_not(catalogue: Catalogue) -> None:
    personal = {
        code: is_personal(item, questions(item, catalogue.districts))
        for code, item in catalogue.items.items()
        if code in {"GC303", "MS005", "MS045", "MS070"}
    }
    assert personal == {"GC303": False, "MS005": True, "MS045": True, "MS070": True}
