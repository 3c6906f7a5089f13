"""Every kind of question × every sort of wrong answer: each that concerns the kind is tried, none is forgotten."""

from __future__ import annotations

import pytest

from forms.build import SectionForm, ask, clean
from services.conditions import Condition
from services.item import Kind, Rule, Section, Text
from tests.forms import posted as forms
from tests.forms.test_kinds import ASKING, MISSING, asked, errors
from tests.forms.wrong_answers import CONCERNS, PUT_RIGHT, ROWS, WRONG, Posted, Sort

APART = Rule(Condition.parse("not key.overlaps"), "key", Text("时间不能重叠"))


def answered(kind: Kind, given: Posted) -> SectionForm:
    """The question with what its items add to it: a place on the map, a rule about periods."""
    question = asked(kind, **({"pinned": True} if kind is Kind.ADDRESS else {}))
    rules = (APART,) if kind in ROWS else ()
    made = ask(Section("section", Text("章"), (question,), rules=rules), ASKING, forms.Posted(given))
    made.validate()
    return made


@pytest.mark.parametrize("kind", Kind)
def test_no_kind_of_question_is_without_its_wrong_answers(kind: Kind) -> None:
    tried = {sort for each, sort, _given, _words in WRONG if each is kind}
    tried |= {Sort.FULL_WIDTH} if kind in PUT_RIGHT else set()
    assert tried == {sort for sort, kinds in CONCERNS.items() if kind in kinds}
    assert len(tried) >= 5


def test_no_sort_of_wrong_answer_is_without_its_kinds() -> None:
    assert set(CONCERNS) == set(Sort)
    assert all(CONCERNS.values())


@pytest.mark.parametrize(
    "kind, sort, given, words", WRONG, ids=[f"{kind.value}-{sort.name.lower()}" for kind, sort, _given, _words in WRONG]
)
def test_a_wrong_answer_is_refused_in_words_of_its_own(kind: Kind, sort: Sort, given: Posted, words: str) -> None:
    made = answered(kind, given)
    if sort is Sort.EMPTY:
        assert errors(made) in MISSING
    else:
        assert words in errors(made)
    assert sort is Sort.OVERLAP or clean(made) == {}
    assert not made.validate()


@pytest.mark.parametrize("kind", PUT_RIGHT)
def test_what_is_written_otherwise_is_kept_as_usual(kind: Kind) -> None:
    given, usual = PUT_RIGHT[kind]
    made = answered(kind, given)
    assert errors(made) == ""
    assert clean(made) == clean(answered(kind, usual)) != {}
