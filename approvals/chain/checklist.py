"""The checklist of a step: which points are looked at, and what of them stands against consent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from approvals.errors import PointsUnanswered, PointsUnmet, Refusal
from approvals.vocabulary import Judgement, Outcome
from services.answers import Answers, required_materials
from services.item import Item, Point

CONSENTS = frozenset({Outcome.ACCEPT, Outcome.AGREE, Outcome.AGREE_WITH_CONDITIONS, Outcome.GRANT})
"""What nobody says past a required point."""


@dataclass(frozen=True, slots=True)
class Tick:
    """How one point was found, with a note in words or without."""

    judgement: Judgement
    note: str = ""


Ticks = Mapping[str, Tick]
"""By the key of the point."""


def points(item: Item, key: str, answers: Answers) -> tuple[Point, ...]:
    """What whoever decides the step looks at: no point about a material that these answers do not call for."""
    checklist = item.steps[key].checklist
    if not checklist:
        return ()
    called = {material.key for material, _ in required_materials(item, answers)}
    materials = {material.key for material in item.materials}
    return tuple(each for each in checklist if each.about not in materials - called)


def against(asked: Sequence[Point], ticks: Ticks, outcome: Outcome) -> Refusal | None:
    """What of the required points stands against this outcome.

    A no lets pass with conditions only, and with a note; that a required point does not apply needs a note as well.
    """
    if outcome not in CONSENTS:
        return None
    required = [point.key for point in asked if point.required]
    if unanswered := [key for key in required if key not in ticks]:
        return PointsUnanswered(points=unanswered)
    unmet = [key for key in required if _stands_against(ticks[key], outcome)]
    return PointsUnmet(points=unmet) if unmet else None


def _stands_against(tick: Tick, outcome: Outcome) -> bool:
    if tick.judgement is Judgement.UNMET:
        return outcome is not Outcome.AGREE_WITH_CONDITIONS or not tick.note
    return tick.judgement is Judgement.NOT_APPLICABLE and not tick.note
