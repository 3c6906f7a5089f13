"""Value kinds: the common tongue of forms and approvals, how they are kept, and how they are shown to a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from services.item import FromToday, Item, Kind, Material, Question, Section, Text


@dataclass(frozen=True, slots=True)
class Address:
    """A place: `region` an administrative division code (GB/T 2260), `detail` street, number and room."""

    region: str
    detail: str


Value: TypeAlias = str | Decimal | date | bool | tuple[str, ...] | Address
Answers: TypeAlias = Mapping[str, Value]

NUMBERS = frozenset({Kind.NUMBER, Kind.MONEY, Kind.AREA})

PERSONAL = frozenset({Kind.IDENTITY_NUMBER, Kind.PHONE, Kind.EMAIL})
"""Kinds of answer that stand masked on every page but that of their own question."""

YES, NO = Text("是", "Yes"), Text("否", "No")
YUAN = Text("元", "yuan")
SQUARE_METRES = Text("平方米", "m²")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class AnswerError(Exception):
    """Kept or catalogued data that is no value of its question's kind; `key` is the question, `message` what is one."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(f"{key}: {message}")
        self.key, self.message = key, message


def dump(item: Item, answers: Answers) -> dict[str, object]:
    """The answers as JSON can hold them, in the order of the questions; `load` gives them back exactly.

    Raises AnswerError for an answer to no question of the item.
    """
    _refuse_strangers(item, answers)
    return {key: data_of(answers[key]) for key in item.questions if key in answers}


def load(item: Item, data: Mapping[str, object]) -> dict[str, Value]:
    """Raises AnswerError for an answer to no question of the item, or of another kind than the question asks."""
    _refuse_strangers(item, data)
    return {key: value_of(question, data[key]) for key, question in item.questions.items() if key in data}


def _refuse_strangers(item: Item, answers: Mapping[str, object]) -> None:
    for key in answers:
        if key not in item.questions:
            raise AnswerError(key, f"item {item.code} asks no such question")


def data_of(value: object) -> object:
    """A value as JSON can hold it; `value_of` gives it back."""
    match value:
        case Decimal() | FromToday():
            return str(value)
        case date():
            return value.isoformat()
        case Address(region=region, detail=detail):
            return {"region": region, "detail": detail}
        case tuple():
            return list(value)
        case _:
            return value


def value_of(question: Question, data: object) -> Value:
    """One value from its JSON or YAML form. Raises AnswerError."""
    read, needed = READERS.get(question.kind, (_text, "a text is needed; put it between quotes"))
    value = read(data)
    if value is None:
        raise AnswerError(question.key, needed)
    return value


def example_of(question: Question, today: date) -> Value | None:
    """The example answer on that day; None where the question has none."""
    example = question.example
    if example is None:
        return None
    return example.on(today) if isinstance(example, FromToday) else value_of(question, example)


def examples(item: Item, today: date) -> dict[str, Value]:
    """The example answer of every question on that day: the fullest application of the item."""
    found = {key: example_of(question, today) for key, question in item.questions.items()}
    return {key: example for key, example in found.items() if example is not None}


def _text(data: object) -> str | None:
    return data if isinstance(data, str) else None


def _number(data: object) -> Decimal | None:
    if isinstance(data, bool) or not isinstance(data, int | str | Decimal | float):
        return None
    try:
        number = Decimal(str(data))
    except ArithmeticError:
        return None
    return number if number.is_finite() else None


def _day(data: object) -> date | None:
    if isinstance(data, str):
        try:
            return date.fromisoformat(data)
        except ValueError:
            return None
    return data if isinstance(data, date) and not isinstance(data, datetime) else None


def _yes_or_no(data: object) -> bool | None:
    return data if isinstance(data, bool) else None


def _choices(data: object) -> tuple[str, ...] | None:
    if isinstance(data, list | tuple) and all(isinstance(part, str) for part in data):
        return tuple(data)
    return None


def _address(data: object) -> Address | None:
    match data:
        case Address():
            return data
        case {"region": str(region), "detail": str(detail), **rest} if not rest:
            return Address(region, detail)
    return None


READERS: dict[Kind, tuple[Callable[[object], Value | None], str]] = {
    **dict.fromkeys(NUMBERS, (_number, "a number such as 48620.5 is needed")),
    Kind.DATE: (_day, "a date such as 2026-06-01 is needed; an example may also be: today - 30"),
    Kind.YES_NO: (_yes_or_no, "true or false is needed"),
    Kind.CHOICES: (_choices, "a list of choices is needed"),
    Kind.ADDRESS: (_address, 'an address such as {region: "510104", detail: …} is needed'),
}


def show(question: Question, value: Value, language: str, regions: Mapping[str, Text] | None = None) -> str:
    """The answer as a person reads it. `regions` names the codes of addresses; an unnamed code shows itself."""
    match value:
        case bool():
            return (YES if value else NO).in_language(language)
        case Decimal():
            unit = question.unit or {Kind.MONEY: YUAN, Kind.AREA: SQUARE_METRES}.get(question.kind)
            number = show_number(value)
            return f"{number} {unit.in_language(language)}" if unit else number
        case date():
            return show_date(value, language)
        case Address(region=region, detail=detail):
            name = (regions or {}).get(region, Text(region)).in_language(language)
            return f"{detail}, {name}" if language.startswith("en") else f"{name}{detail}"
        case tuple():
            return (", " if language.startswith("en") else "、").join(
                _label(question, part, language) for part in value
            )
        case str():
            return _label(question, value, language) if question.choices else value


def masked(value: str) -> str:
    """510***********1234: enough to recognise one's own, too little to use."""
    if len(value) <= 2:
        return value[:1] + "*" * (len(value) - 1)
    head, tail = (3, 4) if len(value) >= 11 else (1, 1)
    return value[:head] + "*" * (len(value) - head - tail) + value[-tail:]


def show_number(number: Decimal) -> str:
    """Thousands separated, no trailing zeros after the point."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def show_date(day: date, language: str) -> str:
    if language.startswith("en"):
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _label(question: Question, value: str, language: str) -> str:
    return next((choice.label.in_language(language) for choice in question.choices if choice.value == value), value)


def is_asked(part: Section | Question, answers: Mapping[str, object]) -> bool:
    return part.ask_if is None or part.ask_if.holds(answers)


def relevant(item: Item, answers: Answers) -> dict[str, Value]:
    """The answers that count: those of questions and sections that are asked.

    Conditions look back only (services.check holds it), so one pass in order is exact: an answer that is not asked for
    is missing for every later condition.
    """
    kept: dict[str, Value] = {}
    for section in item.sections:
        if not is_asked(section, kept):
            continue
        for question in section.questions:
            if question.key in answers and is_asked(question, kept):
                kept[question.key] = answers[question.key]
    return kept


def required_materials(item: Item, answers: Answers) -> list[tuple[Material, bool]]:
    """Every material these answers call for, and whether the application is incomplete without it.

    A material only of steps that do not join is not called for, nor one whose `offered_if` does not hold; one whose
    `required_if` does not hold is optional.
    """
    counted = relevant(item, answers)
    joined = {key for key, step in item.steps.items() if step.joins_if is None or step.joins_if.holds(counted)}
    return [
        (material, material.required and (material.required_if is None or material.required_if.holds(counted)))
        for material in item.materials
        if (not material.steps or joined.intersection(material.steps))
        and (material.offered_if is None or material.offered_if.holds(counted))
    ]
