"""A program of ours in a process of its own, for work that must not be done in the web."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

ROOT = Path(__file__).resolve().parents[1]
WAIT = 10.0
"""Seconds until a place is free."""


class Jammed(Exception):
    """Nothing came out."""


class Crowded(Jammed):
    """No place was free, or the machine has no room: nothing is said about this piece of work."""


def spawn(
    module: str, order: bytes, *, places: BoundedSemaphore, patience: float
) -> subprocess.CompletedProcess[bytes]:
    """What the module's `main` makes of the order, within so many seconds. It is started anew and not forked: it holds
    none of the portal's keys, connections and environment, nor the user's site (-I). Raises Jammed.
    """
    program = f"import sys; sys.path.insert(0, sys.argv[1]); from {module} import main; main()"
    if not places.acquire(timeout=WAIT):
        raise Crowded("too many at once")
    try:
        return subprocess.run(  # noqa: S603  # this Python and a program of ours
            [sys.executable, "-I", "-c", program, str(ROOT)],
            input=order,
            capture_output=True,
            timeout=patience,
            cwd="/",
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Jammed("it took too long") from None
    except OSError as failure:
        raise Crowded(str(failure)) from failure
    finally:
        places.release()
