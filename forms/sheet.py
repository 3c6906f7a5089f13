"""Questions as columns of a table, and the cells of its rows as what a form would have posted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from forms.build import SectionForm, ask, clean
from forms.fields import Asking
from services.answers import NO, YES, Value, is_asked
from services.compounds import members
from services.item import EARLIER, Item, Kind, Question, Text
from services.provinces import PROVINCES

APART = frozenset({Kind.BOUNDARY, Kind.GROUP, Kind.TABLE, Kind.DECLARATION, Kind.SIGNATURE})
"""Kinds that a row of a table cannot hold: they are answered in the draft."""
SEVERAL = re.compile(r"[、,，;；\n]+")
"""Between several choices in one cell."""
DAY = re.compile(r"\s*(\d{1,4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a question, or one part of it. `name` is that under which a form posts it, `key` the question's."""

    name: str
    key: str
    kind: Kind
    label: Text
    hint: Text | None
    is_required: bool
    choices: tuple[tuple[str, Text], ...] = ()
    """What may stand in it; the labels are what people read and write there."""
    is_conditional: bool = False
    """Other answers decide whether it is asked."""
    is_known: bool = False
    """Left empty, it is filled in from the profile."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """`name` is that of a column, empty for what concerns no single one."""

    name: str
    words: str
    is_missing: bool = False
    """Nothing stands there, though something must."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a row says: right answers, mistakes, and columns that were filled in though nobody asks for them."""

    answers: Mapping[str, Value]
    mistakes: tuple[Mistake, ...]
    unused: tuple[str, ...]


class Cells(dict[str, list[str]]):
    """What would have been posted."""

    def getlist(self, key: str, /) -> list[str]:
        return self.get(key, [])


def columns(item: Item, regions: Mapping[str, Text]) -> tuple[Column, ...]:
    """In the order of the questions; `regions` are the districts an address may lie in."""
    return tuple(
        column
        for question in item.questions.values()
        if question.computed is None and question.kind not in APART
        for column in _columns(question, question.key, question, regions)
    )


def apart(item: Item) -> tuple[Question, ...]:
    """The questions that have no column."""
    return tuple(each for each in item.questions.values() if each.computed is None and each.kind in APART)


def _columns(
    question: Question, name: str, whole: Question, regions: Mapping[str, Text], before: Text | None = None
) -> Iterator[Column]:
    label = question.label if before is None else Text(*(f"{a} · {b}" for a, b in _both(before, question.label)))
    is_known = bool(whole.prefill) and whole.prefill != EARLIER
    is_required = whole.required and question.required and whole.ask_if is None and not is_known
    more = {"is_conditional": whole.ask_if is not None, "is_known": is_known}
    if question.kind is Kind.ADDRESS:
        district, detail = Text("区（市）县", "district"), Text("街道和门牌号", "street and number")
        places = tuple({**regions, **(PROVINCES if question.anywhere else {})}.items())
        for part, words, choices in (("region", district, places), ("detail", detail, ())):
            told = Text(*(f"{a} · {b}" for a, b in _both(label, words)))
            kind = Kind.CHOICE if choices else Kind.TEXT
            yield Column(f"{name}-{part}", whole.key, kind, told, whole.hint, is_required, choices, **more)
    elif parts := members(question):
        for each in parts:
            yield from _columns(each, f"{name}-{each.key}", whole, regions, label)
    else:
        choices = tuple((each.value, each.label) for each in question.choices)
        if question.kind is Kind.YES_NO:
            choices = (("yes", YES), ("no", NO))
        yield Column(name, whole.key, question.kind, label, question.hint or whole.hint, is_required, choices, **more)


def _both(one: Text, other: Text) -> tuple[tuple[str, str], tuple[str, str]]:
    return (one.zh, other.zh), (one.en, other.en)


def check(item: Item, cells: Mapping[str, str], known: Mapping[str, Value], asking: Asking) -> Checked:
    """One row, judged by the forms of the item's pages, one after the other. `cells` by the names of columns; where all
    of a question's are empty, its answer in `known` (from the profile) counts.
    """
    shown = columns(item, asking.regions)
    filled = {column.key for column in shown if cells.get(column.name, "").strip()}
    answers: dict[str, Value] = {key: value for key, value in known.items() if key in item.questions}
    mistakes: list[Mistake] = []
    used: set[str] = set()
    for section in item.sections:
        if not is_asked(section, answers):
            for question in section.questions:
                answers.pop(question.key, None)
            continue
        posted = _posted(shown, cells, filled, ask(section, asking, None, answers))
        form = ask(section, asking, posted, answers)
        form.validate()
        used |= form.asked
        wrong = [each for each in form.fields if each.errors and each.question.kind not in APART]
        for each in wrong:
            for target, words in each.faults:
                name = _column_of(target, shown)
                mistakes.append(Mistake(name, words, is_missing=bool(name) and not cells.get(name, "").strip()))
        for question in section.questions:
            answers.pop(question.key, None)
        answers |= {key: value for key, value in clean(form).items() if key not in {each.name for each in wrong}}
    return Checked(answers, tuple(mistakes), tuple(c.name for c in shown if c.key in filled and c.key not in used))


def _column_of(target: str, shown: Sequence[Column]) -> str:
    """The column that an id of the page leads to."""
    fitting = (each.name for each in shown if target == each.name or target.startswith(f"{each.name}-"))
    return next(fitting, next((each.name for each in shown if each.name.startswith(f"{target}-")), ""))


def _posted(shown: Sequence[Column], cells: Mapping[str, str], filled: set[str], known: SectionForm) -> Cells:
    """The cells of the section, and what is known already of questions that the row leaves empty."""
    posted = Cells()
    for each in known.fields:
        if each.name not in filled:
            for name, text in each.as_text():
                posted.setdefault(name, []).append(text)
    for column in shown:
        if column.key in filled:
            for name, text in _as_posted(column, cells.get(column.name, "").strip()):
                posted.setdefault(name, []).append(text)
    return posted


def _as_posted(column: Column, typed: str) -> list[tuple[str, str]]:
    values = {words: value for value, label in column.choices for words in (label.zh, label.en)}
    if column.kind is Kind.DATE:
        found = DAY.fullmatch(typed)
        parts = found.groups() if found else (typed, "", "")
        return [(f"{column.name}-{part}", text) for part, text in zip(("year", "month", "day"), parts, strict=True)]
    if column.kind is Kind.CHOICES:
        return [(column.name, values.get(each, each)) for each in SEVERAL.split(typed) if each]
    return [(column.name, values.get(typed, typed))]
