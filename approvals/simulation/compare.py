"""The same projects under several procedures: how many days each takes, and what the founding claim comes to."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Final

from approvals.clock.calendar import Calendar
from approvals.days import Days
from approvals.simulation.cases import Construction
from approvals.simulation.world import City, Course, Load, Passage, Project, Record, draw_lot, gross_days, net_days
from services.catalogue import Catalogue
from services.item import Text
from services.project import Assumptions, Profile, Projects

CLAIMED_BEFORE: Final = 219
CLAIMED_AFTER: Final = 90
"""Average days before and after, as the commissioning document says; the simulation never reads them."""
WANTED_RATIO: Final = 2.5
START: Final = date(2019, 1, 2)
"""The first working day of the first official year of the catalogue's calendar."""


@dataclass(frozen=True, slots=True)
class Procedure:
    key: str
    name: Text
    is_in_stages: bool
    is_promised: bool
    """Departments work to their promises; if not, to what the law allows."""
    with_commitments: bool = False


PROCEDURES: Final = (
    Procedure(
        "one_by_one",
        Text("逐项办理，按法定时限", "One by one, to statutory limits"),
        is_in_stages=False,
        is_promised=False,
    ),
    Procedure(
        "one_by_one_promised",
        Text("逐项办理，按承诺时限", "One by one, to promised limits"),
        is_in_stages=False,
        is_promised=True,
    ),
    Procedure(
        "in_stages_statutory",
        Text("四阶段并联，按法定时限", "Four stages in parallel, to statutory limits"),
        is_in_stages=True,
        is_promised=False,
    ),
    Procedure(
        "in_stages",
        Text("四阶段并联，按承诺时限", "Four stages in parallel, to promised limits"),
        is_in_stages=True,
        is_promised=True,
    ),
    Procedure(
        "in_stages_on_promise",
        Text("四阶段并联，先承诺后审批", "Four stages in parallel, commitment first"),
        is_in_stages=True,
        is_promised=True,
        with_commitments=True,
    ),
)
BASELINE, LIKE_FOR_LIKE, BEST = PROCEDURES[0].key, PROCEDURES[1].key, PROCEDURES[-1].key


@dataclass(frozen=True, slots=True)
class StageDays:
    stage: int
    gross: Days
    net: Days


@dataclass(frozen=True, slots=True)
class DepartmentLoad:
    code: str
    clerks: int
    busy: float
    """The share of the clerks' time that these items took, from the first project to the last."""
    steps: int
    late: int
    unlawful: int
    queued: float
    """Days that a file lay before a clerk had time, on average."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one procedure comes to."""

    procedure: Procedure
    gross: Days
    net: Days
    corrections: float
    """Per project, on average."""
    stages: tuple[StageDays, ...]
    loads: tuple[DepartmentLoad, ...]

    @property
    def steps(self) -> int:
        return sum(load.steps for load in self.loads)

    @property
    def in_time(self) -> float:
        """The share of steps that kept their promise."""
        return 1 - sum(load.late for load in self.loads) / max(1, self.steps)

    @property
    def lawful(self) -> float:
        return 1 - sum(load.unlawful for load in self.loads) / max(1, self.steps)


@dataclass(frozen=True, slots=True)
class Goal:
    """`ratio`: one by one to statutory limits against commitment first; `ratio_alike`: one by one to the same promised
    limits; `days`: the average of commitment first.
    """

    key: str
    is_net: bool
    wanted: float
    found: float
    holds: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    profile: Profile
    assumptions: Assumptions
    number: int
    seed: int
    start: date
    until: date
    """The last day of simulated time in any procedure."""
    items: Days
    """How many items a project needs."""
    used: Mapping[str, int]
    """Item → how many of the projects need it."""
    departments: Mapping[str, int]
    """Department → in how many of the projects it takes part."""
    outcomes: Mapping[str, Outcome]

    def goals(self) -> tuple[Goal, ...]:
        """The founding claim put to the test, with and without the time in which only the applicant had it."""
        found: list[Goal] = []
        for is_net in (True, False):
            baseline, alike, best = (self.mean(key, is_net=is_net) for key in (BASELINE, LIKE_FOR_LIKE, BEST))
            found += [
                Goal("ratio", is_net, WANTED_RATIO, baseline / best, baseline / best >= WANTED_RATIO),
                Goal("ratio_alike", is_net, WANTED_RATIO, alike / best, alike / best >= WANTED_RATIO),
                Goal("days", is_net, CLAIMED_AFTER, best, best <= CLAIMED_AFTER),
            ]
        return tuple(found)

    def mean(self, procedure: str, *, is_net: bool) -> float:
        outcome = self.outcomes[procedure]
        return float((outcome.net if is_net else outcome.gross).mean or 0)


