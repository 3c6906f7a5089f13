"""Simulate construction projects for the command line and for managers, and put the founding claim to the test."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from approvals.clock.calendar import Calendar
from approvals.simulation.compare import CLAIMED_AFTER, CLAIMED_BEFORE, START, Comparison, Goal, Outcome, compare
from approvals.simulation.stated import MODEL, stated
from services.current import catalogue
from services.item import Text
from services.project import Assumptions, projects

if TYPE_CHECKING:
    from approvals.days import Days

GOALS: Mapping[str, Text] = {
    "ratio": Text(
        "逐项办理（法定时限）是并联加承诺的几倍", "One by one to statutory limits, times commitment first in stages"
    ),
    "ratio_alike": Text(
        "时限相同时，逐项办理（承诺时限）是并联加承诺的几倍",
        "With the same limits: one by one to promised limits, times commitment first in stages",
    ),
    "days": Text("并联加承诺的平均天数", "Days of commitment first in stages, on average"),
}


class NoSuchProfile(Exception):
    """No profile has this name."""


def simulated(
    profile: str, number: int, seed: int, start: date = START, assumptions: Assumptions | None = None
) -> Comparison:
    """On the calendar of the catalogue, so that the same figures come out on every machine."""
    data, here = projects(), catalogue()
    if profile not in data.profiles:
        raise NoSuchProfile(f"there is no profile {profile!r}; there are {', '.join(data.profiles)}")
    return compare(
        here,
        data,
        data.profiles[profile],
        Calendar(here.calendar.values()),
        assumptions=assumptions or data.assumptions,
        number=number,
        seed=seed,
        start=start,
    )


_kept: OrderedDict[tuple[str, int, str], Comparison] = OrderedDict()
KEPT = 16
"""Comparisons that a process remembers, so that another look at the same figures takes no time."""


def remembered(profile: str, number: int, assumptions: Assumptions) -> Comparison:
    """For pages."""
    name = profile, number, repr(assumptions)
    if name not in _kept:
        _kept[name] = simulated(profile, number, seed=1, assumptions=assumptions)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return _kept[name]


def as_data(found: Comparison) -> dict[str, Any]:
    """The keys are written down in docs/cli.md."""
    here = catalogue()
    return {
        "profile": found.profile.key,
        "name": found.profile.name.zh,
        "about": found.profile.about.zh,
        "projects": found.number,
        "seed": found.seed,
        "from": found.start.isoformat(),
        "until": found.until.isoformat(),
        "provisional": found.until.year not in here.calendar,
        "claimed": {"before": CLAIMED_BEFORE, "after": CLAIMED_AFTER},
        "items_per_project": {
            "mean": _rounded(found.items.mean),
            "least": found.items.least,
            "most": found.items.most,
        },
        "items": [
            {
                "code": code,
                "name": here.items[code].name.zh,
                "stage": here.items[code].construction_stage,
                "projects": count,
            }
            for code, count in found.used.items()
        ],
        "departments": [
            {"code": code, "name": here.departments[code].name.zh, "projects": count}
            for code, count in found.departments.items()
        ],
        "procedures": [_outcome(each) for each in found.outcomes.values()],
        "goals": [_goal(each) for each in found.goals()],
        "assumptions": [{"name": name.zh, "value": value.zh} for name, value in stated(found.assumptions)]
        + [{"name": words.zh, "value": None} for words in MODEL],
    }


def _outcome(each: Outcome) -> dict[str, Any]:
    return {
        "key": each.procedure.key,
        "name": each.procedure.name.zh,
        "in_stages": each.procedure.is_in_stages,
        "limits": "promised" if each.procedure.is_promised else "statutory",
        "commitments": each.procedure.with_commitments,
        "gross": _days(each.gross),
        "net": _days(each.net),
        "corrections": round(each.corrections, 2),
        "kept_promise": round(each.in_time, 4),
        "kept_law": round(each.lawful, 4),
        "stages": [
            {"stage": stage.stage, "gross": _rounded(stage.gross.mean), "net": _rounded(stage.net.mean)}
            for stage in each.stages
        ],
        "loads": [
            {
                "department": load.code,
                "clerks": load.clerks,
                "busy": round(load.busy, 3),
                "queued": round(load.queued, 2),
                "steps": load.steps,
                "late": load.late,
            }
            for load in each.loads
        ],
    }


def _days(days: Days) -> dict[str, Any]:
    return {
        "mean": _rounded(days.mean),
        "least": days.least,
        "median": days.median,
        "p75": days.p75,
        "p90": days.p90,
        "most": days.most,
        "within_claimed": _rounded(days.within(CLAIMED_AFTER), 4),
    }


def _goal(goal: Goal) -> dict[str, Any]:
    return {
        "key": goal.key,
        "words": GOALS[goal.key].zh,
        "measure": "net" if goal.is_net else "gross",
        "wanted": goal.wanted,
        "found": round(goal.found, 2),
        "holds": goal.holds,
    }


def _rounded(number: Any, places: int = 1) -> float | None:
    return None if number is None else round(float(number), places)


def as_text(found: Comparison) -> tuple[list[str], list[dict[str, Any]], list[str]]:
    """What comes before the table, its rows, and what comes after."""
    rows = [
        {"procedure": each.procedure.name.en, "days": name}
        | {key: _days(days)[key] for key in ("mean", "median", "p75", "p90", "most")}
        for each in found.outcomes.values()
        for name, days in (("net", each.net), ("gross", each.gross))
    ]
    involved = sum(count > 0 for count in found.departments.values())
    items = float(found.items.mean or 0)
    before = [
        f"{found.profile.name.en}: {found.number} projects, {items:.1f} items each, {involved} departments",
        f"from {found.start} until {found.until}",
        f"The founding document says {CLAIMED_BEFORE} days before and {CLAIMED_AFTER} after.",
        "",
    ]
    after = ["", *(_goal_text(goal) for goal in found.goals()), "", "Assumed:"]
    after += [f"  {name.en}: {value.en}" for name, value in stated(found.assumptions)]
    after += [f"  {words.en}" for words in MODEL]
    return before, rows, after


def _goal_text(goal: Goal) -> str:
    sign = "<=" if goal.key == "days" else ">="
    measure = "net" if goal.is_net else "gross"
    return (
        f"{'holds' if goal.holds else 'DOES NOT HOLD'}: {GOALS[goal.key].en} ({measure}) "
        f"is {goal.found:.2f}, wanted {sign} {goal.wanted:g}"
    )
