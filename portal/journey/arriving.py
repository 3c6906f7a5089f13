"""Files that arrive in pieces: each lies beside its draft and grows at its end, however often the line is cut."""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Protocol

from werkzeug.exceptions import ClientDisconnected

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
PIECE = 64 * 1024
MOST_AT_ONCE = 20
"""Unfinished ones of one draft."""


class WrongOffset(Exception):
    """The piece does not begin where the file ends."""


class Busy(Exception):
    """Another piece of the same file is still coming in."""


class WrongChecksum(Exception):
    """What arrived is not what was sent; nothing of it was kept."""


class TooManyAtOnce(Exception):
    """The draft has enough unfinished ones."""


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Arriving:
    """`size` is what was announced; `sha256` of the whole where the sender could say it; `is_done` once handed in."""

    token: str
    ticket: str
    key: str
    name: str
    size: int
    sha256: str = ""
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Checksum:
    """Of one piece, as the tus protocol writes it: `sha256 <base64>`."""

    algorithm: str
    digest: bytes

    @classmethod
    def read(cls, header: str) -> Checksum | None:
        """None for one that cannot be read or whose kind is not known here."""
        algorithm, _, encoded = header.partition(" ")
        try:
            digest = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            return None
        return cls(algorithm, digest) if algorithm in CHECKSUMS else None


CHECKSUMS = ("sha1", "sha256")


class Arrivals:
    """The folder. What a sender names never becomes a path: a draft's token and a random id do."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def begin(self, token: str, key: str, name: str, size: int, sha256: str = "") -> Arriving:
        if sum(not one.is_done for one in self.of_draft(token)) >= MOST_AT_ONCE:
            raise TooManyAtOnce
        made = Arriving(token, secrets.token_urlsafe(18), key, name, size, sha256)
        place = self._place(made, "part")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch(mode=0o600)
        self._note(made)
        return made

    def find(self, token: str, ticket: str) -> Arriving | None:
        if not (NAME.fullmatch(token) and NAME.fullmatch(ticket)):
            return None
        try:
            noted = json.loads((self.root / token / f"{ticket}.json").read_text("utf-8"))
        except FileNotFoundError:
            return None
        return Arriving(**noted)

    def of_draft(self, token: str) -> list[Arriving]:
        """In no order."""
        if not NAME.fullmatch(token):
            return []
        found = (self.find(token, path.stem) for path in (self.root / token).glob("*.json"))
        return [one for one in found if one is not None]

    def offset(self, one: Arriving) -> int:
        """How much of it is here. Whole but not handed in yet, it lacks its last byte: sending that hands it in."""
        if one.is_done:
            return one.size
        try:
            return min(self._place(one, "part").stat().st_size, one.size - 1)
        except FileNotFoundError:
            return 0

    def append(self, one: Arriving, offset: int, stream: Stream, checksum: Checksum | None = None) -> int:
        """Add what comes until the stream ends or breaks off; how much of the file is here then.

        With a checksum a piece is kept whole or not at all. Raises WrongOffset, Busy or WrongChecksum.
        """
        if one.is_done:
            raise WrongOffset
        with self._locked(one) as part:
            if offset != self.offset(one):
                raise WrongOffset
            part.truncate(offset)
            part.seek(offset)
            digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
            end = offset
            while end < one.size:
                try:
                    piece = stream.read(min(PIECE, one.size - end))
                except (ClientDisconnected, ConnectionError):
                    break
                if not piece:
                    break
                part.write(piece)
                if digest:
                    digest.update(piece)
                end += len(piece)
            if digest and checksum and digest.digest() != checksum.digest:
                part.truncate(offset)
                raise WrongChecksum
            part.flush()
            os.fsync(part.fileno())
            return end

    def content(self, one: Arriving) -> bytes:
        return self._place(one, "part").read_bytes()

    def done(self, one: Arriving) -> None:
        """Handed in: whoever did not hear of it and asks again is told that all of it is here."""
        self._note(Arriving(**{**asdict(one), "is_done": True}))
        self._place(one, "part").unlink(missing_ok=True)

    def remove(self, one: Arriving) -> None:
        self._place(one, "json").unlink(missing_ok=True)
        self._place(one, "part").unlink(missing_ok=True)

    def remove_old(self, untouched_since: datetime) -> int:
        """What nobody went on with, and notes of what was handed in; how many files that were."""
        old = [path for path in self.root.glob("*/*") if _changed(path) < untouched_since]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _place(self, one: Arriving, kind: str) -> Path:
        return self.root / one.token / f"{one.ticket}.{kind}"

    def _note(self, one: Arriving) -> None:
        place = self._place(one, "json")
        draft = place.with_suffix(".new")
        draft.write_text(json.dumps(asdict(one), ensure_ascii=False), encoding="utf-8")
        draft.replace(place)

    @contextmanager
    def _locked(self, one: Arriving) -> Iterator[IO[bytes]]:
        with self._place(one, "part").open("r+b") as part:
            try:
                fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy from None
            yield part


def _changed(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return datetime.max.replace(tzinfo=UTC)
