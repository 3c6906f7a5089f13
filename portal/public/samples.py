"""The sample of what an item ends with: made once for each revision and language, then kept as a file."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from tempfile import mkstemp

from approvals.certificates.press import press_sample
from config import Settings
from services.current import catalogue
from services.item import Item
from services.revision import revision_of

ON = date(2026, 6, 1)
"""The day all samples are issued on: the same page every time."""


def sample_file(item: Item, language: str, settings: Settings) -> bytes:
    """The PDF. Two visitors who come first at one moment both have it made; the same bytes come out. Raises Jammed."""
    folder = settings.home / "samples"
    place = folder / f"{revision_of(item).sha256}-{language}.pdf"
    if not place.exists():
        offered = catalogue()
        department = offered.departments[item.department]
        folder.mkdir(parents=True, exist_ok=True)
        content = press_sample(
            item,
            department.name,
            department.credit_code or "",
            offered.region_names,
            public_url=settings.public_url,
            language=language,
            on=ON,
        )
        _keep(place, content)
    return place.read_bytes()


def _keep(place: Path, content: bytes) -> None:
    handle, name = mkstemp(dir=place.parent, prefix=".part-")
    with os.fdopen(handle, "wb") as part:
        part.write(content)
    Path(name).replace(place)
