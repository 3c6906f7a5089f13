"""Which part of the queue the address asks for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from approvals.queries.queue_filter import Filters, Manner, Round, Seen, Show, Whose
from portal.guards import LARGEST_NUMBER
from services.current import catalogue

LONGEST_SEARCH = 100
NAMES = ("who", "show", "holder", "item", "round", "manner", "seen", "q")
"""The parts of the address that are filters; the page's number is none."""

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Chosen:
    filters: Filters
    page: int

    def as_arguments(self) -> dict[str, str]:
        """What links on the page carry on; the page's number is theirs."""
        asked = self.filters
        kept = {
            "who": "" if asked.whose is Whose.ALL else str(asked.whose),
            "show": "" if asked.show is Show.ALL else str(asked.show),
            "holder": str(asked.holder or ""),
            "item": asked.item,
            "round": str(asked.round or ""),
            "manner": str(asked.manner or ""),
            "seen": str(asked.seen or ""),
            "q": asked.search,
        }
        return {name: value for name, value in kept.items() if value}


def chosen(arguments: MultiDict[str, str]) -> tuple[Chosen, bool]:
    """What was asked for, and whether all of it means something: nonsense is said, and the whole queue shown."""
    unknown: list[str] = []

    def word(name: str, vocabulary: type[Word]) -> Word | None:
        given = arguments.get(name, "")
        if given and given not in set(vocabulary):
            unknown.append(name)
        return vocabulary(given) if given in set(vocabulary) else None

    def number(name: str, most: int) -> int | None:
        given = arguments.get(name, "")
        is_number = given.isascii() and given.isdigit() and len(given) < 11 and 0 < int(given) <= most
        if given and not is_number:
            unknown.append(name)
        return int(given) if is_number else None

    search = arguments.get("q", "").replace("\0", " ").strip()
    item = arguments.get("item", "")
    if item and item not in catalogue().items:
        unknown.append("item")
    filters = Filters(
        show=word("show", Show) or Show.ALL,
        whose=word("who", Whose) or Whose.ALL,
        holder=number("holder", LARGEST_NUMBER),
        item=item if item in catalogue().items else "",
        round=word("round", Round),
        manner=word("manner", Manner),
        seen=word("seen", Seen),
        search=search[:LONGEST_SEARCH],
    )
    found = Chosen(filters, number("page", 99_999) or 1)
    return found, not unknown and len(search) <= LONGEST_SEARCH


def only(arguments: dict[str, str], name: str, value: str) -> dict[str, str]:
    """The same address with another part of it chosen."""
    rest = {key: each for key, each in arguments.items() if key != name}
    return rest if value == "all" else {**rest, name: value}


def queue_address(arguments: dict[str, str]) -> str:
    address = url_for("clerk.queue")
    return f"{address}?{urlencode(arguments)}" if arguments else address
