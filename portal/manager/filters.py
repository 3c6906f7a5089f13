"""Which part of the board, of the open steps and of the commitments the address asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from werkzeug.datastructures import MultiDict

from approvals.queries.open_steps import Part
from approvals.queries.owed import Pressing
from approvals.vocabulary import LateReason, Light
from portal.arguments import Arguments
from portal.guards import LARGEST_NUMBER
from portal.searching import in_address, searched
from services.current import catalogue

PARTS: Mapping[str, tuple[Light, ...]] = {
    "late": (Light.RED, Light.DEEP_RED),
    "breached": (Light.DEEP_RED,),
    "soon": (Light.YELLOW,),
    "turning": (),
    "on_time": (Light.GREEN,),
    "stopped": (Light.PAUSED,),
    "granted": (),
}
LONGEST_SEARCH = 100
FILTERS = ("show", "day", "department")
"""Of the board, beside the search."""
PAGES = range(1, 100_000)


@dataclass(frozen=True, slots=True)
class Chosen:
    """`show` is a key of PARTS, or empty for everything that runs; `day` one of the coming days, on which it turns."""

    show: str
    day: date | None
    department: str
    search: str
    page: int

    @property
    def lights(self) -> tuple[Light, ...]:
        return PARTS.get(self.show, ())

    def turning(self, coming: Sequence[date]) -> Sequence[date]:
        """On which days green turns yellow, where that is asked."""
        if self.show != "turning":
            return ()
        return [self.day] if self.day else coming

    def as_arguments(self) -> dict[str, str]:
        """What links on the page carry on; the page's number is theirs."""
        day = self.day.isoformat() if self.day else ""
        kept = {"show": self.show, "day": day, "department": self.department}
        return {name: value for name, value in kept.items() if value} | in_address(self.search)


def chosen(arguments: MultiDict[str, str], coming: Sequence[date]) -> tuple[Chosen, bool]:
    """What was asked for, and whether all of it means something: nonsense is said, and everything shown."""
    asked = Arguments(arguments)
    search = searched(arguments).replace("\0", " ").strip()
    found = Chosen(
        asked.among("show", PARTS),
        asked.day("day", coming),
        asked.among("department", catalogue().departments),
        search[:LONGEST_SEARCH],
        asked.number("page", PAGES) or 1,
    )
    return found, not asked.unknown and len(search) <= LONGEST_SEARCH


@dataclass(frozen=True, slots=True)
class ChosenSteps:
    """Which steps; `holder` is the number of who has them, `day` one of the coming days, of what is due on it, `why`
    for which reason they are late.
    """

    part: Part | None
    why: LateReason | None
    holder: int | None
    day: date | None
    department: str
    page: int

    def as_arguments(self) -> dict[str, str]:
        day = self.day.isoformat() if self.day else ""
        kept = {
            "show": str(self.part or ""),
            "why": str(self.why or ""),
            "holder": str(self.holder or ""),
            "day": day,
            "department": self.department,
        }
        return {name: value for name, value in kept.items() if value}


def chosen_steps(arguments: MultiDict[str, str], coming: Sequence[date]) -> tuple[ChosenSteps, bool]:
    asked = Arguments(arguments)
    found = ChosenSteps(
        asked.word("show", Part),
        asked.word("why", LateReason),
        asked.number("holder", range(1, LARGEST_NUMBER + 1)),
        asked.day("day", coming),
        asked.among("department", catalogue().departments),
        asked.number("page", PAGES) or 1,
    )
    return found, not asked.unknown


@dataclass(frozen=True, slots=True)
class ChosenCommitments:
    """`pressing`: open ones of one light; else all that are open, or all that are closed."""

    is_closed: bool
    pressing: Pressing | None
    page: int

    def as_arguments(self) -> dict[str, str]:
        return {"show": "closed"} if self.is_closed else {"show": str(self.pressing)} if self.pressing else {}


def chosen_commitments(arguments: MultiDict[str, str]) -> tuple[ChosenCommitments, bool]:
    asked = Arguments(arguments)
    is_closed = asked.text("show") == "closed"
    pressing = None if is_closed else asked.word("show", Pressing)
    return ChosenCommitments(is_closed, pressing, asked.number("page", PAGES) or 1), not asked.unknown
