"""Many approvals at once: granted in one go, made by two worker processes that are killed on the way, each once."""

from __future__ import annotations

import os
import re
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import func, select

from approvals.records.certificate import ActRecord, Certificate
from approvals.storage import Folder
from approvals.vocabulary import CertificateAct, CertificateStatus
from config import Settings
from portal import create_app
from portal.demonstration.acting import apply
from portal.demonstration.prepare import prepare
from portal.extensions import db
from portal.invariants import examine
from portal.unit_of_work import now, reading
from portal.worker.delivery import sweep
from services.current import catalogue
from tests.benchmarks.goals import goal
from tests.factories import RESIDENCE, granted
from tests.processes import Tree, running

CERTIFICATES = int(os.environ.get("BENCH_CERTIFICATES", "500"))
"""10,000 take some minutes of making and more of applying."""
WORKERS = 2
MOST_MEMORY = 500
"""Megabytes of one worker process."""
MOST_GROWTH = 15
"""Megabytes between its first and its last quarter of the work: flat."""
PATIENCE = 300.0
"""Seconds without a single certificate."""
EVERY = 1.0
PROGRAM = ("celery", "-A", "portal.worker.main", "worker", "--beat", "--concurrency", str(WORKERS))


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="rongyiban-batch-") as folder:
        home = Path(folder) / "home"
        began = time.perf_counter()
        _grant(home)
        print(f"{CERTIFICATES} approvals granted in {time.perf_counter() - began:.0f} s; {WORKERS} workers make them")
        took, held = _make(home)
        wrong = _wrong(home)
    print(f"  load of the machine               {os.getloadavg()[0]:8.1f}")
    print(f"  made and registered in            {took:8.1f} s, killed once and started again included")
    print(f"  certificates a second             {CERTIFICATES / took:8.1f}")
    most, growth = max(held), _growth(held)
    print(f"  memory of a worker, at most       {most:8.1f} MB   {goal(f'<= {MOST_MEMORY}', met=most <= MOST_MEMORY)}")
    flat = goal(f"<= {MOST_GROWTH}", met=growth <= MOST_GROWTH)
    print(f"  memory, first to last quarter     {growth:8.1f} MB   {flat}")
    curve = [held[len(held) * part // 10] for part in range(10)] if held else []
    print("  memory by tenths of the time      " + " ".join(f"{each:.0f}" for each in curve) + " MB")
    print(f"  each once, numbers without gap    {goal('yes', met=not wrong)}")
    for each in wrong[:10]:
        print(f"    {each}")


@contextmanager
def _office(home: Path) -> Iterator[None]:
    app = create_app(Settings(home=home, demonstration=True, log_level="ERROR"))
    prepare(app)
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def _grant(home: Path) -> None:
    """By the real commands. The letters about applying are sent before: only the grants are left to the workers."""
    with _office(home):
        item, files = catalogue().item(RESIDENCE), Folder(Settings(home=home).files)
        numbers = [apply(item, files, now()) for _ in range(CERTIFICATES)]
        sweep()
        for number in numbers:
            granted(number, deliver=False)


def _make(home: Path) -> tuple[float, list[float]]:
    """Seconds until all are in force, and megabytes of the larger worker process, second by second."""
    environment = {"RONGYIBAN_HOME": str(home), "RONGYIBAN_DEMONSTRATION": "true", "RONGYIBAN_SWEEP_SECONDS": "1"}
    began = time.perf_counter()
    with running(home / "worker.log", environment, *PROGRAM) as tree:
        held = _watch(home, tree, CERTIFICATES // 3)
        tree.kill()
    with running(home / "worker.log", environment, *PROGRAM) as tree:
        held += _watch(home, tree, CERTIFICATES)
    return time.perf_counter() - began, held


def _watch(home: Path, tree: Tree, until: int) -> list[float]:
    held, made, moved = list[float](), -1, time.perf_counter()
    while made < until:
        time.sleep(EVERY)
        before, made = made, _in_force(home)
        if made > before:
            moved = time.perf_counter()
            held.append(max(map(_megabytes, _workers(tree)), default=0.0))
        if time.perf_counter() - moved > PATIENCE:
            raise TimeoutError(f"{made} of {until} were made\n{tree.said()[-2000:]}")
    return held


def _in_force(home: Path) -> int:
    with closing(sqlite3.connect(f"file:{home / 'rongyiban.sqlite3'}?mode=ro", uri=True)) as database:
        (found,) = database.execute("SELECT count(*) FROM certificates WHERE status = 'in_force'").fetchone()
        return int(found)


def _workers(tree: Tree) -> list[int]:
    """The processes that do the work: all but the first, which hands it out."""
    return [pid for pid in tree.group if pid != tree.process.pid]


def _megabytes(pid: int) -> float:
    """Held by the process alone or shared with others (RSS)."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024**2
    except (FileNotFoundError, ProcessLookupError):
        return 0.0


def _growth(held: list[float]) -> float:
    quarter = max(1, len(held) // 4)
    return statistics.median(held[-quarter:]) - statistics.median(held[quarter : 2 * quarter] or held)


def _wrong(home: Path) -> list[str]:
    """What is not as it must be: each certificate made once, each number given once, none left out."""
    app = create_app(Settings(home=home, demonstration=True, log_level="ERROR"))
    with app.app_context():
        session = reading()
        found = session.execute(select(Certificate.number, Certificate.status)).all()
        issued = dict(
            session.execute(
                select(ActRecord.certificate_id, func.count())
                .where(ActRecord.act == CertificateAct.ISSUE)
                .group_by(ActRecord.certificate_id)
            ).all()
        )
        wrong = [f"{number} is {status}" for number, status in found if status is not CertificateStatus.IN_FORCE]
        wrong += [f"certificate {which} was issued {times} times" for which, times in issued.items() if times != 1]
        if len(found) != CERTIFICATES or len(issued) != CERTIFICATES:
            wrong.append(f"{len(found)} certificates, {len(issued)} of them issued")
        wrong += _gaps([number for number, _status in found])
        db.session.remove()
        db.engine.dispose()
    return wrong + list(examine(app)["broken"])


def _gaps(numbers: list[str]) -> list[str]:
    series: dict[str, list[int]] = {}
    for number in numbers:
        head, serial = re.fullmatch(r"(\D+\d{14})(\d+)", number).groups()  # type: ignore[union-attr]
        series.setdefault(head, []).append(int(serial))
    return [f"{head} has gaps" for head, known in series.items() if sorted(known) != list(range(1, len(known) + 1))]


if __name__ == "__main__":
    main()
