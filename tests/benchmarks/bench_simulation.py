"""A thousand construction projects in simulated time, procedure by procedure."""

from __future__ import annotations

import time

from approvals.clock.calendar import Calendar
from approvals.simulation.compare import PROCEDURES, START, compare
from services.current import catalogue
from services.project import projects
from tests.benchmarks.goals import goal

PROJECTS = 1000


def main() -> None:
    data, here = projects(), catalogue()
    calendar = Calendar(here.calendar.values())
    print(f"{PROJECTS:,} projects of the average profile")
    took = {}
    for procedure in PROCEDURES:
        began = time.perf_counter()
        compare(
            here,
            data,
            data.profiles["average"],
            calendar,
            assumptions=data.assumptions,
            number=PROJECTS,
            seed=1,
            start=START,
            procedures=[procedure],
        )
        took[procedure.key] = time.perf_counter() - began
        spent = took[procedure.key]
        print(f"  {procedure.key:24}          {spent:8.2f} s    {goal('<= 10', met=spent <= 10)}")
    print(f"  all {len(took)} procedures                {sum(took.values()):8.2f} s")


if __name__ == "__main__":
    main()
