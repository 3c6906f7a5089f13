"""Make a writ, a sample or a preview in a process of its own, with limits on time and memory: not in the web."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from approvals.certificates.desk import Desk, desk_from
from approvals.spawned import Jammed, spawn
from approvals.vocabulary import WritKind
from services.item import Item, Text
from services.papers import Seal, fitted, seal_data, seal_from
from services.revision import from_revision, revision_of

PATIENCE = 60.0
"""Seconds for one paper; it mostly takes one."""
CPU_SECONDS = 20
MEMORY = 2 * 1024 * 1024 * 1024
"""Of addresses: most of it is never touched."""
PLACES = 2
"""How many are made at once in one web process."""
_places = BoundedSemaphore(PLACES)


def press(
    kind: WritKind,
    facts: Mapping[str, Any],
    *,
    made_at: datetime,
    language: str,
    public_url: str,
    desk: Desk,
    department: str,
    is_demonstration: bool,
) -> bytes:
    """The signed file. Raises Jammed."""
    return _ordered(
        {
            "kind": str(kind),
            "facts": dict(facts),
            "made_at": made_at.isoformat(),
            "language": language,
            "public_url": public_url,
            "desk": desk.as_data(),
            "department": department,
            "is_demonstration": is_demonstration,
        }
    )


def press_sample(
    item: Item,
    issuer: Text,
    issuer_code: str,
    regions: Mapping[str, Text],
    *,
    public_url: str,
    language: str,
    on: date,
    text: str = "",
    seal: Seal | None = None,
) -> bytes:
    """What a certificate looks like, unsigned. With a seal it is a preview of the office's: with these texts
    (services.papers; empty: the catalogue's) and this seal. Raises Jammed.
    """
    return _ordered(
        {
            "item": revision_of(item).content,
            "issuer": [issuer.zh, issuer.en],
            "issuer_code": issuer_code,
            "regions": {code: [name.zh, name.en] for code, name in regions.items()},
            "text": text,
            "seal": seal_data(seal) if seal else None,
            "public_url": public_url,
            "language": language,
            "on": on.isoformat(),
        }
    )


def press_bulletin(told: Mapping[str, Any], *, made_at: datetime, keys: Path) -> bytes:
    """The signed bulletin of a month. Raises Jammed."""
    return _ordered({"told": dict(told), "made_at": made_at.isoformat(), "keys": str(keys)})


def _ordered(order: Mapping[str, Any]) -> bytes:
    done = spawn(__name__, json.dumps(order).encode(), places=_places, patience=PATIENCE)
    if done.returncode != 0 or not done.stdout.startswith(b"%PDF-"):
        raise Jammed(
            done.stderr.decode(errors="replace").strip().rpartition("\n")[2][:200] or "it ended without a word"
        )
    return done.stdout


def limit_memory() -> None:
    """Of this process, for good; also of the worker's, in which certificates are made."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit() -> None:
    """Of a process that makes one paper."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    limit_memory()


def main() -> None:
    """One order in, one paper out."""
    limit()
    order = json.load(sys.stdin)
    make = _sampled if "item" in order else _told if "told" in order else _written
    sys.stdout.buffer.write(make(order))


def _told(order: Mapping[str, Any]) -> bytes:
    from approvals.certificates.bulletin_paper import make_bulletin

    return make_bulletin(order["told"], datetime.fromisoformat(order["made_at"]), Path(order["keys"]))


def _written(order: Mapping[str, Any]) -> bytes:
    from approvals.certificates.writ import sheet_of
    from approvals.certificates.writ_paper import make_writ

    sheet = sheet_of(
        WritKind(order["kind"]),
        order["facts"],
        language=order["language"],
        public_url=order["public_url"],
        is_demonstration=order["is_demonstration"],
    )
    return make_writ(sheet, desk_from(order["desk"]), order["department"], datetime.fromisoformat(order["made_at"]))


def _sampled(order: Mapping[str, Any]) -> bytes:
    from approvals.certificates.sample import Written, sample

    item = from_revision(order["item"])
    return sample(
        item,
        Text(*order["issuer"]),
        order["issuer_code"],
        {code: Text(*name) for code, name in order["regions"].items()},
        public_url=order["public_url"],
        language=order["language"],
        on=date.fromisoformat(order["on"]),
        preview=Written(fitted(item, order["text"]) if order["text"] else None, seal_from(order["seal"]))
        if order["seal"]
        else None,
    )
