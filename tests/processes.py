"""The project's programs as processes of a test: each in a session of its own, ended or killed as a whole."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from config import ROOT

PATIENCE = 90.0
"""Seconds to wait for what takes one or two on a quiet machine."""

WORKER = ("celery", "-A", "portal.worker.main", "worker", "--beat", "--concurrency", "1", "--loglevel", "WARNING")
"""Worker and scheduler in one tree of processes."""


@dataclass
class Tree:
    """A program and all processes it started."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def group(self) -> list[int]:
        """Process ids of everything that still runs in the program's session, whoever its parent is by now."""
        return [int(place.name) for place in Path("/proc").glob("[0-9]*") if _session(place) == self.process.pid]

    def kill(self) -> None:
        """Send kill -9 to all of them; returns when none is left."""

        def are_gone() -> bool:
            for pid in self.group:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return not self.group

        wait_until(are_gone, f"{self.process.args!r} and its children are gone")
        self.process.wait(PATIENCE)

    def interrupt(self) -> int:
        """Ctrl-C for the first process alone; its exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)

    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")


def _session(place: Path) -> int | None:
    """The session of a process that runs; None for one that ended."""
    try:
        state, _, _, session = (place / "stat").read_text().rpartition(")")[2].split()[:4]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state == "Z" else int(session)


@contextmanager
def running(log: Path, environment: Mapping[str, str], *command: str) -> Iterator[Tree]:
    """A module of the project or of Celery as a program; killed at the end, if it still runs."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RONGYIBAN_")}
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore:::celery.platforms", "-m", *command],
            cwd=ROOT,
            env={**inherited, **environment},
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    tree = Tree(process, log)
    try:
        yield tree
    finally:
        tree.kill()


def wait_until(holds: Callable[[], object], what: str, seconds: float = PATIENCE) -> float:
    """Look again and again, often enough to lose no time; how many seconds it took. Fails when it never comes true."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"after {seconds:g} seconds still not: {what}")
        time.sleep(0.02)
    return time.monotonic() - began


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
