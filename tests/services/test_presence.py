"""Which steps can take part together: what is said to be impossible, no answers can bring about."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.conditions import Condition
from services.item import Choice, Item, Kind, Question, Section, Step, StepKind, Text
from services.presence import together
from tests.approvals.chain.items import item as item_of
from tests.approvals.chain.items import step


def question(key: str, kind: Kind, **more: object) -> Question:
    return Question(key, kind, Text(key), **more)  # type: ignore[arg-type]  # keyword parts of Question


def condition(source: str) -> Condition:
    return Condition.parse(source)


ABC = tuple(Choice(value, Text(value)) for value in "abc")
QUESTIONS = (
    question("deep", Kind.YES_NO),
    question("floors", Kind.NUMBER, minimum=Decimal(1)),
    question("price", Kind.MONEY),
    question("use", Kind.CHOICE, choices=ABC),
    question("parts", Kind.CHOICES, choices=ABC),
    question("begin", Kind.DATE),
    question("name", Kind.TEXT),
    question("shops", Kind.NUMBER, ask_if=condition('use == "a"')),
    question("other", Kind.YES_NO, required=False),
)


def asking(*conditions: str, questions: tuple[Question, ...] = QUESTIONS) -> tuple[Item, list[Step]]:
    steps = [step(f"s{number}", StepKind.REVIEW, source) for number, source in enumerate(conditions)]
    return replace(item_of(), sections=(Section("all", Text("全部"), questions),)), steps


def found(*conditions: str) -> set[str] | None:
    """Each possible set of steps as digits: "01" when both take part, "" when none does."""
    sets = together(*asking(*conditions))
    return None if sets is None else {"".join(sorted(key.removeprefix("s") for key in keys)) for keys in sets}


def test_opposites_never_meet_and_one_of_them_is_always_there() -> None:
    assert found("deep", "not deep") == {"0", "1"}
    assert found('use == "a"', 'use != "a"') == {"0", "1"}
    assert found("floors > 6", "floors <= 6") == {"0", "1"}


def test_an_optional_question_may_be_left_without_answer() -> None:
    assert found("other == True", "other == False") == {"0", "1", ""}


def test_numbers_between_two_bounds_are_tried_in_their_own_grain() -> None:
    assert found("5 < floors < 6") == {""}
    assert found("5 < price < 6") == {"", "0"}
    assert found("floors < 1") == {""}
    assert found("4.5 < floors", "floors < 5.5") == {"0", "1", "01"}


def test_days_texts_and_choices_are_told_apart() -> None:
    assert found('begin < "2026-05-01"', 'begin >= "2026-05-01"') == {"0", "1"}
    assert found('name == "x"', 'name in ["x", "y"]') == {"", "1", "01"}
    assert found('name < "b"', 'name > "b"') == {"0", "1", ""}
    assert found('"a" in parts', '"b" in parts') == {"", "0", "1", "01"}
    assert found("use > \"c\" or 'd' in use") == {""}


def test_a_question_that_is_not_asked_has_no_answer() -> None:
    assert found("shops > 3", "shops <= 3", 'use == "a"') == {"02", "12", ""}


def test_what_is_compared_or_calculated_between_answers_is_not_told() -> None:
    for source in ("floors > price", "floors + 1 > 3", "name in 'xyz'", "'x' in name", "name > 3", "nothing == 1"):
        assert found(source) is None, source
    assert found("floors == use") is None


def test_too_many_answers_are_not_tried() -> None:
    many = tuple(question(f"q{number}", Kind.YES_NO) for number in range(13))
    item, steps = asking(*(each.key for each in many), questions=many)
    assert together(item, steps) is None
    assert len(together(item, steps[:12]) or ()) == 4096


TERMS = st.sampled_from(
    (
        *("deep", "not other", "floors > 2", "3 <= floors <= 4.5", "price == 2.5", "price < -1", 'use in ["a", "b"]'),
        *(
            '"c" in parts',
            'begin > "2026-03-01"',
            'name == "x"',
            'name >= "m"',
            "shops == 0",
            "not shops > 1",
            "floors",
        ),
    )
)
SOURCES = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda source: f"(not {source})"),
    ),
    max_leaves=4,
)
ANSWERS = st.fixed_dictionaries(
    {
        "deep": st.booleans(),
        "floors": st.integers(1, 7).map(Decimal),
        "price": st.decimals(-3, 4, places=2),
        "use": st.sampled_from("abc"),
        "parts": st.sets(st.sampled_from("abc"), min_size=1).map(lambda some: tuple(sorted(some))),
        "begin": st.dates(),
        "name": st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=3),
    },
    optional={"shops": st.integers(-2, 3).map(Decimal), "other": st.booleans()},
)


@given(st.lists(SOURCES, min_size=1, max_size=3), ANSWERS)
def test_whatever_is_answered_was_foreseen(sources: list[str], answers: dict[str, object]) -> None:
    if answers["use"] != "a":
        answers.pop("shops", None)
    elif "shops" not in answers:
        answers["shops"] = Decimal(0)
    item, steps = asking(*sources)
    foreseen = together(item, steps)
    here = frozenset(each.key for each in steps if each.joins_if is not None and each.joins_if.holds(answers))
    assert foreseen is None or here in foreseen
