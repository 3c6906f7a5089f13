"""Evidence as it is hashed (pure)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def canonical(evidence: Mapping[str, Any]) -> bytes:
    """Canonical JSON in UTF-8: keys sorted, nothing between the parts."""
    return json.dumps(evidence, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
