"""The hash chain itself: what an event's hash is made of (SHA-256 over canonical JSON)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def canonical(value: Mapping[str, Any]) -> bytes:
    """The one way to write a value that is hashed or signed: JSON in UTF-8, keys in order, no spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def instant(at: datetime) -> str:
    """A moment as it is hashed and signed: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def fingerprint(
    previous: str,
    *,
    application: int,
    sequence: int,
    kind: str,
    at: datetime,
    by_account: int | None,
    by_role: str,
    data: Mapping[str, Any],
) -> str:
    """SHA-256 (hexadecimal) over the event and the hash before it; `previous` is empty for the first event."""
    body = {
        "application": application,
        "at": instant(at),
        "by": [by_account, by_role],
        "data": data,
        "kind": kind,
        "previous": previous,
        "sequence": sequence,
    }
    return hashlib.sha256(canonical(body)).hexdigest()
