"""Ask the examiner, a process apart from this one, without waiting for it longer than a reader would."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore, Lock
from time import monotonic

from approvals.certificates.trust import Trust

PATIENCE = 4.5
"""Seconds for everything, the wait for others included; the examiner gives up on a file before that."""
PLACES = 4
"""How many may wait at once in this process: the other threads of a web process stay free for pages."""
EASELS = 2
"""How many pictures this process has drawn at once: they keep nobody from being examined."""
TURN = 1.0
"""Seconds that one waits for its turn."""
BEGUN = b"+"
"""The examiner's first word: what ends after it ended because of the file."""
LONGEST_ANSWER = 1024 * 1024
ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from approvals.certificates.examiner import main; main()"
"""Without the user's site and environment (-I); the portal's own folder is told it."""


class Away(Exception):
    """No answer, and not because of the file: no place was free, or the examiner could not be started."""


class Silent(Exception):
    """The examiner began and was ended, by the limits it runs in."""


class Examiner:
    """The process, started when it is first needed and again when it died; processes forked from this one share it.

    It is started anew and not forked from the portal: what reads hostile files holds none of the portal's keys,
    connections and environment.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return at once; it takes half a second to be ready. OSError when the machine has no room for it."""
        with self._lock:
            if self._control is None:
                self._start()

    def hand_over(self, door: socket.socket) -> None:
        """Give the examiner the socket at which it is asked; OSError when it cannot be reached."""
        with self._lock:
            control = self._control or self._start()
            try:
                socket.send_fds(control, [b"?"], [door.fileno()])
            except OSError:
                socket.send_fds(self._start(), [b"?"], [door.fileno()])

    def stop(self) -> None:
        """End it, for a process that ends itself or starts it anew."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            self._process.wait()
            self._process = None

    def _start(self) -> socket.socket:
        self.stop()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  # this Python and a program of ours
                [sys.executable, "-I", "-c", PROGRAM, str(ROOT)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                cwd="/",
                env={},
            )
        self._control = ours
        return ours


EXAMINER = Examiner()
_places = BoundedSemaphore(PLACES)
_easels = BoundedSemaphore(EASELS)


def ask(pdf: bytes, trust: Trust, at: datetime, patience: float) -> str:
    """The examiner's answer, within so many seconds; it judges as of `at`. Raises Away and Silent."""
    deadline = monotonic() + patience
    if not _places.acquire(blocking=False):
        raise Away
    try:
        groups = [trust.roots, trust.stamps, trust.revoked, (pdf,)]
        return _ask({"at": at.isoformat()}, groups, deadline).decode()
    finally:
        _places.release()


def draw(content: bytes, media_type: str, patience: float) -> bytes:
    """A small picture of the file, likewise; a page has several, so each waits a little for its turn."""
    if not _easels.acquire(timeout=TURN):
        raise Away
    try:
        return _ask({"draw": media_type}, [(content,)], monotonic() + patience)
    finally:
        _easels.release()


def _ask(asked: Mapping[str, str], groups: Sequence[Sequence[bytes]], deadline: float) -> bytes:
    head = {**asked, "sizes": [[len(part) for part in group] for group in groups]}
    ours, theirs = socket.socketpair()
    with ours:
        try:
            with theirs:
                EXAMINER.hand_over(theirs)
            if _receive(ours, len(BEGUN), deadline) != BEGUN:
                raise Away
        except OSError:
            raise Away from None
        try:
            for part in (json.dumps(head).encode() + b"\n", *(part for group in groups for part in group)):
                ours.settimeout(max(0.01, deadline - monotonic()))
                ours.sendall(part)
            answer = _receive(ours, LONGEST_ANSWER, deadline)
        except TimeoutError:  # it began so late that its own limits have not ended it yet
            raise Away from None
        except OSError:
            raise Silent from None
    if not answer:
        raise Silent
    return answer


def _receive(door: socket.socket, most: int, deadline: float) -> bytes:
    """Up to so many bytes, fewer when the other end closes; TimeoutError after the deadline."""
    taken = bytearray()
    while len(taken) < most:
        door.settimeout(max(0.01, deadline - monotonic()))
        got = door.recv(most - len(taken))
        if not got:
            break
        taken += got
    return bytes(taken)
