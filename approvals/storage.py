"""Where files lie: by digest, behind a small interface, so that a local folder can become an object store."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol


class Storage(Protocol):
    """Files by their SHA-256. Putting the same bytes twice keeps one copy."""

    def put(self, content: bytes) -> str:
        """Keep `content` durably before returning its digest (64 hexadecimal digits)."""

    def get(self, digest: str) -> bytes:
        """The bytes, or FileNotFoundError."""

    def holds(self, digest: str) -> bool: ...

    def digests(self, beginning: str = "") -> Iterator[str]: ...

    def touch(self, digest: str, at: datetime) -> None:
        """Count its age from this moment on; putting it again does so, too."""

    def remove(self, digest: str, untouched_since: datetime) -> bool:
        """Remove it, unless somebody touched it after that moment; whether it was removed."""


class Folder:
    """Files in a local folder, two levels deep. A user's file name never becomes a path."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        place = self._place(digest)
        if self._touched(place):
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

    def digests(self, beginning: str = "") -> Iterator[str]:
        folders = self.root.glob(f"{beginning[:2]:?<2}")
        names = (path.name for folder in folders for path in folder.iterdir())
        return (name for name in names if name.startswith(beginning) and not name.startswith("."))

    def touch(self, digest: str, at: datetime) -> None:
        self._touched(self._place(digest), at)

    def remove(self, digest: str, untouched_since: datetime) -> bool:
        place = self._place(digest)
        with self._locked(fcntl.LOCK_EX):
            if not place.exists() or _changed(place) >= untouched_since:
                return False
            place.unlink()
            return True

    def remove_parts(self, untouched_since: datetime) -> int:
        """Remove what a kill left half written; how many that were."""
        old = [part for part in self.root.glob("??/.part-*") if _changed(part) < untouched_since]
        for part in old:
            part.unlink(missing_ok=True)
        return len(old)

    def _touched(self, place: Path, at: datetime | None = None) -> bool:
        """Whether it is there. Nobody removes it in the moment between looking and touching."""
        with self._locked(fcntl.LOCK_SH):
            try:
                os.utime(place, (at.timestamp(), at.timestamp()) if at else None)
            except FileNotFoundError:
                return False
            return True

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        with (self.root / ".lock").open("a") as file:
            fcntl.flock(file, how)
            yield

    def _place(self, digest: str) -> Path:
        if len(digest) != 64 or not all(letter in "0123456789abcdef" for letter in digest):
            raise FileNotFoundError(digest)
        return self.root / digest[:2] / digest


def _changed(place: Path) -> datetime:
    """When it was last put or touched; the end of all time for what has just gone."""
    try:
        return datetime.fromtimestamp(place.stat().st_mtime, UTC)
    except FileNotFoundError:
        return datetime.max.replace(tzinfo=UTC)


def write_once(place: Path, content: bytes, mode: int) -> None:
    """A file that is kept as it is first made, a key: whole or not at all, never over what somebody wrote meanwhile."""
    handle, part = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, mode)
            file.write(content)
            file.flush()
            os.fsync(handle)
        os.link(part, place)
    except FileExistsError:
        pass
    finally:
        Path(part).unlink()
