"""Which part of the queue the address asks for."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from approvals.queries.queue import Show, Whose

LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    show: Show
    whose: Whose
    search: str
    page: int

    def as_arguments(self) -> dict[str, str]:
        """What links on the page carry on; the page's number is theirs."""
        kept = {
            "who": "" if self.whose is Whose.ALL else str(self.whose),
            "show": "" if self.show is Show.ALL else str(self.show),
            "q": self.search,
        }
        return {name: value for name, value in kept.items() if value}


def chosen(arguments: MultiDict[str, str]) -> tuple[Chosen, bool]:
    """What was asked for, and whether all of it means something: nonsense is said, and the whole queue shown."""
    show, whose = arguments.get("show", ""), arguments.get("who", "")
    page = arguments.get("page", "")
    search = arguments.get("q", "").replace("\0", " ").strip()
    is_part = show in set(Show)
    is_page = page.isascii() and page.isdigit() and 0 < int(page[:9]) < 100_000
    is_owner = whose in set(Whose)
    is_known = (is_part or not show) and (is_owner or not whose) and (is_page or not page)
    found = Chosen(
        Show(show) if is_part else Show.ALL,
        Whose(whose) if is_owner else Whose.ALL,
        search[:LONGEST_SEARCH],
        int(page[:9]) if is_page else 1,
    )
    return found, is_known and len(search) <= LONGEST_SEARCH


def only(arguments: dict[str, str], name: str, value: str) -> dict[str, str]:
    """The same address with another part of it chosen."""
    rest = {key: each for key, each in arguments.items() if key != name}
    return rest if value == "all" else {**rest, name: value}
