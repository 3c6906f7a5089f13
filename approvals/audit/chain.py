"""The hash chain itself: what an event's hash is made of (SHA-256 over canonical JSON)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


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
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "by": [by_account, by_role],
        "data": data,
        "kind": kind,
        "previous": previous,
        "sequence": sequence,
    }
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
