"""How lanes are drawn: spans and marks to scale on an axis of net working days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from approvals.chain.position import BEGUN
from approvals.clock.calendar import ONE_DAY, Calendar
from approvals.queries.lane import Lane, Stop
from approvals.vocabulary import CONSENTING, Light, PauseReason, StepStatus

AHEAD = 2
"""Working days of empty axis after the last thing drawn."""
OVERDUE = frozenset({Light.RED, Light.DEEP_RED})


class Stretch(StrEnum):
    """What a lane is during a span of days."""

    DONE = "done"
    REVIEW = "review"
    SOON = "soon"
    LATE = "late"
    PAUSED = "paused"
    RETURNED = "returned"
    LEFT = "left"
    """Ahead: from today to the promise while the clock runs."""
    PLAN = "plan"
    """Ahead: expected, for the clock has not begun or stands still."""


class Sign(StrEnum):
    """What stands at a day of a lane."""

    DONE = "done"
    REFUSED = "refused"
    REVIEW = "review"
    SOON = "review_soon"
    LATE = "late"
    RETURNED = "returned"
    PAUSED = "paused"
    WAIT = "wait"
    PROMISE = "promise"
    WAS = "was"
    """The promise before stopped days moved it."""


@dataclass(frozen=True, slots=True)
class Segment:
    """From day to day of the axis; a stop says why."""

    stretch: Stretch
    start: int
    end: int
    why: PauseReason | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    sign: Sign
    day: int


@dataclass(frozen=True, slots=True)
class Drawing:
    segments: tuple[Segment, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """Day 0 is `start`; days of rest take no width. `holidays` are (day, name, how many calendar days)."""

    start: date
    days: int
    today: int | None
    promise: tuple[int, date] | None
    statutory: tuple[int, date] | None
    holidays: tuple[tuple[int, str, int], ...]
    week_ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """Dates to days of an axis. A day of rest stands where the last working day before it ended."""

    start: date
    today: date
    calendar: Calendar

    def day(self, when: date) -> int:
        return self.calendar.number(when) - self.calendar.number(self.start)

    def draw(self, lane: Lane) -> Drawing:
        """Truthfully: only time that ran is drawn as review, and nothing that ran is left out."""
        return Drawing(tuple(self._segments(lane)), tuple(self._marks(lane)))

    def _segments(self, lane: Lane) -> Iterator[Segment]:
        if lane.opened is None:
            if lane.status is StepStatus.WAITING and lane.expected is not None:
                yield from self._span(Stretch.PLAN, lane.expected.start, lane.expected.end)
            return
        end = lane.closed or self.today
        since = lane.opened
        for stop in lane.stops:
            yield from self._worked(lane, since, min(stop.start, end))
            since = min(stop.end or end, end)
            kind = Stretch.RETURNED if stop.why is PauseReason.CORRECTION else Stretch.PAUSED
            yield from self._span(kind, min(stop.start, end), since, stop.why)
        yield from self._worked(lane, since, end)
        if lane.status in BEGUN and lane.promised_due is not None:
            ahead = Stretch.LEFT if lane.status is StepStatus.OPEN else Stretch.PLAN
            yield from self._span(ahead, self.today, lane.promised_due)

    def _worked(self, lane: Lane, start: date, end: date) -> Iterator[Segment]:
        """Time that ran; past the promise of an unfinished step it is late."""
        if lane.status not in BEGUN:
            yield from self._span(Stretch.DONE if lane.status is StepStatus.DONE else Stretch.PLAN, start, end)
            return
        kind = Stretch.SOON if lane.standing and lane.standing.light is Light.YELLOW else Stretch.REVIEW
        turn = lane.promised_due or lane.statutory_due or end
        yield from self._span(kind, start, min(end, turn))
        yield from self._span(Stretch.LATE, max(start, turn), end)

    def _span(self, stretch: Stretch, start: date, end: date, why: PauseReason | None = None) -> Iterator[Segment]:
        first, last = self.day(start), self.day(end)
        if first < last:
            yield Segment(stretch, first, last, why)

    def _marks(self, lane: Lane) -> Iterator[Mark]:
        if lane.unmoved_due is not None:
            yield Mark(Sign.WAS, self.day(lane.unmoved_due))
        if lane.promised_due is not None:
            yield Mark(Sign.PROMISE, self.day(lane.promised_due))
        for stop in lane.stops:
            yield Mark(_sign_of(stop), self.day(stop.start))
        if lane.status is StepStatus.DONE and lane.closed is not None:
            yield Mark(Sign.DONE if lane.outcome in CONSENTING else Sign.REFUSED, self.day(lane.closed))
        elif lane.status is StepStatus.OPEN and lane.standing is not None:
            yield Mark(_shuttle(lane.standing.light), self.day(self.today))
        elif lane.status is StepStatus.WAITING and lane.expected is not None:
            yield Mark(Sign.WAIT, self.day(lane.expected.start))

    def axis(self, lanes: Sequence[Lane], *, promise: date | None, statutory: date | None, is_running: bool) -> Axis:
        """Runs to the last thing drawn and a little further; `today` is None once nothing runs any more."""
        ends = [promise, statutory, self.today if is_running else None]
        for lane in lanes:
            ends += [lane.closed, lane.promised_due, lane.expected.end if lane.expected else None]
            ends += [stop.end for stop in lane.stops]
        last = max((end for end in ends if end is not None), default=self.start)
        days = max(self.day(last), 1) + AHEAD
        holidays, week_ends = self._rest(self.calendar.numbered(self.calendar.number(self.start) + days))
        return Axis(
            start=self.start,
            days=days,
            today=self.day(self.today) if is_running else None,
            promise=(self.day(promise), promise) if promise else None,
            statutory=(self.day(statutory), statutory) if statutory else None,
            holidays=holidays,
            week_ends=week_ends,
        )

    def _rest(self, last: date) -> tuple[tuple[tuple[int, str, int], ...], tuple[int, ...]]:
        """Holidays with their names and week ends between the days of the axis."""
        holidays: dict[tuple[int, str], int] = {}
        week_ends: set[int] = set()
        day = self.start + ONE_DAY
        while day < last:
            name = self.calendar.rest_name(day)
            if name:
                holidays[self.day(day), name] = holidays.get((self.day(day), name), 0) + 1
            elif not self.calendar.is_working_day(day):
                week_ends.add(self.day(day))
            day += ONE_DAY
        named = tuple((day, name, count) for (day, name), count in holidays.items())
        return named, tuple(sorted(week_ends - {day for day, _, _ in named}))


def _sign_of(stop: Stop) -> Sign:
    return Sign.RETURNED if stop.why is PauseReason.CORRECTION else Sign.PAUSED


def _shuttle(light: Light) -> Sign:
    if light in OVERDUE:
        return Sign.LATE
    return Sign.SOON if light is Light.YELLOW else Sign.REVIEW
