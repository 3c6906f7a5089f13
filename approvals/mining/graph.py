"""What followed what: the edges of one walk, and the counts of many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from approvals.mining.walk import Activity, Visit


@dataclass(frozen=True, slots=True)
class Leg:
    """From the end of one visit, by its place in the walk, to the beginning of another, so many working days later."""

    source: int
    target: int
    days: int


def legs(walk: Sequence[Visit]) -> tuple[Leg, ...]:
    """A visit follows whatever was over when it began and was not followed by something else that was over, too.

    Of visits one after another that is the path itself. Of steps in parallel each leads from where they parted to where
    they meet, and none to another that happened to end a day later.
    """
    found = []
    for place, visit in enumerate(walk):
        sources = visit.after if visit.after is not None else _before(walk, place)
        found += [Leg(each, place, max(0, visit.first_day - walk[each].last_day)) for each in sources]
    return tuple(found)


def _before(walk: Sequence[Visit], place: int) -> list[int]:
    began = walk[place].began
    over = [at for at in range(place) if walk[at].ended <= began and not walk[at].is_interrupted]
    return [at for at in over if not any(other != at and walk[other].track_began >= walk[at].ended for other in over)]


Counts = Mapping[int, int]
"""How often by number of whole working days: enough for every exact percentile."""


def number(counts: Counts) -> int:
    return sum(counts.values())


def within(counts: Counts, per_cent: int) -> int:
    """The least number of days within which so many of a hundred were: always one that happened."""
    wanted, reached = ceil(number(counts) * per_cent / 100), 0
    for days in sorted(counts):
        reached += counts[days]
        if reached >= wanted:
            return days
    return 0


def total(counts: Counts) -> int:
    """All days together."""
    return sum(days * times for days, times in counts.items())


def way_of(walk: Sequence[Visit]) -> tuple[Activity, ...]:
    """Which way an application went, however long it took."""
    return tuple(visit.activity for visit in walk)


def repeated(names: Iterable[str]) -> dict[str, int]:
    """What was visited more than once, and how often after the first time."""
    return {name: times - 1 for name, times in Counter(names).items() if times > 1}
