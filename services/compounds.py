"""Answers made of several parts: a period, a person, a place on the map, the entries of a table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import TYPE_CHECKING

from services.item import Kind, Question, Text

if TYPE_CHECKING:
    from services.answers import Value


@dataclass(frozen=True, slots=True)
class Compound:
    """Parts by their keys, in the order in which they are asked; one that was left empty is not there."""

    parts: tuple[tuple[str, Value], ...]

    def part(self, name: str) -> Value | None:
        found = dict(self.parts)
        start, end = found.get("start"), found.get("end")
        if name == "days" and isinstance(start, date) and isinstance(end, date):
            return Decimal((end - start).days + 1)
        return found.get(name)

    def without(self, key: str) -> Compound:
        return Compound(tuple(pair for pair in self.parts if pair[0] != key))


@dataclass(frozen=True, slots=True)
class Rows:
    """The entries of a group or table, in their order."""

    entries: tuple[Compound, ...]

    def part(self, name: str) -> Value | None:
        """How many there are, whether two of their periods overlap, or the sum of a column of numbers."""
        if name == "count":
            return Decimal(len(self.entries))
        if name == "overlaps":
            return any(_overlap(one, other) for one, other in combinations(self._periods(), 2))
        numbers = [value for entry in self.entries if isinstance(value := entry.part(name), Decimal)]
        return sum(numbers, Decimal(0)) if numbers else None

    def _periods(self) -> Iterator[tuple[date, date]]:
        for entry in self.entries:
            for _key, value in entry.parts:
                if isinstance(value, Compound):
                    start, end = value.part("start"), value.part("end")
                    if isinstance(start, date) and isinstance(end, date):
                        yield start, end


def _overlap(one: tuple[date, date], other: tuple[date, date]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


ROWS = frozenset({Kind.GROUP, Kind.TABLE})
MOST_ROWS = 30
"""Entries of a group or table where its question does not say how many."""
WEST, EAST, SOUTH, NORTH = Decimal("102.98"), Decimal("104.90"), Decimal("30.09"), Decimal("31.44")
"""The box around the city, in degrees (CGCS2000)."""


def is_in_the_city(east: Decimal, north: Decimal) -> bool:
    return WEST <= east <= EAST and SOUTH <= north <= NORTH


DEGREE = Text("°", "°")

MEMBERS: dict[Kind, tuple[Question, ...]] = {
    Kind.PERIOD: (
        Question("start", Kind.DATE, Text("从哪天", "From")),
        Question("end", Kind.DATE, Text("到哪天", "To")),
    ),
    Kind.PERSON: (
        Question("name", Kind.TEXT, Text("姓名", "Name"), max_length=50),
        Question("identity_number", Kind.IDENTITY_NUMBER, Text("身份证号", "Identity number")),
        Question("phone", Kind.PHONE, Text("联系电话", "Phone"), required=False),
    ),
    Kind.ORGANISATION: (
        Question("name", Kind.TEXT, Text("名称", "Name"), max_length=100),
        Question("credit_code", Kind.CREDIT_CODE, Text("统一社会信用代码", "Unified social credit code")),
    ),
    Kind.POINT: (
        Question(
            "longitude", Kind.NUMBER, Text("经度", "Longitude"), minimum=WEST, maximum=EAST, unit=DEGREE, decimals=7
        ),
        Question(
            "latitude", Kind.NUMBER, Text("纬度", "Latitude"), minimum=SOUTH, maximum=NORTH, unit=DEGREE, decimals=7
        ),
    ),
}
"""What is asked of the kinds that are made of others."""

DERIVED: dict[Kind, tuple[str, ...]] = {
    Kind.PERIOD: ("days",),
    Kind.BOUNDARY: ("area", "corners"),
    Kind.SIGNATURE: ("name", "on"),
    Kind.GROUP: ("count", "overlaps"),
    Kind.TABLE: ("count", "overlaps"),
}
"""Parts that follow from the answer beside those that are asked."""


def members(question: Question) -> tuple[Question, ...]:
    return question.columns or MEMBERS.get(question.kind, ())


def parts_of(question: Question) -> Sequence[str]:
    """What a condition may name after a point."""
    asked = members(question)
    if question.kind in ROWS:
        asked = tuple(each for each in asked if each.kind in {Kind.NUMBER, Kind.MONEY, Kind.AREA})
    return (*(each.key for each in asked), *DERIVED.get(question.kind, ()))


def digest(words: Text) -> str:
    """What a signature binds: exactly these words, in both languages."""
    return hashlib.sha256(f"{words.zh}\n{words.en}".encode()).hexdigest()
