"""What is offered to be promised follows from item and answers, and the letter says it all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from approvals.commitments.letter import digest, letter
from approvals.commitments.offers import WHOLE, deferred, offers, promised_steps
from services.answers import Answers, Value, examples
from services.catalogue import Catalogue
from services.item import ExcludedField, Item, Text


def answers(item: Item, **given: Value) -> Answers:
    return {**examples(item, date(2026, 5, 6)), **given}


def test_a_shop_that_sells_may_promise_the_whole(catalogue: Catalogue) -> None:
    item = catalogue.item("food-business-licence")
    (offer,) = offers(item, answers(item, business_kind="sales"))
    assert offer.key == WHOLE
    assert offer.steps == ("accept", "review", "on_site", "decide")
    assert offers(item, answers(item)) == ()


def test_in_a_joint_case_each_step_decides_for_itself(catalogue: Catalogue) -> None:
    item = catalogue.item("construction-permit")
    assert [each.key for each in offers(item, answers(item))] == ["gc304", "gc305", "gc309", "gc312"]
    small = answers(item, category="private_small", floor_area=Decimal(900), road_area=Decimal(20), makes_waste=False)
    assert [each.key for each in offers(item, small)] == ["gc301", "gc304", "gc305", "gc307", "gc312"]


def test_a_promise_for_the_whole_stands_for_its_own_department_only(catalogue: Catalogue) -> None:
    item = catalogue.item("GC201")
    (offer,) = offers(item, answers(item))
    assert (offer.key, offer.steps) == (WHOLE, ("planning",))


def test_an_excluded_field_wins_over_everything(catalogue: Catalogue) -> None:
    item = catalogue.item("food-business-licence")
    assert item.commitment_terms is not None
    terms = replace(item.commitment_terms, excluded=ExcludedField.HEALTH_AND_LIFE)
    assert offers(replace(item, commitment_terms=terms), answers(item, business_kind="sales")) == ()


def test_without_same_day_acceptance_and_decision_are_the_departments(catalogue: Catalogue) -> None:
    item = catalogue.item("food-business-licence")
    assert item.commitment_terms is not None
    slow = replace(item, commitment_terms=replace(item.commitment_terms, is_same_day=False))
    assert offers(slow, answers(item, business_kind="sales"))[0].steps == ("review", "on_site")


def test_only_what_is_signed_and_still_offered_counts(catalogue: Catalogue) -> None:
    item = catalogue.item("construction-permit")
    given = answers(item)
    assert promised_steps(item, given, {"gc305", "gc302"}) == {"gc305": "gc305"}
    assert set(deferred(item, given, {"gc305"})) == {"water_quality"}
    assert promised_steps(item, answers(item, drains_to_sewer=False), {"gc305"}) == {}
    assert deferred(item, given, frozenset()) == {}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_letter_says_what_follows_what_is_verified_and_what_it_costs(catalogue: Catalogue, language: str) -> None:
    item = catalogue.item("food-business-licence")
    (offer,) = offers(item, answers(item, business_kind="sales"))
    text = letter(item, offer, {"SC": Text("市场监管局", "Market bureau")}, language)
    expected = {
        "zh": ("10 个工作日", "食品安全员证明", "市场监管局", "1 年内不能再承诺", "可以撤回承诺", "2026-1"),
        "en": ("10 working days", "food-safety officer", "Market bureau", "for 1 year", "take it back", "2026-1"),
    }[language]
    assert [part for part in expected if part not in text] == []
    assert digest(text) != digest(text + " ")
