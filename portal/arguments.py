"""What an address asks for behind its question mark: words of a vocabulary, numbers, and what of it means nothing."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from enum import StrEnum
from typing import TypeVar

from werkzeug.datastructures import MultiDict

LONGEST_NUMBER = 10
"""Digits."""
Word = TypeVar("Word", bound=StrEnum)


class Arguments:
    """Reads them one by one; `unknown` gathers the names of those that mean nothing and count as not given."""

    def __init__(self, given: MultiDict[str, str]) -> None:
        self.given = given
        self.unknown: list[str] = []

    def text(self, name: str) -> str:
        return self.given.get(name, "")

    def word(self, name: str, vocabulary: type[Word]) -> Word | None:
        given = self.text(name)
        if given and given not in set(vocabulary):
            self.unknown.append(name)
        return vocabulary(given) if given in set(vocabulary) else None

    def number(self, name: str, within: range) -> int | None:
        given = self.text(name)
        is_number = given.isascii() and given.isdigit() and len(given) <= LONGEST_NUMBER and int(given) in within
        if given and not is_number:
            self.unknown.append(name)
        return int(given) if is_number else None

    def among(self, name: str, known: Container[str]) -> str:
        """One of these words; empty where none is given."""
        given = self.text(name)
        if given and given not in known:
            self.unknown.append(name)
        return given if given in known else ""

    def day(self, name: str, known: Container[date]) -> date | None:
        """One of these days, written as ISO 8601."""
        given = self.text(name)
        try:
            day = date.fromisoformat(given) if given else None
        except ValueError:
            day = None
        is_known = day is not None and day in known
        if given and not is_known:
            self.unknown.append(name)
        return day if is_known else None
