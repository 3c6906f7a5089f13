"""Which part of the board the address asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from approvals.vocabulary import Light

PARTS: Mapping[str, tuple[Light, ...]] = {
    "late": (Light.RED, Light.DEEP_RED),
    "soon": (Light.YELLOW,),
    "on_time": (Light.GREEN,),
    "stopped": (Light.PAUSED,),
}
LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """`show` is a key of PARTS, or empty for everything that runs."""

    show: str
    department: str
    search: str
    page: int

    @property
    def lights(self) -> tuple[Light, ...]:
        return PARTS.get(self.show, ())

    def as_arguments(self) -> dict[str, str]:
        """What links on the page carry on; the page's number is theirs."""
        kept = {"show": self.show, "department": self.department, "q": self.search}
        return {name: value for name, value in kept.items() if value}


def chosen(arguments: MultiDict[str, str]) -> tuple[Chosen, bool]:
    """What was asked for, and whether all of it means something: nonsense is said, and everything shown."""
    show, page = arguments.get("show", ""), arguments.get("page", "")
    department, search = (arguments.get(name, "").replace("\0", " ").strip() for name in ("department", "q"))
    is_page = page.isascii() and page.isdigit() and 0 < int(page[:9]) < 100_000
    is_department = len(department) <= 64 and department.replace("_", "").replace("-", "").isalnum()
    is_known = (
        (show in PARTS or not show)
        and (is_page or not page)
        and (is_department or not department)
        and len(search) <= LONGEST_SEARCH
    )
    found = Chosen(
        show if show in PARTS else "",
        department if is_department else "",
        search[:LONGEST_SEARCH],
        int(page[:9]) if is_page else 1,
    )
    return found, is_known
