"""Pauses of the clock: spans of days that are not counted (Licensing Law art. 45)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Pause:
    """The day a pause begins is still counted, the days after it through `end` are not; `end` None = it still runs."""

    start: date
    end: date | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError("a pause ends on the day it begins or later")

    def covers(self, day: date) -> bool:
        """Whether the day is not counted because of this pause."""
        return self.start < day and (self.end is None or day <= self.end)

    def is_running_on(self, day: date) -> bool:
        """Whether it has begun and not yet ended on that day: true from the day it begins, false on its last day."""
        return self.start <= day and (self.end is None or day < self.end)


def spans(pauses: Iterable[Pause], ending_open: date) -> list[tuple[date, date]]:
    """The days not counted as disjoint spans in order, each (last day counted before it, last day not counted).

    A pause without end is taken to end on `ending_open`.
    """
    ordered = sorted(
        (pause.start, max(pause.start, ending_open) if pause.end is None else pause.end) for pause in pauses
    )
    joined: list[tuple[date, date]] = []
    for start, end in ordered:
        if start == end:
            continue  # began and ended on one day, and that day is counted
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def merged(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """The same uncounted days as the fewest pauses, in order: overlapping and adjacent ones count once."""
    return tuple(Pause(start, None if end == date.max else end) for start, end in spans(pauses, date.max))


def is_paused_on(day: date, pauses: Iterable[Pause]) -> bool:
    """Whether the day is not counted because of any of the pauses."""
    return any(pause.covers(day) for pause in pauses)
