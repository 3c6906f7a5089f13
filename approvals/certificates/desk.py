"""Everything that signing needs: where the keys are, who is asked to use them, who puts the time to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


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
    prove: Callable[[bytes], str] | None = None
    """Ed25519 by the installation's own key, in hexadecimal digits; without it QR codes carry no data."""

    def as_data(self) -> dict[str, Any]:
        """JSON-able, for a process apart that signs and does nothing else: no time-stamps, no codes."""
        remote = self.remote and {**asdict(self.remote), "secret": self.remote.secret.hex()}
        return {"keys": str(self.keys), "token": self.token and asdict(self.token), "remote": remote}


def desk_from(data: Mapping[str, Any]) -> Desk:
    token, remote = data["token"], data["remote"]
    return Desk(
        Path(data["keys"]),
        token=Token(**token) if token else None,
        remote=Remote(**{**remote, "secret": bytes.fromhex(remote["secret"])}) if remote else None,
    )
