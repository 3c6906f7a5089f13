"""The places in a text of the office, `{holder}`, `{issued_on:han}`: a fixed list, fixed formats, nothing computed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.answers import show_date
from services.han import han_date
from services.item import Item

HOLDER, ISSUER, ISSUED_ON, VALID_UNTIL = "holder", "issuer", "issued_on", "valid_until"
FORMATS = ("plain", "han", "iso")
"""Of a date: 2026 年 5 月 15 日, 二〇二六年五月十五日, 2026-05-15."""
NOTHING = "—"
PLACE = re.compile(r"\{([^{}\n]*)\}")
UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})


class Why(StrEnum):
    """What is wrong with a text."""

    UNKNOWN = "unknown"
    """A place that is not on the list. Instead: the list."""
    FORMAT = "format"
    """A format that the place does not have. Instead: the place with those it has."""
    BRACE = "brace"
    """A brace that belongs to no place. Instead: the full-width one."""
    UNSEEN = "unseen"
    """A character nobody sees: a control, a mark that turns the direction of writing. Instead: nothing."""
    LONG = "long"
    """Instead: how many characters there may be."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Where, counted from 1, and what to write instead."""

    why: Why
    line: int
    column: int
    found: str
    instead: tuple[str, ...] = ()


def places(item: Item) -> tuple[str, ...]:
    """The names that the texts of the item's certificate may use: four common ones, and its fields."""
    spec = item.certificate
    if spec is None:
        return ()
    common = (HOLDER, ISSUER, ISSUED_ON, *((VALID_UNTIL,) if spec.valid_years else ()))
    return (*common, *(key for key, _label in spec.fields if key not in common))


def faults(text: str, known: tuple[str, ...], most: int) -> tuple[Fault, ...]:
    """Everything that is wrong with a text, in its order."""
    found = sorted(_faults(text, known), key=lambda each: (each.line, each.column))
    if len(text) > most:
        found.insert(0, Fault(Why.LONG, 1, most + 1, str(len(text)), (str(most),)))
    return tuple(found)


def filled(text: str, values: Mapping[str, str | date | None], language: str) -> str:
    """The text with its places filled, each once: what is filled in is never looked at again. What is not known shows
    as a dash.
    """

    def of(place: re.Match[str]) -> str:
        name, _colon, form = place[1].partition(":")
        value = values.get(name)
        return _dated(value, form, language) if isinstance(value, date) else value or NOTHING

    return PLACE.sub(of, text)


def _dated(day: date, form: str, language: str) -> str:
    if form == "iso":
        return day.isoformat()
    return han_date(day) if form == "han" else show_date(day, language)


def _faults(text: str, known: tuple[str, ...]) -> Iterator[Fault]:
    for number, line in enumerate(text.split("\n"), start=1):
        for place in PLACE.finditer(line):
            name, colon, form = place[1].partition(":")
            if name not in known:
                yield Fault(Why.UNKNOWN, number, place.start() + 1, place[0], tuple(f"{{{each}}}" for each in known))
            elif colon and (name not in (ISSUED_ON, VALID_UNTIL) or form not in FORMATS):
                yield Fault(Why.FORMAT, number, place.start() + 1, place[0], _forms(name))
        bare = PLACE.sub(lambda place: " " * len(place[0]), line)
        for column, letter in enumerate(bare, start=1):
            if letter in "{}":
                yield Fault(Why.BRACE, number, column, letter, ("｛" if letter == "{" else "｝",))
            elif unicodedata.category(letter) in UNSEEN:
                yield Fault(Why.UNSEEN, number, column, f"U+{ord(letter):04X}")


def _forms(name: str) -> tuple[str, ...]:
    if name not in (ISSUED_ON, VALID_UNTIL):
        return (f"{{{name}}}",)
    return (f"{{{name}}}", *(f"{{{name}:{form}}}" for form in FORMATS))
