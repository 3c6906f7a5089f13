"""One decision on a 16-step parallel chain: through the command layer, by raw SQL, and with SpiffWorkflow."""

from __future__ import annotations

import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from approvals.commands.publish import publish
from approvals.queries import for_change
from approvals.queries.actor import clerk_of
from approvals.queries.calendar import calendar_in_force
from approvals.queries.progress import progress
from approvals.storage import Folder
from approvals.vocabulary import Outcome
from config import Settings
from portal import create_app
from portal.demonstration.acting import apply, moment, take, workable
from portal.demonstration.prepare import prepare
from portal.extensions import db
from portal.memory import settle_in
from portal.unit_of_work import changing, reading
from services.current import catalogue
from services.item import Item, Limit, Step, StepKind, Text
from tests.benchmarks.goals import goal
from tests.deciding import decide

BRANCHES = 16
"""Parallel reviews; acceptance, decision and issue stand around them."""
ROUNDS = 12
"""Applications, each with one decision a branch but for the last two, which would join."""
DAY = min(catalogue().calendar[2026].work_days)
"""Any working day of a year with an official calendar."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds by the clock on the wall, the disk's part included, and of this thread on the processor."""

    wall: float
    processor: float


Durations = list[Taken]


@contextmanager
def timed(into: Durations) -> Iterator[None]:
    wall, processor = time.perf_counter(), time.thread_time()
    yield
    into.append(Taken(time.perf_counter() - wall, time.thread_time() - processor))


def main() -> None:
    ours: Durations = []
    raw: Durations = []
    peer: Durations = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with office(home) as item, shelf(home / "raw.sqlite3") as floor, shelf(home / "peer.sqlite3") as store:
            for _ in range(ROUNDS):  # in turn, so that a slow minute of the machine meets all three
                ours += through_commands(item, home)
                raw += by_raw_sql(floor)
                peer += with_spiffworkflow(store)
    ours_ms, raw_ms, peer_ms = (statistics.median(each.wall for each in kind) * 1000 for kind in (ours, raw, peer))
    ours_cpu, peer_cpu = (statistics.median(each.processor for each in kind) * 1000 for kind in (ours, peer))
    print(f"one decision on {BRANCHES} parallel steps (medians of {len(ours)}, SQLite, WAL, every commit synced)")
    print(f"  raw SQL, the same rows            {raw_ms:8.2f} ms")
    above, ahead = ours_ms / raw_ms, peer_ms / ours_ms
    near, fast = goal("<= 40", met=above <= 40), goal(">= 2", met=ahead >= 2)
    print(f"  command layer, audit, outbox      {ours_ms:8.2f} ms   {above:5.1f} x raw     {near}")
    print(f"  SpiffWorkflow, state saved, rows  {peer_ms:8.2f} ms   {ahead:5.1f} x ours    {fast}")
    print(f"  of that by the processor: SpiffWorkflow {peer_cpu:.2f} ms, {peer_cpu / ours_cpu:.1f} x ours")


@contextmanager
def office(home: Path) -> Iterator[Item]:
    """An installation with the wide item published."""
    app = create_app(Settings(home=home, demonstration=True, log_level="ERROR"))
    prepare(app)
    with app.app_context():
        item = wide(catalogue().item("construction-permit"))
        at = moment(DAY, calendar_in_force(reading()))
        with changing(at=at) as session:
            publish(session, regions=(), departments=(), items=[item], at=at)
        settle_in()  # as a server does before its first request
        yield item
        db.session.remove()
        db.engine.dispose()


def wide(item: Item) -> Item:
    """The construction permit with sixteen unconditional reviews."""
    steps = tuple(
        Step(
            key=f"r{number}",
            kind=StepKind.REVIEW,
            title=Text("审查", "Review"),
            duty="ZJ",
            statutory=Limit(Decimal(20)),
            promised=Limit(Decimal(5)),
        )
        for number in range(BRANCHES)
    )
    stages = tuple(
        replace(stage, steps=steps) if any(step.kind is StepKind.REVIEW for step in stage.steps) else stage
        for stage in item.stages
    )
    return replace(item, stages=stages, materials=())


def through_commands(item: Item, home: Path) -> Durations:
    at = moment(DAY, calendar_in_force(reading()))
    number = apply(item, Folder(home / "files"), at)
    take(number, workable(progress(reading(), number))[0], at)
    clerk = clerk_of(reading(), "ZJ")
    found: Durations = []
    for branch in range(BRANCHES - 2):
        db.session.remove()
        with timed(found), changing(clerk, at) as session:
            decide(for_change.step(session, number, f"r{branch}"), Outcome.AGREE, "同意。", by=clerk, at=at)
    return found


