"""The examiner: a process apart that reads what strangers upload, and can be spared."""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import socket
import sys
from datetime import datetime
from typing import Any

from approvals.certificates.apart import BEGUN
from approvals.certificates.judge import look
from approvals.certificates.picture import drawn
from approvals.certificates.trust import Trust

SECONDS = 3
"""By the clock on the wall, a file."""
PROCESSOR_SECONDS = 2
MEMORY = 256 * 1024 * 1024
"""Bytes of address space, the libraries included."""
MOST_AT_ONCE = 2
YIELDS = 5
"""Whoever sends hostile files for hours must not slow down the pages of everybody else (see nice(2))."""


def main() -> None:
    """Serve at the socket given as standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the portal, whose end closes this one's door
    os.nice(YIELDS)
    gc.collect()
    gc.freeze()
    serve(socket.socket(fileno=sys.stdin.fileno()))


def serve(control: socket.socket) -> None:
    """Until the other end is closed: for each socket that comes, a copy of this process that answers there.

    Everything is loaded before the first fork, so a copy costs milliseconds. A copy reads one file and no other: what
    a file does to it dies with it. While as many as may run are running, whoever comes waits.
    """
    running = 0
    while True:
        while running and os.waitpid(-1, 0 if running >= MOST_AT_ONCE else os.WNOHANG)[0]:
            running -= 1
        _message, handles, _flags, _address = socket.recv_fds(control, 1, 1)
        if not handles:
            return
        if os.fork() == 0:
            control.close()
            _answer(socket.socket(fileno=handles[0]))
        os.close(handles[0])
        running += 1


def _answer(door: socket.socket) -> None:
    """Never returns. The kernel ends what takes too long or too much; then the door closes without a word."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
        _limit()
        door.sendall(BEGUN)
        with door.makefile("rb") as asked:
            head = json.loads(asked.readline())
            groups = [tuple(asked.read(size) for size in sizes) for sizes in head["sizes"]]
        door.sendall(_drawn(head, groups) if "draw" in head else _judged(head, groups))
    finally:
        os._exit(0)


def _judged(head: dict[str, Any], groups: list[tuple[bytes, ...]]) -> bytes:
    roots, stamps, revoked, (pdf,) = groups
    found = look(pdf, Trust(roots, stamps, revoked), datetime.fromisoformat(head["at"]))
    return found.as_json().encode()


def _drawn(head: dict[str, Any], groups: list[tuple[bytes, ...]]) -> bytes:
    ((content,),) = groups
    return drawn(content, head["draw"])


def _limit() -> None:
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    for what, most in (
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
