"""The walk of one application through its departments, read from its trail: who had it, in turns or at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from approvals.events import Event


class Kind(StrEnum):
    """Of what an application goes through."""

    START = "start"
    STEP = "step"
    """A department has it on its desk."""
    MEND = "mend"
    """The applicant puts something right (补正)."""
    PAUSE = "pause"
    """A special procedure runs (特别程序)."""
    STOP = "stop"
    """The whole application is suspended (中止)."""
    END = "end"


@dataclass(frozen=True, slots=True)
class Activity:
    """`name` tells those of one kind apart: the key of the step, why it was paused, in what status it ended."""

    kind: Kind
    name: str = ""
    department: str = ""


START = Activity(Kind.START)
MEND = Activity(Kind.MEND)
STOP = Activity(Kind.STOP)


@dataclass(frozen=True, slots=True)
class Told:
    """An event of the trail. `day` is the running number of its working day; the department is told where a step
    opens.
    """

    kind: Event
    at: datetime
    day: int
    step: str = ""
    department: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """From one place in the trail to another. `track` counts what was interrupted and taken up again as one thing."""

    activity: Activity
    began: int
    ended: int
    first_day: int
    last_day: int
    track_began: int
    after: tuple[int, ...] | None = None
    """What it followed for certain, by place in the walk; None: whatever was over when it began."""
    is_interrupted: bool = False

    @property
    def days(self) -> int:
        """Working days after the one on which it began."""
        return max(0, self.last_day - self.first_day)


def walk_of(trail: Sequence[Told], ending: str) -> tuple[Visit, ...]:
    """In the order in which visits began. Parallel steps begin in the order of the chain, so that the same way is the
    same whoever was faster.
    """
    reader = _Reader()
    for place, told in enumerate(trail):
        reader.read(place, told)
    return reader.finish(len(trail), trail[-1] if trail else None, ending)


@dataclass(eq=False)
class _Visit:
    """One that is being built."""

    activity: Activity
    began: int
    since: Told
    track_began: int
    after: tuple[_Visit, ...] | None
    ended: int | None = None
    until: Told | None = None
    is_interrupted: bool = False


@dataclass
class _Reader:
    done: list[_Visit] = field(default_factory=list)
    now: dict[str, _Visit] = field(default_factory=dict)
    """What goes on, by step."""
    departments: dict[str, str] = field(default_factory=dict)
    held: dict[str, _Visit] = field(default_factory=dict)
    """What went on when the whole was suspended."""
    stopped: _Visit | None = None

    def read(self, place: int, told: Told) -> None:
        match told.kind:
            case Event.SUBMITTED if not self.done:
                self._end(self._begin(START, place, told, None), place, told)
            case Event.STEP_OPENED:
                self.departments[told.step] = told.department
                self.now[told.step] = self._begin(self._step(told.step), place, told, None)
            case Event.STEP_MOVED:
                self.departments[told.step] = told.department
            case Event.STEP_DECIDED if told.step in self.now:
                self._end(self.now.pop(told.step), place, told)
            case Event.STEP_DROPPED | Event.STEP_LEFT | Event.STEP_HELD:
                self._leave(place, told)
            case Event.SUSPENDED:
                self._suspend(place, told)
            case Event.RESUMED:
                self._resume(place, told)
            case _:
                self._interrupt(place, told)

    def _interrupt(self, place: int, told: Told) -> None:
        """What stops the clock of one step, and what starts it again."""
        on = self.now.get(told.step)
        match told.kind:
            case Event.CORRECTION_ASKED:
                self._turn(told.step, MEND, place, told)
            case Event.CORRECTION_ANSWERED:
                for key in [key for key, visit in self.now.items() if visit.activity == MEND]:
                    self._turn(key, self._step(key), place, told)
            case Event.CLOCK_PAUSED:
                self._turn(told.step, Activity(Kind.PAUSE, told.reason), place, told)
            case Event.CLOCK_RESUMED if on is not None and on.activity.kind is Kind.PAUSE:
                self._turn(told.step, self._step(told.step), place, told)

    def finish(self, place: int, last: Told | None, ending: str) -> tuple[Visit, ...]:
        if last is None:
            return ()
        for visit in [*self.now.values(), *([self.stopped] if self.stopped else [])]:
            self._end(visit, place, last)
        end = self._begin(Activity(Kind.END, ending), place, last, None)
        self._end(end, place, last)
        places = {id(visit): at for at, visit in enumerate(self.done)}
        return tuple(
            Visit(
                visit.activity,
                visit.began,
                visit.ended if visit.ended is not None else place,
                visit.since.day,
                (visit.until or last).day,
                visit.track_began,
                None if visit.after is None else tuple(places[id(each)] for each in visit.after),
                visit.is_interrupted,
            )
            for visit in self.done
        )

    def _step(self, key: str) -> Activity:
        return Activity(Kind.STEP, key, self.departments.get(key, ""))

    def _begin(self, activity: Activity, place: int, told: Told, after: tuple[_Visit, ...] | None) -> _Visit:
        track = min((each.track_began for each in after), default=place) if after else place
        visit = _Visit(activity, place, told, track, after)
        self.done.append(visit)
        return visit

    def _end(self, visit: _Visit, place: int, told: Told) -> None:
        visit.ended, visit.until = place, told

    def _turn(self, key: str, activity: Activity, place: int, told: Told) -> None:
        """What goes on at the step is interrupted by something else."""
        before = self.now.get(key)
        if before is None:
            return
        self._end(before, place, told)
        before.is_interrupted = True
        self.now[key] = self._begin(activity, place, told, (before,))

    def _leave(self, place: int, told: Told) -> None:
        """Nobody decides it any more. What had only just opened, in the same breath, never was on a desk."""
        visit = self.now.pop(told.step, None)
        if visit is None:
            self.held.pop(told.step, None)
            return
        self._end(visit, place, told)
        if visit.since.at == told.at and visit.after is None:
            self.done.remove(visit)

    def _suspend(self, place: int, told: Told) -> None:
        self.held = dict(self.now)
        for visit in self.held.values():
            self._end(visit, place, told)
            visit.is_interrupted = True
        self.now.clear()
        self.stopped = self._begin(STOP, place, told, tuple(self.held.values()) or None)

    def _resume(self, place: int, told: Told) -> None:
        stopped, self.stopped = self.stopped, None
        if stopped is None:
            return
        self._end(stopped, place, told)
        stopped.is_interrupted = bool(self.held)
        for key, visit in self.held.items():
            again = self._step(key) if visit.activity.kind is Kind.STEP else visit.activity
            self.now[key] = self._begin(again, place, told, (stopped,))
        self.held = {}