@contextmanager
def shelf(path: Path) -> Iterator[sqlite3.Connection]:
    """The same tables without the project, and with the same promise: a commit is on disk."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.executescript(
        """
        CREATE TABLE applications (id INTEGER PRIMARY KEY, status TEXT, due TEXT, length INTEGER, head TEXT,
            state TEXT);
        CREATE TABLE steps (id INTEGER PRIMARY KEY, application INTEGER, status TEXT, closed TEXT);
        CREATE TABLE decisions (id INTEGER PRIMARY KEY, step INTEGER, round INTEGER, outcome TEXT, reason TEXT,
            conditions TEXT, by_account INTEGER, at TEXT, UNIQUE (step, round));
        CREATE TABLE events (id INTEGER PRIMARY KEY, application INTEGER, sequence INTEGER, kind TEXT, at TEXT,
            by_account INTEGER, by_role TEXT, data TEXT, previous TEXT, hash TEXT, UNIQUE (application, sequence));
        CREATE TABLE measures (id INTEGER PRIMARY KEY, application INTEGER, step TEXT, round INTEGER, cell TEXT,
            month TEXT, ended_on TEXT, gross INTEGER, net INTEGER, waiting INTEGER, working INTEGER, promised INTEGER,
            statutory INTEGER, corrections INTEGER, UNIQUE (application, step, round));
        CREATE INDEX measures_listed ON measures (month, net);
        """
    )
    yield connection
    connection.close()


def begin_case(connection: sqlite3.Connection, state: str | None) -> tuple[int, list[int]]:
    insert = "INSERT INTO applications VALUES (NULL, 'in_review', '', 0, '', ?)"
    case = connection.execute(insert, (state,)).lastrowid or 0
    steps = [
        connection.execute("INSERT INTO steps VALUES (NULL, ?, 'open', NULL)", (case,)).lastrowid or 0
        for _ in range(BRANCHES)
    ]
    return case, steps


def write_rows(connection: sqlite3.Connection, case: int, step: int, sequence: int) -> None:
    """What one opinion leaves behind: a decision, an event, what it measured, the caches of step and application."""
    now = "2026-01-04T01:30:00+00:00"
    data = json.dumps({"step": step, "round": 1, "outcome": "agree", "reason": "x" * 81, "conditions": "x" * 81})
    connection.execute("INSERT INTO decisions VALUES (NULL, ?, 1, 'agree', '同意。', '', 1, ?)", (step, now))
    connection.execute(
        "INSERT INTO events VALUES (NULL, ?, ?, 'step_decided', ?, 1, 'clerk', ?, ?, ?)",
        (case, sequence, now, data, "0" * 64, "1" * 64),
    )
    connection.execute(
        "INSERT INTO measures VALUES (NULL, ?, ?, 1, ?, '2026-01', '2026-01-04', 0, 0, 0, 0, 1, 1, 0)",
        (case, str(step), "step GC303 3 review ZJ 510104 0 online"),
    )
    connection.execute("UPDATE steps SET status = 'done', closed = ? WHERE id = ?", (now, step))
    connection.execute("UPDATE applications SET length = ?, head = ? WHERE id = ?", (sequence, "1" * 64, case))


def by_raw_sql(connection: sqlite3.Connection) -> Durations:
    case, steps = begin_case(connection, None)
    found: Durations = []
    for sequence, step in enumerate(steps[: BRANCHES - 2], start=1):
        with timed(found):
            connection.execute("BEGIN IMMEDIATE")
            write_rows(connection, case, step, sequence)
            connection.execute("COMMIT")
    return found


def with_spiffworkflow(connection: sqlite3.Connection) -> Durations:
    """Its state loaded, one task run, its state saved, and the same rows beside it."""
    serializer: Any = BpmnWorkflowSerializer(registry=BpmnWorkflowSerializer.configure())
    parser: Any = BpmnParser()
    parser.add_bpmn_str(bpmn().encode())
    workflow: Any = BpmnWorkflow(parser.get_spec("chain"))
    workflow.do_engine_steps()
    workflow.get_tasks(state=TaskState.READY, manual=True)[0].run()  # accepted, as ours is
    workflow.do_engine_steps()
    case, steps = begin_case(connection, serializer.serialize_json(workflow))
    found: Durations = []
    for sequence, step in enumerate(steps[: BRANCHES - 2], start=1):
        with timed(found):
            connection.execute("BEGIN IMMEDIATE")
            saved = connection.execute("SELECT state FROM applications WHERE id = ?", (case,)).fetchone()[0]
            loaded: Any = serializer.deserialize_json(saved)
            loaded.get_tasks(state=TaskState.READY, manual=True)[0].run()
            loaded.do_engine_steps()
            write_rows(connection, case, step, sequence)
            state = serializer.serialize_json(loaded)
            connection.execute("UPDATE applications SET state = ? WHERE id = ?", (state, case))
            connection.execute("COMMIT")
    return found


def bpmn() -> str:
    """The same chain for the peer: acceptance, a gateway to sixteen manual tasks, a join, decision and issue."""
    tasks = "".join(f'<manualTask id="r{n}" name="r{n}"/>' for n in range(BRANCHES))
    flows = "".join(
        f'<sequenceFlow id="a{n}" sourceRef="split" targetRef="r{n}"/>'
        f'<sequenceFlow id="b{n}" sourceRef="r{n}" targetRef="join"/>'
        for n in range(BRANCHES)
    )
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="chain">'
        '<process id="chain" isExecutable="true"><startEvent id="start"/><parallelGateway id="split"/>'
        f'<parallelGateway id="join"/><endEvent id="end"/>{tasks}'
        '<manualTask id="accept"/><manualTask id="decide"/><manualTask id="issue"/>'
        '<sequenceFlow id="s" sourceRef="start" targetRef="accept"/>'
        '<sequenceFlow id="t" sourceRef="accept" targetRef="split"/>'
        '<sequenceFlow id="d" sourceRef="join" targetRef="decide"/>'
        '<sequenceFlow id="i" sourceRef="decide" targetRef="issue"/>'
        '<sequenceFlow id="e" sourceRef="issue" targetRef="end"/>'
        f"{flows}</process></definitions>"
    )


if __name__ == "__main__":
    main()
