"""Kill the worker at a chosen step of the project's own code, let another go on, and say what came of it.

A program: `python -m tests.worker.killing HOME` kills a sweep at a dozen telling steps, `… HOME PART PARTS` at all of
one part; with `--times N` at the telling steps of one part, N times each, at a moment chosen by chance between the step
and the next; with `--stamps ADDRESS` what is killed is the lifting of a signature by that time-stamp authority. Each
runs in a forked process over a copy of HOME, so nothing is imported twice and nothing is left behind.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from types import CodeType, FrameType
from typing import Any

from sqlalchemy import func, select, update

import approvals.certificates.make  # noqa: F401  # the largest import, made once before all forks
from approvals.clock.moment import Moment
from approvals.queries.calendar import calendar_in_force
from approvals.records.application import Application
from approvals.records.certificate import Certificate, Lift
from approvals.records.copy import CertificateCopy
from approvals.records.letter import Letter
from approvals.records.material import StoredFile
from approvals.records.outbox import Parcel
from config import ROOT, Settings
from portal import create_app
from portal.extensions import db
from portal.invariants import examine
from portal.unit_of_work import changing, now, reading
from portal.worker.delivery import sweep
from portal.worker.lifting import lift_due

ACTING = tuple(
    str(ROOT / place)
    for place in (
        "approvals/audit/",
        "approvals/certificates/lift.py",
        "approvals/certificates/make.py",
        "approvals/certificates/seal.py",
        "approvals/commands/",
        "approvals/queries/",
        "approvals/storage.py",
        "portal/",
    )
)
"""Code that reaches outside the process. Between two steps of the rest, which only computes, a kill changes nothing."""
KILLED = 9

FIRST = datetime(2026, 11, 2, 2, tzinfo=UTC)
LATER = FIRST + timedelta(hours=1)
"""When the second sweep runs: what the first one began is due again."""


@dataclass(frozen=True)
class Outcome:
    """What stands in the database after the second."""

    status: str
    certificates: list[tuple[str, str, str | None]]
    """Number, state and level of the signature."""
    copies: list[tuple[str, str | None]]
    """Number and level of the signature, of copies and translations."""
    papers: int
    """Stored files that are a certificate's paper, or that of a copy."""
    letters: int
    waiting: int
    broken: list[str]


class Steps:
    """Counts what its own code does and, at the chosen step, ends the process as a kill does: nothing is cleaned up.

    A step is the return of one of the project's own functions that act, or the moment before and after a commit. With
    `delay` (seconds) it ends that much after the step, wherever it is then.
    """

    def __init__(self, killed_at: int | None = None, delay: float = 0.0) -> None:
        self.killed_at, self.delay = killed_at, delay
        self.names: list[str] = []
        self.moments: list[float] = []
        self._counts: dict[CodeType, bool] = {}

    def __call__(self, frame: FrameType, event: str, _argument: object) -> Any:
        code = frame.f_code
        counts = self._counts.get(code)
        if counts is None:
            commits = code.co_name == "do_commit" and "sqlalchemy" in code.co_filename
            acts = code.co_filename.startswith(ACTING) and not code.co_name.startswith("<")
            counts = self._counts[code] = commits or acts
        if not counts:
            return None
        frame.f_trace_lines = False
        if event == "return" or (event == "call" and code.co_name == "do_commit"):
            self.names.append(f"{Path(code.co_filename).stem}.{code.co_name}")
            self.moments.append(monotonic())
            if len(self.names) == self.killed_at:
                if not self.delay:
                    os._exit(KILLED)
                signal.setitimer(signal.ITIMER_REAL, self.delay)  # its signal, which nobody handles, ends the process
        return self


