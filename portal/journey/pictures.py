"""Small pictures of what was handed in, kept by the digest of the file they show."""

from __future__ import annotations

import base64
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from flask import current_app

from approvals.certificates.thumbnail import DRAWABLE, thumbnail

if TYPE_CHECKING:
    from approvals.storage import Storage
    from config import Settings


class Pictures:
    """Files in a local folder; what is lost is made again. An empty one: the file cannot be drawn."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def get(self, sha256: str) -> bytes | None:
        try:
            return self._place(sha256).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, sha256: str, picture: bytes) -> None:
        """Whole or not at all."""
        place = self._place(sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=".part-")
        with os.fdopen(handle, "wb") as part:
            part.write(picture)
        Path(name).replace(place)

    def remove_without(self, files: Storage, beginning: str) -> int:
        """Those whose file is not in the storage any more, among those whose digest begins so; how many that were."""
        gone = [place for place in self._all(beginning) if not files.holds(place.stem)]
        for place in gone:
            place.unlink(missing_ok=True)
        return len(gone)

    def _all(self, beginning: str) -> Iterator[Path]:
        return (place for place in self.root.glob("??/*.webp") if place.name.startswith(beginning))

    def _place(self, sha256: str) -> Path:
        return self.root / sha256[:2] / f"{sha256}.webp"


def pictures() -> Pictures:
    settings: Settings = current_app.extensions["settings"]
    return Pictures(settings.thumbnails)


def draw(sha256: str, media_type: str, content: Callable[[], bytes]) -> bytes | None:
    """The picture of a file; it is drawn where there is none yet."""
    if media_type not in DRAWABLE:
        return None
    kept = pictures().get(sha256)
    if kept is not None:
        return kept
    made = thumbnail(content(), media_type)
    if made is not None:
        pictures().put(sha256, made)
    return made


def within_the_page(sha256: str) -> str | None:
    """As an address that holds the picture itself, so that a page of many files asks for no more than without them;
    None where none is drawn.
    """
    kept = pictures().get(sha256)
    return f"data:image/webp;base64,{base64.b64encode(kept).decode()}" if kept else None
