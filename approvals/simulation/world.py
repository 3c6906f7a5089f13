"""The simulated city: clerks with queues, applicants who answer, and applications that walk through chain and clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any, Final

import simpy

from approvals.chain.advance import advance
from approvals.chain.position import Facts, Position, locate
from approvals.clock.calendar import Calendar
from approvals.clock.deadline import due, used
from approvals.clock.pauses import Pause
from approvals.simulation.cases import Planned, Work
from approvals.vocabulary import Outcome
from services.item import Limit, StepKind, Unit
from services.project import Assumptions, Scheme, Traits

Steps = Generator[simpy.Event, Any, None]

CONSENT: Final[Mapping[StepKind, Outcome]] = {
    StepKind.ACCEPTANCE: Outcome.ACCEPT,
    StepKind.DECISION: Outcome.GRANT,
    StepKind.ISSUE: Outcome.ISSUED,
}


@dataclass(frozen=True, slots=True)
class Lot:
    """What chance gives one item of one project, the same in every scenario, so that only the procedure differs."""

    preparing: float
    effort: float
    share_used: float
    share_to_accept: float
    share_to_issue: float
    is_incomplete: bool
    answering_papers: float
    is_returned: bool
    answering_review: float
    returned_after: float
    """The part of its time after which the department returns it."""
    special: int


@dataclass(frozen=True, slots=True)
class Project:
    number: int
    arrives: float
    traits: Traits
    lots: Mapping[str, Lot]
    promises: bool
    """Whether its applicant promises where a promise is offered."""


@dataclass(slots=True)
class Passage:
    """How long one application took: whole working days, and the days in which no department had it."""

    stage: int
    start: date
    end: date
    waited: list[Pause]


@dataclass(slots=True)
class Load:
    """What one department had to do."""

    steps: int = 0
    late: int = 0
    """Past the promise."""
    unlawful: int = 0
    """Past the statutory limit."""
    queued: float = 0
    """Days that files lay before a clerk had time."""
    worked: float = 0
    """Clerk-days."""


@dataclass(slots=True)
class Record:
    """What came out of a run."""

    passages: dict[int, list[Passage]] = field(default_factory=dict)
    corrections: Counter[int] = field(default_factory=Counter)
    loads: dict[str, Load] = field(default_factory=dict)
    lasted: float = 0


def draw_lot(scheme: Scheme, assumptions: Assumptions, code: str, traits: Traits, chance: Random) -> Lot:
    special = scheme.special.get(code)
    happens = special is not None and (special.happens_if is None or special.happens_if.holds(traits))
    return Lot(
        preparing=assumptions.preparing.drawn(chance),
        effort=assumptions.effort.drawn(chance),
        share_used=assumptions.share_used.drawn(chance),
        share_to_accept=assumptions.share_used.drawn(chance),
        share_to_issue=assumptions.share_used.drawn(chance),
        is_incomplete=chance.random() < assumptions.correction_at_acceptance,
        answering_papers=assumptions.answering.drawn(chance),
        is_returned=chance.random() < assumptions.correction_in_review,
        answering_review=assumptions.answering.drawn(chance),
        returned_after=chance.random(),
        special=special.days if special is not None and happens else 0,
    )


@dataclass(frozen=True, slots=True)
class Move:
    """From one position of the chain to the next."""

    done: frozenset[str]
    opened: tuple[str, ...]
    is_finished: bool


class Course:
    """The chain as it is folded in all runs of one comparison: the same facts give the same position, so each is folded
    once. Plans are few and live as long as the comparison, so their identity is their name.
    """

    def __init__(self) -> None:
        self._positions: dict[tuple[int, frozenset[str]], Position] = {}
        self._moves: dict[tuple[int, frozenset[str], str], Move] = {}

    def move(self, planned: Planned, done: frozenset[str], key: str) -> Move:
        """What follows when the step `key` is done, too; empty: at the beginning."""
        name = id(planned.plan), done, key
        found = self._moves.get(name)
        if found is None:
            now = done | {key} if key else done
            before, after = self._position(planned, done) if key else None, self._position(planned, now)
            found = self._moves[name] = Move(now, advance(before, after).opened, after.is_finished)
        return found

    def _position(self, planned: Planned, done: frozenset[str]) -> Position:
        name = id(planned.plan), done
        found = self._positions.get(name)
        if found is None:
            outcomes = {key: CONSENT.get(planned.works[key].kind, Outcome.AGREE) for key in done}
            found = self._positions[name] = locate(planned.plan, Facts(outcomes))
        return found


class City:
    """One scenario in simulated time. `now` counts working days from `start`, so nights and holidays take none."""

    def __init__(
        self, calendar: Calendar, course: Course, start: date, assumptions: Assumptions, *, is_promised: bool
    ) -> None:
        self.calendar, self.course = calendar, course
        self.is_promised = is_promised
        """Whether departments work to what is promised, or to what the law allows."""
        self.env = simpy.Environment()
        self.record = Record()
        self._first = calendar.number(start)
        self._clerks = {
            name: simpy.Resource(self.env, capacity=max(1, number)) for name, number in assumptions.clerks.items()
        }
        self._due: dict[tuple[Limit, date], date | None] = {}
        self._days: dict[int, date] = {}

    def today(self) -> date:
        number = int(self.env.now)
        if number not in self._days:
            self._days[number] = self.calendar.numbered(self._first + number)
        return self._days[number]

    def project(self, project: Project, cases: list[Planned]) -> Steps:
        """One application after another; before each the applicant prepares it."""
        yield self.env.timeout(project.arrives)
        passages = self.record.passages.setdefault(project.number, [])
        for planned in cases:
            yield self.env.timeout(max(project.lots[code].preparing for code in planned.codes))
            walk = Walk(self, planned, project)
            start = self.today()
            yield walk.finished
            passages.append(Passage(planned.stage, start, self.today(), walk.waited))
            self.record.corrections[project.number] += walk.corrections
        self.record.lasted = max(self.record.lasted, self.env.now)

    def due(self, limit: Limit, opened: date) -> date | None:
        """The due date when nothing stops the clock."""
        key = limit, opened
        if key not in self._due:
            deadline = due(limit, opened, self.calendar)
            self._due[key] = deadline.due if deadline else None
        return self._due[key]

    def allowed(self, work: Work, opened: date) -> int:
        """Working days from today until the limit to which the department works runs out."""
        limit = work.promised if self.is_promised or work.statutory.days is None else work.statutory
        end = self.due(limit, opened)
        return self.calendar.working_days(opened, end) if end else 0

    def clerk(self, department: str) -> simpy.Resource:
        return self._clerks[department]

    def load(self, department: str) -> Load:
        return self.record.loads.setdefault(department, Load())


class Walk:
    """One application on its way: who must still decide is asked of the chain after every step."""

    def __init__(self, city: City, planned: Planned, project: Project) -> None:
        self.city, self.planned, self.project = city, planned, project
        self.lots = [project.lots[code] for code in planned.codes]
        self.finished = city.env.event()
        self.waited: list[Pause] = []
        self.corrections = 0
        self._done: frozenset[str] = frozenset()
        self._at_work = 0
        self._stopped: date | None = None
        for key in city.course.move(planned, self._done, "").opened:
            self._open(key)

    def _open(self, key: str) -> None:
        work = self.planned.works[key]
        self._begin()
        step = self._on_promise(work) if work.is_on_promise else self._step(work)
        self.city.env.process(step)

    def _close(self, key: str) -> None:
        move = self.city.course.move(self.planned, self._done, key)
        self._done = move.done
        self._at_work -= 1
        for opened in move.opened:
            self._open(opened)
        if move.is_finished:
            self.finished.succeed()
        elif not self._at_work:
            self._stopped = self.city.today()

    def _begin(self) -> None:
        """A department has it: the time in which none had it ends."""
        if self._stopped is not None:
            self.waited.append(Pause(self._stopped, self.city.today()))
            self._stopped = None
        self._at_work += 1

    def _pause(self, days: float) -> Steps:
        """No clock of this step runs; where no other department has the application, its own stands still, too."""
        self._at_work -= 1
        if not self._at_work:
            self._stopped = self.city.today()
        yield self.city.env.timeout(days)
        self._begin()

    def _on_promise(self, work: Work) -> Steps:
        """Decided by the portal the moment it opens."""
        yield self.city.env.timeout(0)
        self.city.load(work.department).steps += 1
        self._close(work.key)

    def _step(self, work: Work) -> Steps:
        city, opened = self.city, self.city.today()
        time = city.allowed(work, opened)
        pauses: list[Pause] = []
        if work.kind is StepKind.ACCEPTANCE:
            yield from self._accept(time, pauses)
        elif work.kind is StepKind.ISSUE:
            yield city.env.timeout(self.lots[-1].share_to_issue * time)
        else:
            yield from self._examine(work, self.project.lots[work.code], time, pauses)
        self._judge(work, opened, pauses)
        self._close(work.key)

    def _accept(self, time: int, pauses: list[Pause]) -> Steps:
        """What is missing of all items is said in one list, and waited for until the last is there."""
        yield self.city.env.timeout(self.lots[-1].share_to_accept * time)
        missing = [lot.answering_papers for lot in self.lots if lot.is_incomplete]
        if missing:
            self.corrections += 1
            yield from self._stopped_for(max(missing), pauses)
            yield self.city.env.timeout(self.lots[0].share_to_accept * time)

    def _examine(self, work: Work, lot: Lot, time: int, pauses: list[Pause]) -> Steps:
        """A clerk needs time for it when the queue allows; the department takes what it usually takes of the limit."""
        city, load = self.city, self.city.load(work.department)
        came = city.env.now
        if time:  # what is done on the spot is done by the portal
            with city.clerk(work.department).request() as turn:
                yield turn
                load.queued += city.env.now - came
                yield city.env.timeout(lot.effort)
                load.worked += lot.effort
        left = max(0.0, lot.share_used * time - (city.env.now - came))
        if lot.special:
            yield from self._stopped_for(lot.special, pauses)
        if lot.is_returned:
            self.corrections += 1
            yield city.env.timeout(left * lot.returned_after)
            yield from self._stopped_for(lot.answering_review, pauses)
            left *= 1 - lot.returned_after
        if left:
            yield city.env.timeout(left)

    def _stopped_for(self, days: float, pauses: list[Pause]) -> Steps:
        began = self.city.today()
        yield from self._pause(days)
        pauses.append(Pause(began, self.city.today()))

    def _judge(self, work: Work, opened: date, pauses: list[Pause]) -> None:
        """As the real clock does: on the day it is done, against both limits."""
        today = self.city.today()
        load = self.city.load(work.department)
        load.steps += 1
        load.late += self._is_past(work.promised, opened, pauses, today)
        load.unlawful += self._is_past(work.statutory, opened, pauses, today)

    def _is_past(self, limit: Limit, opened: date, pauses: list[Pause], today: date) -> bool:
        if not pauses:
            end = self.city.due(limit, opened)
            return end is not None and today > end
        deadline = due(limit, opened, self.city.calendar, pauses, today)
        return deadline is not None and today > deadline.due


def gross_days(passages: list[Passage], calendar: Calendar) -> int:
    """From the first application sent to the last certificate."""
    return calendar.working_days(passages[0].start, passages[-1].end)


def net_days(passages: list[Passage], calendar: Calendar) -> int:
    """Of these, the days on which a department had something of it on its desk."""
    return sum(used(passage.start, passage.end, calendar, passage.waited, Unit.WORKING_DAYS) for passage in passages)