def forked(act: Callable[[], Any]) -> tuple[int, Any]:
    """Run it in a child; its exit status and what it returned."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        status = 1
        try:
            with os.fdopen(writer, "w") as answer:
                json.dump(act(), answer)
            status = 0
        except BaseException:  # noqa: BLE001  # the child ends here, whatever happened
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader) as answer:
        said = answer.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return status, json.loads(said) if said else None


class Stage:
    """An application over a copy of a home folder that is laid out afresh before each kill."""

    def __init__(self, home: Path, folder: Path, stamps: str | None = None) -> None:
        self.home, self.copy = home, Path(shutil.copytree(home, folder / "home"))  # its keys are read now
        self.app = create_app(Settings(home=self.copy, demonstration=True, log_level="CRITICAL", tsa_url=stamps))
        self.work = self.sweep if stamps is None else self.lift
        self.run(None)  # whatever is read or built once, fonts above all, is there before forking
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def lay_out(self) -> None:
        shutil.rmtree(self.copy)
        shutil.copytree(self.home, self.copy)

    def steps(self) -> list[tuple[str, float]]:
        """The names of all steps when nobody kills, each with the seconds until the next."""
        self.lay_out()
        status, found = forked(lambda: self.run(Steps()))
        assert status == 0, f"the work ended with {status}"
        names, moments = found
        ends = [*moments[1:], moments[-1]]
        return [(name, end - begin) for name, begin, end in zip(names, moments, ends, strict=True)]

    def kill(self, step: int, delay: float = 0.0) -> dict[str, Any]:
        """Kill the first at this step, or so long after it, let a second finish and say what stands then."""
        self.lay_out()
        status, _ = forked(lambda: self.run(Steps(step, delay)))
        # Behind the last step there is little left in which to be killed.
        expected = {-signal.SIGALRM, 0} if delay else {KILLED}
        assert status in expected, f"step {step}: the work ended by itself with {status}"
        status, found = forked(lambda: asdict(self.outcome()))
        assert status == 0, f"step {step}: the second ended with {status}"
        return {"step": step, **found}

    def run(self, steps: Steps | None) -> tuple[list[str], list[float]]:
        with self.app.app_context():
            calendar = calendar_in_force(reading())
            reading().rollback()
            self.work(Moment(FIRST, calendar), steps)
        return (steps.names, steps.moments) if steps else ([], [])

    def sweep(self, at: Moment, steps: Steps | None = None) -> None:
        sys.settrace(steps)
        sweep(at)
        sys.settrace(None)

    def lift(self, _at: Moment, steps: Steps | None = None) -> None:
        """At the present moment, which is that of the authority; what was claimed before counts as due again."""
        moment = now()
        with changing(at=moment) as session:
            session.execute(update(Lift).where(Lift.attempts > 0).values(due_at=moment.instant))
        sys.settrace(steps)
        lift_due(moment)
        sys.settrace(None)

    def outcome(self) -> Outcome:
        with self.app.app_context():
            session = reading()
            self.work(Moment(LATER, calendar_in_force(session)))
            papers = select(func.count()).where(StoredFile.scan == "own").select_from(StoredFile)
            waiting = select(func.count()).where(Parcel.done_at.is_(None)).select_from(Parcel)
            return Outcome(
                status=str(session.scalars(select(Application.status)).one()),
                certificates=[
                    (found.number, str(found.status), found.level) for found in session.scalars(select(Certificate))
                ],
                copies=[(copy.number, copy.level) for copy in session.scalars(select(CertificateCopy))],
                papers=session.scalars(papers).one(),
                letters=session.scalars(select(func.count()).select_from(Letter)).one(),
                waiting=session.scalars(waiting).one(),
                broken=examine(self.app)["broken"],
            )


REGISTERING = {"papers.register", "copies.register"}


def telling(names: list[str]) -> list[int]:
    """The steps at which most could go wrong, counted from 1, and eight more spread over the whole."""
    stored = names.index("storage.put") + 1
    registered = next((place for place in range(stored, len(names)) if names[place] in REGISTERING), stored - 1) + 1
    committing = names.index("default.do_commit", registered) + 1
    spread = [1 + (len(names) - 1) * part // 7 for part in range(8)]
    return sorted({*spread, stored, registered, committing, committing + 1})


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("home", type=Path)
    asked.add_argument("part", type=int, nargs="?", default=0)
    asked.add_argument("parts", type=int, nargs="?", default=0)
    asked.add_argument("--stamps")
    asked.add_argument("--times", type=int, default=0)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="rongyiban-kill-") as folder:
        stage = Stage(given.home, Path(folder), given.stamps)
        steps = stage.steps()
        names = [name for name, _gap in steps]
        chosen = telling(names) if given.times or not given.parts else range(1, len(names) + 1)
        found = []
        for step in list(chosen)[given.part :: given.parts or 1]:
            name, gap = steps[step - 1]
            for _ in range(given.times or 1):
                delay = random.uniform(0.0001, max(gap, 0.001)) if given.times else 0.0
                found.append({"after": f"{name} {delay:.4f}", **stage.kill(step, delay)})
        json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
