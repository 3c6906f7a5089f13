"""The striking clock over a million open timers on PostgreSQL, and the dates of a project of 55 steps."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import text

from approvals.chain.plan import joining, lay_out
from approvals.chain.position import Facts, locate
from approvals.clock.calendar import Calendar
from approvals.clock.deadline import due
from approvals.clock.ladder import ladder
from approvals.clock.pauses import Pause
from approvals.queries.calendar import calendar_in_force
from approvals.queries.progress import progress
from approvals.queries.woken import woken
from approvals.records.base import Record
from approvals.storage import Folder
from approvals.vocabulary import Outcome
from config import Settings
from portal import create_app
from portal.demonstration.acting import apply, moment, take
from portal.demonstration.prepare import prepare
from portal.extensions import db
from portal.memory import settle_in
from portal.unit_of_work import reading
from portal.worker.clock import BATCH, strike
from services.current import catalogue
from services.item import Item, Limit, Stage, Step, StepKind, Text
from tests.benchmarks.goals import goal
from tests.databases import database

TIMERS = 1_000_000
DUE = 100_000
WORKERS = 2
WAKING = (
    "UPDATE steps SET wake_at = '2026-01-01T00:00:00Z' WHERE application_id BETWEEN 2 AND :last AND status = 'open'"
)

DAY = min(catalogue().calendar[2026].work_days)


def main() -> None:
    project()
    with database() as url, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with office(home, url):
            warned = seed(home)
            at = moment(warned, calendar_in_force(reading()))
            print(f"the clock over {TIMERS:,} open timers (PostgreSQL)")
            idle = timed(lambda: woken(reading(), at.instant, BATCH), 50)
            print(f"  a sweep with none due             {idle * 1000:8.2f} ms   {goal('<= 20', met=idle <= 0.02)}")
            execute(WAKING, last=DUE + 1)
            db.session.remove()
            db.engine.dispose()
            began = time.perf_counter()
            with get_context("spawn").Pool(WORKERS) as pool:
                reached = sum(pool.starmap(sweep, [(home, url, warned)] * WORKERS))
            took = time.perf_counter() - began
            recorded, twice, left = outcome(warned)
            print(f"  {DUE:,} due, {WORKERS} workers           {took:8.1f} s    {goal('<= 60', met=took <= 60)}")
            print(f"  recorded {recorded:,}, counted {reached:,}, twice {twice}, left {left}")


def project() -> None:
    """Position and both due dates of every step, from nothing but plan and facts."""
    item = fifty_five()
    days = Calendar(catalogue().calendar.values())
    plan = lay_out(item, joining(item, {}))
    facts = Facts({"s0": Outcome.ACCEPT, **{f"s{number}": Outcome.AGREE for number in range(1, 25)}})
    pauses = [Pause(DAY + timedelta(days=10), DAY + timedelta(days=20))]

    def once() -> None:
        locate(plan, facts)
        for step in item.steps.values():
            due(step.promised, DAY, days, pauses, DAY)
            due(step.statutory, DAY, days, pauses, DAY)

    print("a project of 55 steps")
    took = timed(once, 300) * 1000
    print(f"  position and 110 due dates        {took:8.2f} ms   {goal('<= 2', met=took <= 2)}")


def fifty_five() -> Item:
    """Four stages in parallel, one decision; limits as they are usual."""
    kinds = [StepKind.ACCEPTANCE, *[StepKind.REVIEW] * 53, StepKind.DECISION]
    steps = [
        Step(
            f"s{number}",
            kind,
            Text(f"环节 {number}", f"Step {number}"),
            "ZJ",
            statutory=Limit(Decimal(20)),
            promised=Limit(Decimal(5)),
        )
        for number, kind in enumerate(kinds)
    ]
    bounds = (0, 1, 19, 33, 46, 54, 55)
    stages = tuple(
        Stage(f"stage{first}", Text("阶段", "Stage"), tuple(steps[first:last])) for first, last in pairwise(bounds)
    )
    return replace(catalogue().item("construction-permit"), stages=stages, materials=(), certificate=None)


def timed(what: Callable[[], object], times: int) -> float:
    """Median of seconds."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        what()
        found.append(time.perf_counter() - began)
    return statistics.median(found)


@contextmanager
def office(home: Path, url: str) -> Iterator[None]:
    app = create_app(Settings(home=home, demonstration=True, database_url=url, log_level="ERROR"))
    prepare(app)
    with app.app_context():
        settle_in()
        yield


def seed(home: Path) -> date:
    """One application whose review is open, copied a million times; the day on which its review is first warned of.

    The copies that will be due have all their steps, the others only the open one, with a timer far ahead.
    """
    at = moment(DAY, calendar_in_force(reading()))
    item = catalogue().item("residence-permit")
    number = apply(item, Folder(home / "files"), at)
    take(number, progress(reading(), number).steps[0], at)
    reading().rollback()
    review = next(step for step in progress(reading(), number).steps if step.key == "review")
    warned = ladder(item.steps["review"].promised, review.promised_due, review.statutory_due, at.calendar)[0].since
    execute("UPDATE applications SET wake_at = NULL")
    execute("UPDATE steps SET wake_at = '2100-01-01T00:00:00Z' WHERE status = 'open'")
    copy("applications", "id = 1", {"token": "token || n", "number": "number || '-' || n"}, 1, TIMERS)
    copy("steps", "application_id = 1", {"application_id": "1 + n"}, 1, DUE)
    copy("steps", "application_id = 1 AND status = 'open'", {"application_id": "1 + n"}, DUE + 1, TIMERS)
    for table in ("applications", "steps"):
        execute(f"ANALYZE {table}")
    return warned


def copy(table: str, condition: str, changed: Mapping[str, str], first: int, last: int) -> None:
    """`n` counts the copies; the database gives them their ids."""
    names = [column.name for column in Record.metadata.tables[table].columns if column.name != "id"]
    values = ", ".join(changed.get(name, name) for name in names)
    numbers = f"generate_series({first}, {last}) AS n"
    chosen = f"SELECT {values} FROM {table}, {numbers} WHERE {condition}"  # noqa: S608  # names of this file's own
    execute(f"INSERT INTO {table} ({', '.join(names)}) {chosen}")


def execute(statement: str, **values: object) -> None:
    db.session.execute(text(statement), values)
    db.session.commit()


def sweep(home: Path, url: str, day: date) -> int:
    """One worker: until nothing is due."""
    app = create_app(Settings(home=home, demonstration=True, database_url=url, log_level="ERROR"))
    with app.app_context():
        settle_in()
        return strike(moment(day, calendar_in_force(reading())))


def outcome(day: date) -> tuple[int, int, int]:
    """Records written, timers acted on more than once, timers still due."""
    recorded = db.session.execute(text("SELECT count(*) FROM supervision_records")).scalar_one()
    twice = "SELECT count(*) FROM (SELECT 1 FROM supervision_records GROUP BY application_id HAVING count(*) > 1) AS t"
    return (
        recorded,
        db.session.execute(text(twice)).scalar_one(),
        len(woken(reading(), moment(day, calendar_in_force(reading())).instant, DUE)),
    )


if __name__ == "__main__":
    main()
