"""One notice (一次性告知): everything to be mended in one list, by the place where it is mended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from approvals.records.correction import Correction
from services.item import Item, Text, label


@dataclass(frozen=True, slots=True)
class Demand:
    """What one department wants done. `why_again` says why it did not ask before, where it could have."""

    department: Text
    step: Text
    words: str
    why_again: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Demanded:
    """A question or material, and what the departments want done with it, who asked first first."""

    target: str
    label: Text
    demands: tuple[Demand, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where things are mended: a section by its key, or the materials (None)."""

    section: str | None
    title: Text | None
    things: tuple[Demanded, ...]


def notice(item: Item, corrections: Iterable[Correction], departments: Mapping[str, Text]) -> tuple[Place, ...]:
    """Of these corrections; places and things in the order in which the applicant filled them in."""
    demands: dict[str, list[Demand]] = {}
    for asked in sorted(corrections, key=lambda each: (each.asked_at, each.id)):
        for entry in asked.entries:
            demand = Demand(
                department=departments[asked.step.department_code],
                step=item.steps[asked.step.key].title,
                words=entry.text,
                why_again=asked.why_again,
                asked_at=asked.asked_at,
            )
            demands.setdefault(entry.target, []).append(demand)
    orders = [(section.key, section.title, [each.key for each in section.questions]) for section in item.sections]
    found = [Place(key, title, _things(item, keys, demands)) for key, title, keys in orders]
    found.append(Place(None, None, _things(item, [each.key for each in item.materials], demands)))
    return tuple(place for place in found if place.things)


def _things(item: Item, keys: Iterable[str], demands: Mapping[str, list[Demand]]) -> tuple[Demanded, ...]:
    return tuple(Demanded(key, label(item, key), tuple(demands[key])) for key in keys if key in demands)
