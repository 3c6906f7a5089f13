"""Simulated projects: what no chance touches is reckoned by hand, and chance is the same under every procedure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from random import Random

import pytest

from approvals.clock.calendar import Calendar
from approvals.simulation.cases import Construction
from approvals.simulation.compare import PROCEDURES, Comparison, compare
from services.current import catalogue
from services.item import OPINIONS, Handling
from services.project import Assumptions, Triangle, projects

DATA = projects()
CALENDAR = Calendar(catalogue().calendar.values())
NOTHING = Triangle(0, 0, 0)
PLAIN = replace(
    DATA.assumptions,
    effort=NOTHING,
    share_used=Triangle(1, 1, 1),
    preparing=NOTHING,
    answering=NOTHING,
    correction_at_acceptance=0.0,
    correction_in_review=0.0,
    commitment_uptake=1.0,
    projects_per_day=0.001,
)
"""Nobody waits, nobody errs, and every department takes its whole promise."""


def run(
    profile: str, assumptions: Assumptions, number: int, *keys: str, seed: int = 7, start: date = date(2024, 3, 4)
) -> Comparison:
    chosen = [each for each in PROCEDURES if each.key in keys] if keys else PROCEDURES
    return compare(
        catalogue(),
        DATA,
        DATA.profiles[profile],
        CALENDAR,
        assumptions=assumptions,
        number=number,
        seed=seed,
        start=start,
        procedures=chosen,
    )


@cache
def usual() -> Comparison:
    return run("average", DATA.assumptions, 12)


def without_special(profile: str, *keys: str) -> Comparison:
    scheme = replace(DATA.scheme, special={})
    return compare(
        catalogue(),
        replace(DATA, scheme=scheme),
        replace(DATA.profiles[profile], projects_per_day=None),
        CALENDAR,
        assumptions=PLAIN,
        number=1,
        seed=1,
        start=date(2024, 3, 4),
        procedures=[each for each in PROCEDURES if each.key in keys],
    )


def promised(code: str) -> int:
    item = catalogue().items[code]
    handling = item.steps.values() if item.handling is Handling.JOINT else ()
    own = next((step for step in handling if step.item_code == code), None)
    days = (own or item).promised.days
    return int((days or Decimal(0)).to_integral_value(rounding="ROUND_CEILING"))


def test_one_by_one_is_the_sum_of_all_promises() -> None:
    found = without_special("sixteen", "one_by_one_promised")
    wanted = sum(1 + promised(code) + 1 for code in found.used)
    assert found.outcomes["one_by_one_promised"].net.counts == {wanted: 1}
    assert found.outcomes["one_by_one_promised"].gross.counts == {wanted: 1}


def test_in_stages_it_is_the_longest_way_through_each() -> None:
    found = without_special("sixteen", "in_stages")
    wanted = 0
    for number, stage in DATA.scheme.stages.items():
        reached: dict[str, int] = {}

        def end(code: str, stage: object = stage, reached: dict[str, int] = reached) -> int:
            """When it is done after acceptance; what does not take part ends with what it waits for."""
            part = next(each for each in DATA.scheme.stages[number].parts if each.code == code)  # noqa: B023
            before = max((end(other) for other in part.after), default=0)
            return before + (promised(code) if code in found.used else 0)

        codes = [part.code for part in stage.parts if part.code != stage.closes]
        if number == 3:
            steps = catalogue().items["GC303"].steps.values()
            longest = max(
                promised(each.item_code or "")
                for each in steps
                if each.item_code in found.used and each.kind in OPINIONS
            )
        else:
            longest = max(end(code) for code in codes)
        wanted += 1 + longest + promised(stage.closes) + 1
    assert found.outcomes["in_stages"].net.counts == {wanted: 1}


def test_the_same_arguments_give_the_same_days_and_another_seed_others() -> None:
    one, again = (run("average", DATA.assumptions, 4, "in_stages") for _ in range(2))
    assert one == again
    assert run("average", DATA.assumptions, 4, "in_stages", seed=8).outcomes != one.outcomes


def test_a_project_has_the_same_luck_under_every_procedure() -> None:
    found = usual().outcomes
    assert found["one_by_one"].corrections == found["one_by_one_promised"].corrections
    assert found["in_stages_statutory"].corrections == found["in_stages"].corrections
    assert found["in_stages"].corrections < found["one_by_one"].corrections, "papers are asked for in one list"
    assert found["in_stages_on_promise"].corrections < found["in_stages"].corrections


def test_net_is_part_of_gross_and_every_step_of_the_reform_shortens_it() -> None:
    found = usual()
    for outcome in found.outcomes.values():
        assert outcome.net.number == outcome.gross.number == 12
        assert (outcome.net.total or 0) < (outcome.gross.total or 0)
    net = {key: found.mean(key, is_net=True) for key in found.outcomes}
    assert net["one_by_one"] > net["one_by_one_promised"] > net["in_stages"] > net["in_stages_on_promise"]
    assert net["one_by_one"] > net["in_stages_statutory"] > net["in_stages"]


def test_a_stage_is_counted_once_and_the_stages_make_the_whole() -> None:
    for outcome in usual().outcomes.values():
        assert [stage.stage for stage in outcome.stages] == [1, 2, 3, 4]
        assert sum(stage.net.total for stage in outcome.stages) == outcome.net.total


def test_more_clerks_shorten_the_queue_and_a_shorter_limit_the_way() -> None:
    few = replace(DATA.assumptions, clerks={**DATA.assumptions.clerks, "ZJ": 1}, projects_per_day=4)
    many = replace(few, clerks={**few.clerks, "ZJ": 40})
    slow, quick = (run("average", each, 20, "in_stages") for each in (few, many))
    queued = [
        next(load.queued for load in each.outcomes["in_stages"].loads if load.code == "ZJ") for each in (slow, quick)
    ]
    assert queued[0] > 1 > queued[1]
    assert slow.mean("in_stages", is_net=True) > quick.mean("in_stages", is_net=True)

    shorter = replace(PLAIN, limits={"GC201": Decimal(2)})
    usual_way, short_way = (run("small", each, 1, "in_stages") for each in (PLAIN, shorter))
    assert usual_way.mean("in_stages", is_net=True) - short_way.mean("in_stages", is_net=True) == promised("GC201") - 2


def test_all_sixteen_departments_take_part() -> None:
    assert len(DATA.assumptions.clerks) == 16
    assert all(count == 1 for count in run("sixteen", PLAIN, 1, "in_stages").departments.values())
    construction = Construction(catalogue(), DATA.scheme, PLAIN)
    drawn = [DATA.profiles["average"].drawn(Random(number)) for number in range(200)]
    cases = [case for traits in drawn for case in construction.in_stages(traits, promises=False)]
    assert {work.department for case in cases for work in case.works.values()} == set(DATA.assumptions.clerks)


def test_what_only_the_applicant_had_is_not_net() -> None:
    """Returned once each: the days of the answer are gross, and net only where another department goes on."""
    returned = replace(PLAIN, correction_at_acceptance=1.0, answering=Triangle(10, 10, 10))
    plain = run("small", PLAIN, 1, "one_by_one_promised")
    mended = run("small", returned, 1, "one_by_one_promised")
    items = plain.items.most or 0
    grown = mended.mean("one_by_one_promised", is_net=False) - plain.mean("one_by_one_promised", is_net=False)
    assert grown == items * (10 + 1), "ten days of the applicant, and acceptance anew"
    net = mended.mean("one_by_one_promised", is_net=True) - plain.mean("one_by_one_promised", is_net=True)
    assert net == items


@pytest.mark.parametrize("is_net", [True, False])
def test_goals_are_judged_by_what_came_out(*, is_net: bool) -> None:
    found = usual()
    goals = {goal.key: goal for goal in found.goals() if goal.is_net is is_net}
    best = found.mean("in_stages_on_promise", is_net=is_net)
    assert goals["ratio"].found == found.mean("one_by_one", is_net=is_net) / best
    assert goals["ratio_alike"].found == found.mean("one_by_one_promised", is_net=is_net) / best
    assert goals["ratio"].holds is (goals["ratio"].found >= 2.5)
    assert goals["days"].holds is (best <= 90)
