"""Every item can be applied for online; forty and more ask questions of their own, conditions and rules that bite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, product

import pytest

from approvals.commitments.offers import offers
from services.answers import Value, examples, relevant
from services.completeness import open_sections
from services.compounds import Compound, Rows
from services.conditions import Condition
from services.current import catalogue
from services.item import Audience, Item, Kind, Question, Rule, Section, Source
from services.outline import Boundary, outline
from services.shared import APPLICANTS

TODAY = date(2026, 11, 22)
SHARED = {*APPLICANTS.values(), "contact", "matter", "declaration"}
STAGE_THREE = {f"GC{number}" for number in range(301, 314)}
DAYS = (-40000, -3000, -100, -1, 1, 100, 3000, 40000)


def own(item: Item) -> list[Section]:
    return [section for section in item.sections if section.key not in SHARED]


OWN = [item for item in catalogue().items.values() if own(item)]
MARKED = [item for item in catalogue().items.values() if (item.commitment or "N").startswith("Y")]
RULES = [(item, rule) for item in OWN for section in own(item) for rule in section.rules]


def test_every_item_can_be_applied_for_online() -> None:
    assert len(catalogue().items) == 133
    for item in catalogue().items.values():
        assert item.is_online, item.code
        assert item.certificate is not None, item.code
        assert item.everyday_words, item.code
        assert len(item.materials) == len(set(item.material_names)) or item in OWN, item.code


def test_only_construction_is_exemplified_by_a_building() -> None:
    for item in catalogue().items.values():
        subject = item.questions.get("subject")
        if subject is not None and item.construction_stage is None:
            assert "商务楼" not in str(subject.example), item.code
        if subject is not None and item.audience is Audience.CITIZENS:
            assert re.match("本人|新生儿|亲属", str(subject.example)), item.code


def test_what_the_departments_share_is_not_asked_for() -> None:
    for item in catalogue().items.values():
        for material in item.materials:
            assert "（共享）" not in material.name.zh, (item.code, material.name.zh)
        if not own(item):
            shared = sum("（共享）" in name for name in dict.fromkeys(item.material_names))
            fetched = sum(material.source is Source.SHARED for material in item.materials)
            assert fetched >= shared, item.code


def test_forty_items_and_more_ask_five_questions_of_their_own_with_a_condition_and_a_rule() -> None:
    assert len(OWN) >= 40
    assert {item.code for item in OWN} >= STAGE_THREE
    for item in OWN:
        asked = [question for section in own(item) for question in section.questions]
        assert len(asked) >= 5, item.code
        assert any(question.ask_if for question in asked) or any(each.ask_if for each in own(item)), item.code
        assert any(len(rule.holds.names | {rule.at}) > 1 for section in own(item) for rule in section.rules), item.code
        assert all(rule.message.en for section in own(item) for rule in section.rules), item.code


@pytest.mark.parametrize("item", OWN, ids=lambda item: item.code)
def test_its_examples_make_a_whole_application_on_any_day(item: Item) -> None:
    for today in (date(2000, 2, 29), TODAY, date(2050, 12, 31)):
        assert open_sections(item, examples(item, today), today) == []


def test_the_outlines_among_the_examples_do_not_cross_themselves() -> None:
    """Loading the catalogue does not judge them: that takes a library the web does not load at its start."""
    found = [value for item in OWN for value in examples(item, TODAY).values() if isinstance(value, Boundary)]
    assert found
    for boundary in found:
        assert outline(boundary.corners) == boundary


@pytest.mark.parametrize(
    "item, rule", RULES, ids=[f"{item.code}-{number}" for number, (item, _rule) in enumerate(RULES)]
)
def test_an_answer_that_can_be_given_breaks_the_rule(item: Item, rule: Rule) -> None:
    given = examples(item, TODAY)
    assert any(rule.is_broken(relevant(item, changed), TODAY) for changed in changes(item, rule.holds, given)), (
        rule.holds.source
    )


def test_periods_of_one_table_may_not_overlap() -> None:
    """Jobs, homes, sections of a road: wherever a table has periods, a rule says that they come after each other."""
    found = {
        (item.code, question.key): [rule.at for rule in section.rules if "overlaps" in rule.holds.source]
        for item in OWN
        for section in own(item)
        for question in section.questions
        if any(column.kind is Kind.PERIOD for column in question.columns)
    }
    assert {code for code, _key in found} >= {"GC307", "MS026", "MS045"}
    assert {(code, key): at for (code, key), at in found.items() if at != [key]} == {}


@pytest.mark.parametrize("item", MARKED, ids=lambda item: item.code)
def test_what_the_catalogue_says_may_be_promised_is_offered_and_only_on_its_condition(item: Item) -> None:
    given = examples(item, TODAY)
    terms = item.commitment_terms
    if terms is None or terms.allowed_if is None:
        assert offers(item, given)
        assert not item.commitment or not item.commitment.startswith("Y("), "the condition of its mark is not asked for"
        return
    possible = [bool(offers(item, each)) for each in (given, *changes(item, terms.allowed_if, given))]
    assert set(possible) == {True, False}


def test_what_the_catalogue_says_may_not_be_promised_is_not_offered() -> None:
    assert len(MARKED) == 22
    for item in catalogue().items.values():
        found = [(item.code, item.commitment_terms)]
        found += [(step.item_code or item.code, step.commitment_terms) for step in item.steps.values()]
        for code, terms in found:
            if terms is not None and terms.excluded is None:
                assert catalogue().items[code] in MARKED, (item.code, code)


def changes(item: Item, holds: Condition, given: dict[str, Value]) -> Iterator[dict[str, Value]]:
    """The example answers with one, two or three of those that the condition names given otherwise."""
    names = sorted(holds.names & item.questions.keys())
    deciding = {name for key in names if (asks := item.questions[key].ask_if) for name in asks.names}
    computing = {name for key in names if (follows := item.questions[key].computed) for name in follows.names}
    every = sorted({*names, *deciding, *computing})
    for count in (1, 2, 3):
        for some in combinations(every, count):
            for values in product(*(list(others(item.questions[key], given[key], given)) for key in some)):
                yield {**given, **dict(zip(some, values, strict=True))}


def others(question: Question, value: Value, given: dict[str, Value]) -> Iterator[Value]:
    """Other right answers to the question."""
    match value:
        case bool():
            yield from () if question.kind is Kind.DECLARATION else (not value,)
        case Decimal():
            lowest = Decimal(0) if question.minimum is None else question.minimum
            highest = Decimal(10) ** 11 if question.maximum is None else question.maximum
            near = (lowest, value - 1, value + 1, value * 100, highest)
            yield from (number for number in near if lowest <= number <= highest and number != value)
        case date():
            yield from (value + timedelta(days=shift) for shift in DAYS)
        case str() if question.choices:
            yield from (choice.value for choice in question.choices if choice.value != value)
        case str():
            yield from (each for each in given.values() if isinstance(each, str) and each != value)
        case tuple():
            yield from ((choice.value,) for choice in question.choices)
        case Compound() if question.kind is Kind.PERIOD:
            yield from periods(value)
        case Compound() if question.kind is Kind.ORGANISATION:
            yield from (each for each in given.values() if isinstance(each, Compound) and each != value)
        case Rows():
            yield from rows(question, value, given)
        case Boundary(corners=corners):
            yield Boundary(corners[:3])


def rows(question: Question, value: Rows, given: dict[str, Value]) -> Iterator[Rows]:
    first, *rest = value.entries
    yield Rows((first,))
    yield Rows((first, first))
    for column in question.columns:
        if isinstance(number := first.part(column.key), Decimal):
            yield from (Rows((replaced(first, column.key, each), *rest)) for each in others(column, number, given))


def periods(value: Compound) -> Iterator[Compound]:
    start, end = value.part("start"), value.part("end")
    assert isinstance(start, date)
    assert isinstance(end, date)
    for shift in DAYS:
        moved = timedelta(days=shift)
        yield Compound((("start", start + moved), ("end", end + moved)))
        if end + moved >= start:
            yield Compound((("start", start), ("end", end + moved)))
    yield Compound((("start", start), ("end", start)))


def replaced(entry: Compound, key: str, value: Value) -> Compound:
    return Compound(tuple((name, value if name == key else part) for name, part in entry.parts))