def compare(
    catalogue: Catalogue,
    data: Projects,
    profile: Profile,
    calendar: Calendar,
    *,
    assumptions: Assumptions,
    number: int,
    seed: int,
    start: date = START,
    procedures: Sequence[Procedure] = PROCEDURES,
) -> Comparison:
    """Deterministic: the same arguments give the same days. No input is chosen by what comes out."""
    if profile.projects_per_day is not None:
        assumptions = replace(assumptions, projects_per_day=profile.projects_per_day)
    construction = Construction(catalogue, data.scheme, assumptions)
    drawn = _draw(construction, data, profile, assumptions, number, seed)
    course, outcomes, until = Course(), {}, start
    was_collecting = gc.isenabled()
    gc.disable()  # nothing of a run becomes garbage before its end; the collector would walk it all again and again
    try:
        for procedure in procedures:
            outcomes[procedure.key], last = _run(construction, course, drawn, procedure, calendar, assumptions, start)
            until = max(until, last)
    finally:
        if was_collecting:
            gc.enable()
    used = Counter(code for project in drawn for code in project.lots)
    involved = Counter(
        department for project in drawn for department in {catalogue.items[code].department for code in project.lots}
    )
    return Comparison(
        profile,
        assumptions,
        number,
        seed,
        start,
        until,
        Days.of(len(project.lots) for project in drawn),
        dict(sorted(used.items())),
        {code: involved[code] for code in assumptions.clerks},
        outcomes,
    )


def _draw(
    construction: Construction, data: Projects, profile: Profile, assumptions: Assumptions, number: int, seed: int
) -> list[Project]:
    """Each project has a chance of its own: more projects, or another procedure, change nothing of the others."""
    arrivals, at = Random(f"{seed}"), 0.0
    found: list[Project] = []
    for index in range(number):
        chance = Random(f"{seed}/{index}")
        promises = chance.random() < assumptions.commitment_uptake
        traits = profile.drawn(chance)
        codes = (code for planned in construction.one_by_one(traits) for code in planned.codes)
        lots = {
            code: draw_lot(data.scheme, assumptions, code, traits, Random(f"{seed}/{index}/{code}")) for code in codes
        }
        found.append(Project(index, at, traits, lots, promises))
        at += arrivals.expovariate(assumptions.projects_per_day)
    return found


def _run(
    construction: Construction,
    course: Course,
    projects: Sequence[Project],
    procedure: Procedure,
    calendar: Calendar,
    assumptions: Assumptions,
    start: date,
) -> tuple[Outcome, date]:
    city = City(calendar, course, start, assumptions, is_promised=procedure.is_promised)
    for project in projects:
        if procedure.is_in_stages:
            promises = procedure.with_commitments and project.promises
            cases = construction.in_stages(project.traits, promises=promises)
        else:
            cases = construction.one_by_one(project.traits)
        city.env.process(city.project(project, cases))
    city.env.run()
    return _outcome(procedure, city.record, calendar, assumptions), city.today()


def _outcome(procedure: Procedure, record: Record, calendar: Calendar, assumptions: Assumptions) -> Outcome:
    passages = list(record.passages.values())
    by_stage: dict[int, list[list[Passage]]] = {}
    for project in passages:
        for stage in sorted({each.stage for each in project}):
            by_stage.setdefault(stage, []).append([each for each in project if each.stage == stage])
    return Outcome(
        procedure,
        Days.of(gross_days(each, calendar) for each in passages),
        Days.of(net_days(each, calendar) for each in passages),
        sum(record.corrections.values()) / max(1, len(passages)),
        tuple(
            StageDays(
                stage,
                Days.of(gross_days(each, calendar) for each in of_stage),
                Days.of(net_days(each, calendar) for each in of_stage),
            )
            for stage, of_stage in sorted(by_stage.items())
        ),
        tuple(
            _load(code, clerks, record.loads.get(code, Load()), record.lasted)
            for code, clerks in assumptions.clerks.items()
        ),
    )


def _load(code: str, clerks: int, load: Load, lasted: float) -> DepartmentLoad:
    busy = load.worked / (clerks * lasted) if lasted else 0.0
    return DepartmentLoad(code, clerks, busy, load.steps, load.late, load.unlawful, load.queued / max(1, load.steps))
