"""Which steps can take part in one application together, over every kind of answers that makes a difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from itertools import chain, combinations, product
from math import prod

from services.conditions import Condition
from services.item import Item, Kind, Question, Section, Step

MOST_COMBINATIONS = 4096
"""Of answers that are tried for one set of steps: a blink of the eye."""
MOST_CHOICES = 6
"""Of one question where several may be chosen: beyond this not every combination is tried."""
TEXTS = frozenset(
    {Kind.TEXT, Kind.LONG_TEXT, Kind.IDENTITY_NUMBER, Kind.CREDIT_CODE, Kind.PHONE, Kind.EMAIL, Kind.CHOICE}
)
WITHOUT_BOUND = Decimal(10) ** 15


def together(item: Item, steps: Iterable[Step]) -> Set[frozenset[str]] | None:
    """Every set of keys of these steps that the answers to some application call in, and no other.

    None where this cannot be told: a condition compares answers with each other or calculates with them, there are too
    many combinations, or a name is no question.
    """
    steps = list(steps)
    asked = _concerned(item, [step.joins_if for step in steps])
    if asked is None:
        return None
    conditions = [step.joins_if for step in steps] + [asks for _, asking in asked for asks in asking]
    candidates = _candidates([question for question, _ in asked], [each for each in conditions if each is not None])
    if candidates is None or prod(map(len, candidates.values())) > MOST_COMBINATIONS:
        return None
    found: set[frozenset[str]] = set()
    for answers in _applications(asked, candidates):
        found.add(frozenset(step.key for step in steps if step.joins_if is None or step.joins_if.holds(answers)))
    return found


Asked = list[tuple[Question, list[Condition]]]
"""Questions in order, with the conditions under which each is asked."""


def _concerned(item: Item, conditions: Iterable[Condition | None]) -> Asked | None:
    """The questions that these conditions name, and those that decide whether they are asked."""
    homes: dict[str, Section] = {each.key: section for section in item.sections for each in section.questions}
    waiting = [name for condition in conditions if condition is not None for name in condition.names]
    found: dict[str, list[Condition]] = {}
    while waiting:
        name = waiting.pop()
        if name not in homes:
            return None
        if name not in found:
            asking = (homes[name].ask_if, item.questions[name].ask_if)
            found[name] = [condition for condition in asking if condition is not None]
            waiting.extend(chain.from_iterable(condition.names for condition in found[name]))
    return [(question, found[key]) for key, question in item.questions.items() if key in found]


def _applications(asked: Asked, candidates: Mapping[str, list[object]]) -> Iterator[Mapping[str, object]]:
    """Answers as an applicant can give them: nothing to a question that is not asked."""
    for values in product(*(candidates[question.key] for question, _ in asked)):
        answers: dict[str, object] = {}
        for (question, asking), value in zip(asked, values, strict=True):
            if value is not None and all(condition.holds(answers) for condition in asking):
                answers[question.key] = value
        yield answers


def _candidates(questions: list[Question], conditions: list[Condition]) -> dict[str, list[object]] | None:
    """For each question one value of every kind that the conditions can tell apart."""
    few = {question.key: values for question in questions if (values := _few(question)) is not None}
    constants: dict[str, set[object]] = {}
    for condition in conditions:
        of = condition.constants(few.keys())
        if of is None:
            return None
        for name, known in of.items():
            constants.setdefault(name, set()).update(known)
    found: dict[str, list[object]] = {}
    for question in questions:
        values = few[question.key] if question.key in few else _around(question, constants.get(question.key, set()))
        if values is None:
            return None
        found[question.key] = values if question.required else [*values, None]
    return found


def _few(question: Question) -> list[object] | None:
    """All values, of a question that has few."""
    match question.kind:
        case Kind.YES_NO:
            return [True, False]
        case Kind.CHOICE:
            return [choice.value for choice in question.choices]
        case Kind.CHOICES if len(question.choices) <= MOST_CHOICES:
            values = [choice.value for choice in question.choices]
            least = 1 if question.required else 0
            return [some for size in range(least, len(values) + 1) for some in combinations(values, size)]
    return None


def _around(question: Question, constants: Set[object]) -> list[object] | None:
    """Each constant, and what lies just below and just above it."""
    match question.kind:
        case Kind.NUMBER | Kind.MONEY | Kind.AREA:
            return _numbers(question, constants)
        case Kind.DATE:
            days = [_day(each) for each in constants]
            known = [day for day in days if day is not None] or [date(2026, 1, 1)]
            return list({day + timedelta(days=shift) for day in known for shift in (-1, 0, 1)})
        case kind if kind not in TEXTS:
            return None
    texts = {each for each in constants if isinstance(each, str)}
    if texts != constants:
        return None  # a text beside a number is read as one
    return ["\x01", *sorted(texts), *sorted(f"{text}\x01" for text in texts)]


def _numbers(question: Question, constants: Set[object]) -> list[object]:
    places = question.decimals if question.decimals is not None else (0 if question.kind is Kind.NUMBER else 2)
    grain = Decimal(1).scaleb(-places)
    lowest = -WITHOUT_BOUND if question.minimum is None else question.minimum
    highest = WITHOUT_BOUND if question.maximum is None else question.maximum
    marks = {lowest, highest, Decimal(0)}
    marks |= {number for each in constants if (number := _number(each)) is not None}
    below = {mark.quantize(grain, ROUND_FLOOR) for mark in marks}
    near = {mark + shift * grain for mark in below for shift in (-1, 0, 1, 2)}
    return [number for number in sorted(near) if lowest <= number <= highest]


def _number(value: object) -> Decimal | None:
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except ArithmeticError:
        return None
    return number if number.is_finite() and abs(number) < WITHOUT_BOUND else None


def _day(value: object) -> date | None:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        return None
