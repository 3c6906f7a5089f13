"""What a checkpoint says and what it covers, in the exact bytes that are signed and hashed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from approvals.audit.chain import canonical, instant
from approvals.records.checkpoint import Checkpoint

WHAT = "rongyiban checkpoint 1"
"""Stands in every statement, so that the signature of one is no signature of anything else; the number is that of this
form."""


@dataclass(frozen=True, slots=True)
class Head:
    """A leaf: an application's chain has this length and this head; events up to `since` are covered before."""

    application: int
    number: str
    since: int
    length: int
    head: str

    def says(self) -> dict[str, Any]:
        return {
            "application": self.application,
            "head": self.head,
            "length": self.length,
            "number": self.number,
            "since": self.since,
        }

    def canonical(self) -> bytes:
        return canonical(self.says())


@dataclass(frozen=True, slots=True)
class Statement:
    """What is signed. `root` is that of the Merkle tree over the heads by application id, `previous` the hash of the
    statement before it, `key` names the key that signs it; all three in hexadecimal.
    """

    sequence: int
    at: datetime
    heads: int
    events: int
    root: str
    previous: str
    key: str

    def says(self) -> dict[str, Any]:
        return {
            "at": instant(self.at),
            "events": self.events,
            "heads": self.heads,
            "key": self.key,
            "previous": self.previous,
            "root": self.root,
            "sequence": self.sequence,
            "what": WHAT,
        }

    def canonical(self) -> bytes:
        return canonical(self.says())

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.canonical()).hexdigest()


@dataclass(frozen=True, slots=True)
class Signed:
    """A statement with its signature (hexadecimal)."""

    statement: Statement
    signature: str

    @classmethod
    def of(cls, row: Checkpoint) -> Signed:
        """What a row says."""
        return cls(Statement(**{name: getattr(row, name) for name in Statement.__slots__}), row.signature)

    def document(self) -> dict[str, Any]:
        """As it is kept outside the database: what a proof contains, too."""
        return {"checkpoint": self.statement.says(), "signature": self.signature}


class NoCheckpoint(Exception):
    """A file that holds no signed checkpoint of this form."""


def read(text: str) -> Signed:
    """From a document, whatever else stands in it. Raises NoCheckpoint; the signature is not verified here."""
    try:
        document: Mapping[str, Any] = json.loads(text)
        said = {**document["checkpoint"]}
        signed = Signed(
            Statement(
                **{name: said[name] for name in Statement.__slots__ if name != "at"},
                at=datetime.fromisoformat(said["at"]),
            ),
            document["signature"],
        )
        if signed.statement.says() != said or not isinstance(signed.signature, str):
            raise NoCheckpoint("not a checkpoint of this form")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NoCheckpoint(f"not a signed checkpoint: {type(error).__name__}") from None
    return signed
