"""Where files lie: by digest, behind a small interface, so that a local folder can become an object store."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol


class Storage(Protocol):
    """Files by their SHA-256. Putting the same bytes twice keeps one copy."""

    def put(self, content: bytes) -> str:
        """Keep `content` durably before returning its digest (64 hexadecimal digits)."""

    def get(self, digest: str) -> bytes:
        """The bytes, or FileNotFoundError."""

    def holds(self, digest: str) -> bool: ...

    def digests(self) -> Iterator[str]: ...


class Folder:
    """Files in a local folder, two levels deep. A user's file name never becomes a path."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        place = self._place(digest)
        if place.exists():
            return digest
        place.parent.mkdir(parents=True, exist_ok=True)
        # Temporary file, fsync, rename: a kill leaves either the whole file or none.
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as part:
                part.write(content)
                part.flush()
                os.fsync(part.fileno())
            Path(name).replace(place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return digest

    def get(self, digest: str) -> bytes:
        return self._place(digest).read_bytes()

    def holds(self, digest: str) -> bool:
        return self._place(digest).is_file()

    def digests(self) -> Iterator[str]:
        return (path.name for path in self.root.glob("??/*") if not path.name.startswith("."))

    def _place(self, digest: str) -> Path:
        if len(digest) != 64 or not all(letter in "0123456789abcdef" for letter in digest):
            raise FileNotFoundError(digest)
        return self.root / digest[:2] / digest
