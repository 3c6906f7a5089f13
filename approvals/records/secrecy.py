"""Personal values at rest: encrypted under a rotating key, searched by a keyed hash that outlives rotations."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator


class Keyring:
    """Encryption keys, newest first, and the key of the search hash.

    New values are sealed under the newest key; every older key still opens. The hash key never rotates with them,
    so a search
    finds what was written under any key.
    """

    def __init__(self, encryption_keys: Sequence[bytes], hash_key: bytes) -> None:
        boxes = [Fernet(key) for key in encryption_keys]
        self._newest, self._boxes = boxes[0], MultiFernet(boxes)
        self._hash_key = hash_key

    def seal(self, text: str) -> str:
        return self._boxes.encrypt(text.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        return self._boxes.decrypt(sealed.encode("ascii")).decode()

    def is_newest(self, sealed: str) -> bool:
        """Whether the newest key opens it."""
        try:
            self._newest.decrypt(sealed.encode("ascii"))
        except InvalidToken:
            return False
        return True

    def reseal(self, sealed: str) -> str:
        """The same value under the newest key."""
        return self._boxes.rotate(sealed.encode("ascii")).decode("ascii")

    def mark(self, text: str) -> str:
        """A keyed hash to search by: 64 hexadecimal digits, equal for equal text."""
        return hmac.new(self._hash_key, text.encode(), hashlib.sha256).hexdigest()


_keyring: Keyring | None = None


def use(keyring: Keyring) -> None:
    """Give the process its keys."""
    global _keyring  # noqa: PLW0603  # column types have no other way to reach the keys
    _keyring = keyring


def keyring() -> Keyring:
    if _keyring is None:
        raise RuntimeError("no encryption keys: call approvals.records.secrecy.use first")
    return _keyring


class Secret(TypeDecorator[str]):
    """A text column encrypted at rest."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else keyring().seal(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else keyring().open(value)


class SecretJson(TypeDecorator[dict[str, Any]]):
    """A JSON object encrypted at rest as one text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str | None:
        return None if value is None else keyring().seal(json.dumps(value, ensure_ascii=False, sort_keys=True))

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:
        return None if value is None else dict(json.loads(keyring().open(value)))
