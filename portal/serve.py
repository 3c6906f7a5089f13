"""Web, worker and scheduler together, forked from one process that has read everything, and stopped together."""

from __future__ import annotations

import gc
import multiprocessing
import os
import runpy
import signal
import socket
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from types import FrameType

from celery.platforms import set_pdeathsig  # type: ignore[attr-defined]  # its types do not know it

FORK = multiprocessing.get_context("fork")
GRACE = 10.0
"""Seconds a part may take to finish what it is doing before it is ended."""
QUICK = 10.0
"""Seconds within which an end counts as a failure to start."""
MOST_FAILURES = 5
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Ensemble:
    """The processes of one installation on one machine. One that dies by itself is started again.

    They are forked: Python and its libraries are read once and not four times, most of what a start takes. So this
    process must have no threads and no open connection.
    """

    parts: dict[str, BaseProcess] = field(default_factory=dict)
    works: dict[str, Callable[[], None]] = field(default_factory=dict)
    began: dict[str, float] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    is_stopping: bool = False

    def __enter__(self) -> Ensemble:
        for number in STOPPING:
            signal.signal(number, self._stop)
        gc.collect()
        gc.freeze()  # what all parts share stays shared
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def start(self, name: str, program: str, *arguments: str) -> None:
        """The same as `python -m PROGRAM ARGUMENTS`."""

        def run() -> None:
            sys.argv = [program, *arguments]
            runpy.run_module(program, run_name="__main__", alter_sys=True)

        self._fork(name, run)

    def do(self, name: str, work: Callable[[], None]) -> bool:
        """Have something done in a process of its own, and wait; whether it was done."""
        self._fork(name, work)
        self._wait(until=lambda: not self.parts[name].is_alive())
        return not self.is_stopping and self.parts.pop(name).exitcode == 0

    def run(self) -> int:
        """Wait until told to stop (0) or until a part cannot be kept alive (1)."""
        while True:
            self._wait(until=lambda: any(not part.is_alive() for part in self.parts.values()))
            if self.is_stopping:
                return 0
            for name in [name for name, part in self.parts.items() if not part.is_alive()]:
                if not self._again(name):
                    sys.stderr.write(f"{name} ended {MOST_FAILURES} times at once; stopping\n")
                    return 1

    def _again(self, name: str) -> bool:
        """Start a dead part anew, unless it keeps dying as soon as it is started."""
        is_quick = time.monotonic() - self.began[name] < QUICK
        self.failures[name] = self.failures.get(name, 0) + 1 if is_quick else 0
        if self.failures[name] >= MOST_FAILURES:
            return False
        sys.stderr.write(f"{name} ended by itself ({self.parts[name].exitcode}); starting it again\n")
        self._fork(name, self.works[name])
        return True

    def _fork(self, name: str, work: Callable[[], None]) -> None:
        if self.is_stopping:
            return
        part = FORK.Process(target=_part, args=(work,), name=name)
        with _undisturbed():
            part.start()
        self.parts[name], self.works[name], self.began[name] = part, work, time.monotonic()

    def _wait(self, until: Callable[[], bool]) -> None:
        while not self.is_stopping and not until():
            time.sleep(0.05)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.is_stopping = True

    def _end(self) -> None:
        for part in self.parts.values():
            part.terminate()
        deadline = time.monotonic() + GRACE
        for part in self.parts.values():
            part.join(max(0.1, deadline - time.monotonic()))
            if part.is_alive() and part.pid:
                os.killpg(part.pid, signal.SIGKILL)
                part.join()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A signal that comes while a process is forked waits until both know what to do about it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)


def _part(work: Callable[[], None]) -> None:
    # A session of its own: Ctrl-C reaches the first process only, which then stops the parts.
    os.setsid()
    for number in STOPPING:
        signal.signal(number, signal.SIG_DFL)
    set_pdeathsig("SIGTERM")  # and when the first process is killed, no part is left behind
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
    warnings.filterwarnings("ignore", module="celery.platforms")  # that it runs as root is the operator's choice
    work()


def parts(bind: str, workers: int = 1) -> dict[str, tuple[str, ...]]:
    """Gunicorn with threads, one Celery worker of so many processes and one scheduler: module and arguments of each.

    No part writes its process id into a file: after a crash the number may be another's, and the start would fail.
    """
    celery = ("celery", "--quiet", "-A", "portal.worker.main")
    lonely = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    return {
        "web": ("gunicorn", "--config", "python:portal.web", "--bind", bind),
        "worker": (*celery, "worker", "--concurrency", str(workers), "--loglevel", "WARNING", *lonely),
        "scheduler": (*celery, "beat", "--loglevel", "WARNING"),
    }


def serve(door: socket.socket, prepare: Callable[[], None], announce: Callable[[], None], workers: int = 1) -> int:
    """Prepare the installation, then run its parts; the exit status.

    The web listens at the door, which stays open here: while it is started again, whoever comes waits.
    """
    with Ensemble() as ensemble:
        if not ensemble.do("preparation", prepare):
            return 0 if ensemble.is_stopping else 1
        announce()
        for name, command in parts(f"fd://{door.fileno()}", workers).items():
            ensemble.start(name, *command)
        return ensemble.run()


def door_at(host: str, port: int) -> socket.socket:
    """The socket that listens there from now on; OSError when somebody else does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=512)
