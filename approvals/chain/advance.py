"""What changed from one position to the next."""

from __future__ import annotations

from dataclasses import dataclass

from approvals.chain.position import Position
from approvals.vocabulary import StepStatus


@dataclass(frozen=True, slots=True)
class Advance:
    """Keys of the steps that opened and of those that fell away, in plan order."""

    opened: tuple[str, ...]
    dropped: tuple[str, ...]


def advance(before: Position | None, after: Position) -> Advance:
    """Compare; without a position before, every open step has just opened."""
    earlier = before.steps if before else {}

    def turned(*wanted: StepStatus) -> tuple[str, ...]:
        return tuple(key for key, status in after.steps.items() if status in wanted and earlier.get(key) is not status)

    opened = tuple(key for key in turned(StepStatus.OPEN) if earlier.get(key, StepStatus.WAITING) is StepStatus.WAITING)
    return Advance(opened, turned(StepStatus.MOOT, StepStatus.CUT_OFF))
