"""Make the paper of a writ in a process of its own, with limits on time, memory and pages: never in the web's."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from approvals.vocabulary import WritKind

PATIENCE = 60.0
"""Seconds for one paper; it mostly takes one."""
CPU_SECONDS = 20
MEMORY = 2 * 1024 * 1024 * 1024
"""Of addresses: most of it is never touched."""
PLACES = 2
"""How many are made at once in one web process."""
WAIT = 10.0
ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from approvals.certificates.press import main; main()"
_places = BoundedSemaphore(PLACES)


class Jammed(Exception):
    """No paper came out: too many are being made, or this one went beyond its limits."""


def press(
    kind: WritKind,
    facts: Mapping[str, Any],
    *,
    drawn_up_at: datetime,
    language: str,
    public_url: str,
    keys: Path,
    is_demonstration: bool,
) -> bytes:
    """The signed file. Raises Jammed."""
    order = {
        "kind": str(kind),
        "facts": dict(facts),
        "drawn_up_at": drawn_up_at.isoformat(),
        "language": language,
        "public_url": public_url,
        "keys": str(keys),
        "is_demonstration": is_demonstration,
    }
    if not _places.acquire(timeout=WAIT):
        raise Jammed("too many at once")
    try:
        done = subprocess.run(  # noqa: S603  # this Python and a program of ours
            [sys.executable, "-I", "-c", PROGRAM, str(ROOT)],
            input=json.dumps(order).encode(),
            capture_output=True,
            timeout=PATIENCE,
            cwd="/",
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Jammed("it took too long") from None
    except OSError as failure:
        raise Jammed(str(failure)) from failure
    finally:
        _places.release()
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF-"):
        raise Jammed(
            done.stderr.decode(errors="replace").strip().rpartition("\n")[2][:200] or "it ended without a word"
        )
    return done.stdout


def main() -> None:
    """One order in, one paper out."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from approvals.certificates.writ import sheet_of
    from approvals.certificates.writ_paper import make_writ

    order = json.load(sys.stdin)
    sheet = sheet_of(
        WritKind(order["kind"]),
        order["facts"],
        drawn_up_at=datetime.fromisoformat(order["drawn_up_at"]),
        language=order["language"],
        public_url=order["public_url"],
        is_demonstration=order["is_demonstration"],
    )
    sys.stdout.buffer.write(make_writ(sheet, Path(order["keys"])))
