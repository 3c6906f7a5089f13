"""Which part of the queue the address asks for."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from approvals.queries.queue_filter import Filters, Late, Manner, Round, Second, Seen, Show, Whose
from portal.arguments import Arguments
from portal.guards import LARGEST_NUMBER
from portal.searching import OPEN, SEARCH, in_address, searched
from services.current import catalogue

LONGEST_SEARCH = 100
EVERYTHING = "show=all"
"""As a view of it is kept: nothing in the address would lead to the default view."""
FILTERS = ("who", "show", "holder", "item", "round", "manner", "seen", "second", "late")
NAMES = (*FILTERS, *SEARCH)
"""The parts of the address that choose; the page's number is none."""


@dataclass(frozen=True, slots=True)
class Chosen:
    filters: Filters
    page: int

    def as_arguments(self) -> dict[str, str]:
        """What links on the page carry on; the page's number is theirs."""
        return {**self._filters(), **in_address(self.filters.search)}

    def as_kept(self) -> str:
        """What a saved view holds: the search as it was typed, for the record seals it."""
        return urlencode({**self._filters(), OPEN: self.filters.search} if self.filters.search else self._filters())

    def _filters(self) -> dict[str, str]:
        asked = self.filters
        kept = {
            "who": "" if asked.whose is Whose.ALL else str(asked.whose),
            "show": "" if asked.show is Show.ALL else str(asked.show),
            "holder": str(asked.holder or ""),
            "item": asked.item,
            "round": str(asked.round or ""),
            "manner": str(asked.manner or ""),
            "seen": str(asked.seen or ""),
            "second": str(asked.second or ""),
            "late": str(asked.late or ""),
        }
        return {name: value for name, value in kept.items() if value}


def chosen(arguments: MultiDict[str, str]) -> tuple[Chosen, bool]:
    """What was asked for, and whether all of it means something: nonsense is said, and the whole queue shown."""
    asked = Arguments(arguments)
    search = searched(arguments).replace("\0", " ").strip()
    item = asked.text("item")
    if item and item not in catalogue().items:
        asked.unknown.append("item")
    filters = Filters(
        show=asked.word("show", Show) or Show.ALL,
        whose=asked.word("who", Whose) or Whose.ALL,
        holder=asked.number("holder", range(1, LARGEST_NUMBER + 1)),
        item=item if item in catalogue().items else "",
        round=asked.word("round", Round),
        manner=asked.word("manner", Manner),
        seen=asked.word("seen", Seen),
        second=asked.word("second", Second),
        late=asked.word("late", Late),
        search=search[:LONGEST_SEARCH],
    )
    found = Chosen(filters, asked.number("page", range(1, 100_000)) or 1)
    return found, not asked.unknown and len(search) <= LONGEST_SEARCH


def only(arguments: dict[str, str], name: str, value: str) -> dict[str, str]:
    """The same address with another part of it chosen."""
    rest = {key: each for key, each in arguments.items() if key != name}
    return rest if value == "all" else {**rest, name: value}


def view_address(kept: str) -> str:
    """Where the queue is shown as a saved view keeps it."""
    arguments = dict(parse_qsl(kept))
    search = arguments.pop(OPEN, "")
    return queue_address(arguments | in_address(search))


def queue_address(arguments: dict[str, str]) -> str:
    address = url_for("clerk.queue")
    return f"{address}?{urlencode(arguments)}" if arguments else address
