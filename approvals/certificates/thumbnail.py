"""A small picture of a file, drawn by the examiner, the process apart that reads what strangers upload."""

from __future__ import annotations

from approvals.certificates.apart import PATIENCE, Away, Silent, draw

DRAWABLE = frozenset({"application/pdf", "image/jpeg", "image/png"})


def thumbnail(content: bytes, media_type: str) -> bytes | None:
    """As WebP; empty where the file cannot be drawn within the examiner's limits, None where that is not known yet."""
    try:
        return draw(content, media_type, PATIENCE)
    except Away:
        return None
    except Silent:
        return b""
