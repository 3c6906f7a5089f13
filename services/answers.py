"""Value kinds: the common tongue of forms and approvals, how they are kept, and how they are shown to a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

from services.compounds import ROWS, Compound, Rows, members
from services.item import FromToday, Item, Kind, Material, Question, Section, Text
from services.outline import Boundary, NoOutline, kept
from services.provinces import PROVINCES


@dataclass(frozen=True, slots=True)
class Address:
    """A place: `region` an administrative division code (GB/T 2260), `detail` street, number and room."""

    region: str
    detail: str
    pin: tuple[Decimal, Decimal] | None = None
    """Its longitude and latitude, in degrees (CGCS2000)."""


Value: TypeAlias = str | Decimal | date | bool | tuple[str, ...] | Address | Compound | Rows | Boundary
Answers: TypeAlias = Mapping[str, Value]

NUMBERS = frozenset({Kind.NUMBER, Kind.MONEY, Kind.AREA})

PERSONAL = frozenset({Kind.IDENTITY_NUMBER, Kind.PHONE, Kind.EMAIL, Kind.BANK_ACCOUNT})
"""Kinds of answer that stand masked on every page but that of their own question."""

INVENTED = "（示例）"
"""Behind the names of people who do not exist."""

PIN_PARTS = ("longitude", "latitude")
PIN = Text("东经 %(east)s°，北纬 %(north)s°", "%(east)s° E, %(north)s° N")
YES, NO = Text("是", "Yes"), Text("否", "No")
DECLARED = Text("已声明", "Declared")
SIGNED = Text("%(name)s（%(on)s 签署）", "%(name)s (signed on %(on)s)")
CORNERS = Text("%(area)s 平方米，%(count)s 个角点", "%(area)s m², %(count)s corners")
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


def plain_name(name: str) -> str:
    """As it stands on an identity card: without the mark of an invented person."""
    return name.removesuffix(INVENTED)


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
        case Address(region=region, detail=detail, pin=pin):
            place = dict(zip(PIN_PARTS, map(str, pin), strict=True)) if pin else {}
            return {"region": region, "detail": detail, **place}
        case tuple():
            return list(value)
        case dict():
            return {key: data_of(part) for key, part in value.items()}
        case list():
            return [data_of(part) for part in value]
        case Compound(parts=parts):
            return {key: data_of(part) for key, part in parts}
        case Rows(entries=entries):
            return [data_of(entry) for entry in entries]
        case Boundary(corners=corners):
            return [[str(east), str(north)] for east, north in corners]
        case _:
            return value


def value_of(question: Question, data: object) -> Value:
    """One value from its JSON or YAML form. Raises AnswerError."""
    if question.kind in ROWS:
        return _rows(question, data)
    if question.kind is Kind.SIGNATURE or members(question):
        return _compound(question, data)
    read, needed = READERS.get(question.kind, (_text, "a text is needed; put it between quotes"))
    value = read(data)
    if value is None:
        raise AnswerError(question.key, needed)
    if isinstance(value, Address) and value.pin is not None and not question.pinned:
        return replace(value, pin=None)  # it was given to another question with the same words
    return value


def example_of(question: Question, today: date) -> Value | None:
    """The example answer on that day; None where the question has none."""
    example = question.example
    if example is None:
        return None
    return value_of(question, moved(example, today))


def moved(example: object, today: date) -> object:
    """The example with its moving dates standing still."""
    match example:
        case FromToday():
            return example.on(today)
        case {**parts} if parts:
            return {key: moved(part, today) for key, part in parts.items()}
        case list():
            return [moved(part, today) for part in example]
        case Compound() | Rows() | Boundary():
            return data_of(example)
    return example


def examples(item: Item, today: date) -> dict[str, Value]:
    """The example answer of every question on that day: the fullest application of the item."""
    found: dict[str, Value] = {}
    for key, question in item.questions.items():
        example = computed(question, found) if question.computed else example_of(question, today)
        if example is not None:
            found[key] = example
    return found


def computed(question: Question, answers: Mapping[str, object]) -> Value | None:
    """What follows from the answers so far; None where one that it needs is missing."""
    value = question.computed.value(answers) if question.computed is not None else None
    if question.kind in NUMBERS:
        places = question.decimals if question.decimals is not None else (0 if question.kind is Kind.NUMBER else 2)
        grain = Decimal(1).scaleb(-places)
        return value.quantize(grain, ROUND_HALF_UP) if isinstance(value, Decimal) and value.is_finite() else None
    if question.kind is Kind.YES_NO:
        known = question.computed is not None and question.computed.names <= answers.keys()
        return bool(value) if known else None
    return value if isinstance(value, date | str) else None


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
        case {"region": str(region), "detail": str(detail), "longitude": east, "latitude": north, **rest} if not rest:
            pin = _number(east), _number(north)
            return Address(region, detail, pin) if pin[0] is not None and pin[1] is not None else None  # type: ignore[arg-type]
    return None


def _declared(data: object) -> bool | None:
    return True if data is True else None


def _boundary(data: object) -> Boundary | None:
    if isinstance(data, Boundary):
        return data
    if not isinstance(data, list) or not all(isinstance(part, list | tuple) and len(part) == 2 for part in data):
        return None
    try:
        return kept(data)
    except NoOutline:
        return None


def _compound(question: Question, data: object) -> Compound:
    """Every part of its own kind; what is asked for and not there, or is there and not asked for, makes it none."""
    asked = SIGNATURE if question.kind is Kind.SIGNATURE else members(question)
    data = dict(data.parts) if isinstance(data, Compound) else data
    known = {each.key for each in asked}
    if not isinstance(data, Mapping) or not data.keys() <= known:
        raise AnswerError(question.key, f"parts are needed: {', '.join(sorted(known))}")
    for each in asked:
        if each.required and each.key not in data:
            raise AnswerError(question.key, f"its part {each.key} is missing")
    return Compound(tuple((each.key, value_of(each, data[each.key])) for each in asked if each.key in data))


def _rows(question: Question, data: object) -> Rows:
    entries = data.entries if isinstance(data, Rows) else data
    if not isinstance(entries, list | tuple) or not entries:
        raise AnswerError(question.key, "a list of entries is needed, at least one")
    return Rows(tuple(_compound(question, entry) for entry in entries))


SIGNATURE: tuple[Question, ...] = (
    Question("name", Kind.TEXT, Text("姓名", "Name"), max_length=50),
    Question("on", Kind.DATE, Text("日期", "Date")),
    Question("sha256", Kind.TEXT, Text("签署内容的校验值", "Digest of what was signed")),
)
"""What is kept of a signature: who, when, and the digest of the words."""

READERS: dict[Kind, tuple[Callable[[object], Value | None], str]] = {
    **dict.fromkeys(NUMBERS, (_number, "a number such as 48620.5 is needed")),
    Kind.DATE: (_day, "a date such as 2026-06-01 is needed; an example may also be: today - 30"),
    Kind.YES_NO: (_yes_or_no, "true or false is needed"),
    Kind.CHOICES: (_choices, "a list of choices is needed"),
    Kind.DECLARATION: (_declared, "true is needed: it is declared or not there"),
    Kind.BOUNDARY: (_boundary, 'corners such as [["104.06", "30.65"], …] are needed, three at least, in the city'),
    Kind.ADDRESS: (_address, 'an address such as {region: "510104", detail: …} is needed'),
}


def show(
    question: Question,
    value: Value,
    language: str,
    regions: Mapping[str, Text] | None = None,
    *,
    is_masked: bool = False,
) -> str:
    """The answer as a person reads it, on one line; `is_masked` hides most of what is personal in it. `regions` names
    the codes of addresses; an unnamed code shows itself.
    """
    match value:
        case Compound() if question.kind is Kind.SIGNATURE:
            on = value.part("on")
            shown_on = show_date(on, language) if isinstance(on, date) else "—"
            return SIGNED.in_language(language) % {"name": value.part("name"), "on": shown_on}
        case Compound():
            return _show_parts(question, value, language, regions, is_masked=is_masked)
        case Rows(entries=entries):
            lines = [_show_parts(question, entry, language, regions, is_masked=is_masked) for entry in entries]
            return ("; " if language.startswith("en") else "；").join(lines)
        case Boundary():
            given = {"area": show_number(value.area), "count": len(value.corners)}
            return CORNERS.in_language(language) % given
        case bool() if question.kind is Kind.DECLARATION:
            return DECLARED.in_language(language)
        case bool():
            return (YES if value else NO).in_language(language)
        case Decimal():
            unit = question.unit or {Kind.MONEY: YUAN, Kind.AREA: SQUARE_METRES}.get(question.kind)
            number = show_number(value)
            return f"{number} {unit.in_language(language)}" if unit else number
        case date():
            return show_date(value, language)
        case Address(region=region, detail=detail):
            name = (regions or {}).get(region, PROVINCES.get(region, Text(region))).in_language(language)
            return f"{detail}, {name}" if language.startswith("en") else f"{name}{detail}"
        case tuple():
            return (", " if language.startswith("en") else "、").join(
                _label(question, part, language) for part in value
            )
        case str():
            said = _label(question, value, language) if question.choices else value
            return masked(said) if is_masked and question.kind in PERSONAL else said


def _show_parts(
    question: Question, value: Compound, language: str, regions: Mapping[str, Text] | None, *, is_masked: bool
) -> str:
    """A period as its two days, a place as its coordinates, all else part by part with what it is called."""
    told = {
        each.key: (each, show(each, part, language, regions, is_masked=is_masked))
        for each in members(question)
        if (part := value.part(each.key)) is not None
    }
    is_english = language.startswith("en")
    if question.kind is Kind.PERIOD:
        return (" to " if is_english else "至 ").join(words for _each, words in told.values())
    if question.kind in {Kind.PERSON, Kind.ORGANISATION}:
        name, *rest = (words for _each, words in told.values())
        return f"{name} ({', '.join(rest)})" if is_english else f"{name}（{'，'.join(rest)}）"
    named = [
        f"{each.label.in_language(language)}{': ' if is_english else '：'}{words}" for each, words in told.values()
    ]
    return (", " if is_english else "，").join(named)


def lines(
    question: Question, value: Value, language: str, regions: Mapping[str, Text] | None = None
) -> tuple[str, ...]:
    """The answer with what is personal masked; the entries of a group or table, and the place of an address on the
    map, each on a line of its own.
    """
    if isinstance(value, Rows):
        return tuple(_show_parts(question, each, language, regions, is_masked=True) for each in value.entries)
    line = show(question, value, language, regions, is_masked=True)
    if isinstance(value, Address) and value.pin is not None:
        east, north = map(show_number, value.pin)
        return line, PIN.in_language(language) % {"east": east, "north": north}
    return (line,)


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
            if not is_asked(question, kept):
                continue
            if question.computed is not None:
                if (value := computed(question, kept)) is not None:
                    kept[question.key] = value
            elif question.key in answers:
                kept[question.key] = answers[question.key]
    return kept


def required_materials(item: Item, answers: Answers) -> list[tuple[Material, bool]]:
    """Every material these answers call for, and whether the application is incomplete without it.

    A material only of steps that do not join is not called for, nor one whose `offered_if` does not hold or whose
    section is not asked; one whose `required_if` does not hold is optional.
    """
    counted = relevant(item, answers)
    asked = {None, *(section.key for section in item.sections if is_asked(section, counted))}
    joined = {key for key, step in item.steps.items() if step.joins_if is None or step.joins_if.holds(counted)}
    return [
        (material, material.required and (material.required_if is None or material.required_if.holds(counted)))
        for material in item.materials
        if (not material.steps or joined.intersection(material.steps))
        and material.asked_in in asked
        and (material.offered_if is None or material.offered_if.holds(counted))
    ]
