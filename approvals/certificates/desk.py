"""Everything that signing needs: where the keys are, who is asked to use them, who puts the time to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Token:
    """A hardware token or module reached by PKCS#11; keys are labelled like `ZJ-0001`."""

    library: str
    label: str
    pin: str


@dataclass(frozen=True, slots=True)
class Remote:
    """A signing service reached by HTTP (docs/signing.md)."""

    url: str
    secret: bytes
    seconds: float = 5.0
    attempts: int = 3


@dataclass(frozen=True, slots=True)
class Stamping:
    """A time-stamp authority (RFC 3161)."""

    url: str
    user: str | None = None
    password: str | None = None
    seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class Desk:
    """`token` and `remote` None: the keys are files. `stamping` None: signatures carry no proof of their time."""

    keys: Path
    token: Token | None = None
    remote: Remote | None = None
    stamping: Stamping | None = None
