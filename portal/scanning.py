"""The virus scanner (ClamAV): uploads go through clamd where there is one; without an answer nothing is clean."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal
from urllib.parse import urlsplit

import structlog

from config import Settings

log = structlog.get_logger()

PORT = 3310
PIECE = 64 * 1024
LONGEST_ANSWER = 4096
Verdict = Literal["not_scanned", "clean", "infected", "refused"]
"""`not_scanned`: it will be looked at again; `refused`: the scanner would not judge it."""


def scan(content: bytes, settings: Settings) -> Verdict:
    """What clamd says; `not_scanned` where none is set or it is away."""
    try:
        return ask(content, settings)
    except OSError as error:
        log.warning("scanner away", reason=str(error))
        return "not_scanned"


def ask(content: bytes, settings: Settings) -> Verdict:
    """Likewise, but OSError where it is away."""
    if settings.clamav is None:
        return "not_scanned"
    answer = _ask(content, settings.clamav, settings.clamav_seconds)
    # "stream: OK", "stream: NAME FOUND", or a reason that ends in ERROR, such as its own limit of size.
    if answer == "stream: OK":
        return "clean"
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        log.warning("infected upload", found=answer.removeprefix("stream: ").removesuffix(" FOUND"))
        return "infected"
    log.warning("scanner refuses", answer=answer)
    return "refused"


def _ask(content: bytes, address: str, seconds: float) -> str:
    """INSTREAM of clamd's protocol: pieces with their length before them, the empty one last."""
    with _connected(address, seconds) as line:
        try:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), PIECE):
                piece = content[start : start + PIECE]
                line.sendall(struct.pack("!I", len(piece)) + piece)
            line.sendall(struct.pack("!I", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has heard enough, and says why
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
            more = line.recv(LONGEST_ANSWER)
            if not more:
                break
            answer += more
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


@contextmanager
def _connected(address: str, seconds: float) -> Iterator[socket.socket]:
    """`seconds` for each step on the way: a scanner that hangs holds up nobody for long."""
    parts = urlsplit(address)
    if parts.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(seconds)
        with line:
            line.connect(parts.path)
            yield line
    else:
        with socket.create_connection((parts.hostname or "", parts.port or PORT), timeout=seconds) as line:
            yield line
