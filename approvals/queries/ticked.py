"""What whoever decided a step ticked of its checklist, in the words of the catalogue as it was published."""

from __future__ import annotations

from dataclasses import dataclass

from approvals.records.proposal import Proposal
from approvals.records.step import Decision
from approvals.vocabulary import Judgement
from services.item import Item, Text


@dataclass(frozen=True, slots=True)
class Ticked:
    """One point, and how it was found."""

    words: Text
    basis: str
    judgement: Judgement
    note: str


def ticked(item: Item, key: str, decision: Decision | Proposal | None) -> tuple[Ticked, ...]:
    """In the order of the checklist; nothing where nobody looked (deemed, promised, or no checklist)."""
    if decision is None or not decision.ticks:
        return ()
    points = {point.key: point for point in item.steps[key].checklist}
    return tuple(
        Ticked(points[point].words, points[point].basis, Judgement(judgement), note)
        for point, judgement, note in decision.ticks
    )
