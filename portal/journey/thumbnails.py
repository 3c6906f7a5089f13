"""Small pictures of what was handed in, kept by the digest of the file they show; made when they are asked for."""

from __future__ import annotations

import base64
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response, current_app

from approvals.certificates.thumbnail import DRAWABLE, thumbnail
from portal.journey.files import SANDBOX, storage

if TYPE_CHECKING:
    from approvals.queries.material_file import MaterialFile
    from approvals.storage import Storage
    from config import Settings

BLANK = base64.b64decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
"""One pixel that nobody sees, where there is no picture."""


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


def pictured(found: MaterialFile) -> Response:
    """The picture of a file that this person may open, with headers as harmless as those of the file."""
    response = Response(_picture(found) or BLANK, mimetype="image/webp")
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _picture(found: MaterialFile) -> bytes | None:
    if found.media_type not in DRAWABLE:
        return None
    kept = pictures().get(found.sha256)
    if kept is not None:
        return kept
    made = thumbnail(storage().get(found.sha256), found.media_type)
    if made is not None:
        pictures().put(found.sha256, made)
    return made
