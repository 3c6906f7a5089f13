"""Kill a sweep at a chosen step of the project's own code, sweep again, and say what came of it.

A program: `python -m tests.worker.killing HOME` kills at a dozen telling steps, `… HOME PART PARTS` at all of one part.
Each sweep runs in a forked process over a copy of HOME, so nothing is imported twice and nothing is left behind.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from sqlalchemy import func, select

import approvals.certificates.make  # noqa: F401  # the largest import, made once before all forks
from approvals.clock.moment import Moment
from approvals.queries.calendar import calendar_in_force
from approvals.records.application import Application
from approvals.records.certificate import Certificate
from approvals.records.letter import Letter
from approvals.records.material import StoredFile
from approvals.records.outbox import Parcel
from config import ROOT, Settings
from portal import create_app
from portal.extensions import db
from portal.invariants import examine
from portal.unit_of_work import reading
from portal.worker.delivery import sweep

ACTING = tuple(
    str(ROOT / place)
    for place in (
        "approvals/audit/",
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
    """What stands in the database after the second sweep."""

    status: str
    certificates: list[tuple[str, str]]
    """Number and state."""
    papers: int
    """Stored files that are a certificate's paper."""
    letters: int
    waiting: int
    broken: list[str]


class Steps:
    """Counts what its own code does and, at the chosen step, ends the process as a kill does: nothing is cleaned up.

    A step is the return of one of the project's own functions that act, or the moment before and after a commit.
    """

    def __init__(self, killed_at: int | None = None) -> None:
        self.killed_at = killed_at
        self.names: list[str] = []
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
            if len(self.names) == self.killed_at:
                os._exit(KILLED)
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

    def __init__(self, home: Path, folder: Path) -> None:
        self.home, self.copy = home, Path(shutil.copytree(home, folder / "home"))  # its keys are read now
        self.app = create_app(Settings(home=self.copy, demonstration=True, log_level="CRITICAL"))
        self.sweep(None)  # whatever is read or built once, fonts above all, is there before forking
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def lay_out(self) -> None:
        shutil.rmtree(self.copy)
        shutil.copytree(self.home, self.copy)

    def names(self) -> list[str]:
        """Of all steps of a sweep that nobody kills."""
        self.lay_out()
        status, names = forked(lambda: self.sweep(Steps()))
        assert status == 0, f"the sweep ended with {status}"
        return list(names)

    def kill(self, step: int) -> dict[str, Any]:
        """Kill the first sweep at this step, let a second one finish and say what stands then."""
        self.lay_out()
        status, _ = forked(lambda: self.sweep(Steps(step)))
        assert status == KILLED, f"step {step}: the sweep ended by itself with {status}"
        status, found = forked(lambda: asdict(self.outcome()))
        assert status == 0, f"step {step}: the second sweep ended with {status}"
        return {"step": step, **found}

    def sweep(self, steps: Steps | None) -> list[str]:
        with self.app.app_context():
            moment = Moment(FIRST, calendar_in_force(reading()))
            reading().rollback()
            sys.settrace(steps)
            sweep(moment)
            sys.settrace(None)
        return steps.names if steps else []

    def outcome(self) -> Outcome:
        with self.app.app_context():
            session = reading()
            sweep(Moment(LATER, calendar_in_force(session)))
            papers = select(func.count()).where(StoredFile.scan == "own").select_from(StoredFile)
            waiting = select(func.count()).where(Parcel.done_at.is_(None)).select_from(Parcel)
            return Outcome(
                status=str(session.scalars(select(Application.status)).one()),
                certificates=[(found.number, str(found.status)) for found in session.scalars(select(Certificate))],
                papers=session.scalars(papers).one(),
                letters=session.scalars(select(func.count()).select_from(Letter)).one(),
                waiting=session.scalars(waiting).one(),
                broken=examine(self.app)["broken"],
            )


def telling(names: list[str]) -> list[int]:
    """The steps at which most could go wrong, counted from 1, and eight more spread over the whole sweep."""
    stored = names.index("storage.put") + 1
    registered = names.index("papers.register") + 1
    committing = names.index("default.do_commit", registered) + 1
    spread = [1 + (len(names) - 1) * part // 7 for part in range(8)]
    return sorted({*spread, stored, registered, committing, committing + 1})


def main(home: Path, part: int = 0, parts: int = 0) -> None:
    with tempfile.TemporaryDirectory(prefix="rongyiban-kill-") as folder:
        stage = Stage(home, Path(folder))
        names = stage.names()
        steps = range(1 + part, len(names) + 1, parts) if parts else telling(names)
        json.dump([{"after": names[step - 1], **stage.kill(step)} for step in steps], sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
