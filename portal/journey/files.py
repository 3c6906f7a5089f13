"""Uploads on their way in, stored files on their way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from flask import Response, current_app
from werkzeug.datastructures import FileStorage

from approvals.commands.attach import MOST_BYTES, MOST_FILES
from approvals.errors import FileRefused
from approvals.inspection import MEGABYTE, Inspected, display_name, inspect
from approvals.queries.material_file import MaterialFile
from approvals.storage import Folder, Storage
from approvals.vocabulary import FileProblem
from config import Settings
from portal.journey.pictures import draw
from portal.scanning import scan

SANDBOX = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'self'; sandbox; frame-ancestors 'self'"
)
"""A file is data: whatever it holds runs nothing in the portal's name."""
SHOWN_IN_PLACE = frozenset({"application/pdf", "image/jpeg", "image/png"})


@dataclass(frozen=True, slots=True)
class Kept:
    """An inspected file that lies in the storage under `sha256`, not yet handed in."""

    file: Inspected
    sha256: str


def storage() -> Storage:
    settings: Settings = current_app.extensions["settings"]
    return Folder(settings.files)


def take_in(uploads: Sequence[FileStorage], formats: Sequence[str]) -> tuple[list[Kept], list[FileRefused]]:
    """Inspect and store each on its own: one that is refused does not cost the others.

    What goes beyond the number that one material may have is not even looked at: looking takes time.
    """
    kept: list[Kept] = []
    refusals: list[FileRefused] = []
    settings: Settings = current_app.extensions["settings"]
    largest = settings.upload_megabytes * MEGABYTE
    for upload in uploads[:MOST_FILES]:
        content = upload.stream.read(largest + 1)
        try:
            kept.append(keep(content, upload.filename or "", formats))
        except FileRefused as refusal:
            refusals.append(refusal)
    refusals += [_too_many(upload.filename or "") for upload in uploads[MOST_FILES:]]
    return kept, refusals


def keep(content: bytes, name: str, formats: Sequence[str]) -> Kept:
    """Inspected, scanned where there is a scanner, stored, and its small picture drawn. Raises FileRefused."""
    settings: Settings = current_app.extensions["settings"]
    file = inspect(content, name, formats, largest=settings.upload_megabytes * MEGABYTE)
    found = scan(content, settings)
    if found == "infected":
        raise FileRefused(why=FileProblem.INFECTED, name=file.name)
    kept = Kept(replace(file, scan=found), storage().put(content))
    draw(kept.sha256, file.media_type, lambda: content)
    return kept


def most_unsent() -> int:
    """Bytes that one account may have in drafts that were never sent."""
    settings: Settings = current_app.extensions["settings"]
    return settings.draft_megabytes * MEGABYTE


def _too_many(name: str) -> FileRefused:
    return FileRefused(
        why=FileProblem.TOO_MANY_FILES, name=display_name(name), files=MOST_FILES, limit=MOST_BYTES // MEGABYTE
    )


def served(found: MaterialFile) -> Response:
    """The bytes with headers that keep them harmless; the name as RFC 6266 and RFC 8187 write it."""
    manner = "inline" if found.media_type in SHOWN_IN_PLACE else "attachment"
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "._- ") else "_" for sign in found.name)
    response = Response(storage().get(found.sha256), mimetype=found.media_type)
    response.headers["Content-Disposition"] = (
        f"{manner}; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name, safe='')}"
    )
    return harmless(response)


def harmless(response: Response) -> Response:
    """Whatever it holds runs nothing, is nothing else than it says, and stays on no disk."""
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
