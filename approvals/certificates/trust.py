"""What this installation believes: roots of signers, roots of time-stamps, lists of revoked keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import pem

from approvals.certificates.authority import FOLDER

STAMPS = "stamps"
"""The folder of keys in which the roots of time-stamp authorities lie."""


@dataclass(frozen=True, slots=True)
class Trust:
    """DER each; configured, and never taken from a file that is verified. `revoked` are lists as in RFC 5280."""

    roots: tuple[bytes, ...] = ()
    stamps: tuple[bytes, ...] = ()
    revoked: tuple[bytes, ...] = ()


def trusted(keys: Path) -> Trust:
    """`authority/root*.pem`, `authority/*.crl` and `stamps/*.pem` below the folder of keys; a file may hold several."""
    return Trust(
        _read((keys / FOLDER).glob("root*.pem")),
        _read((keys / STAMPS).glob("*.pem")),
        _read((keys / FOLDER).glob("*.crl")),
    )


def _read(files: Iterable[Path]) -> tuple[bytes, ...]:
    return tuple(der for place in sorted(files) for der in unarmored(place.read_bytes()))


def unarmored(content: bytes) -> list[bytes]:
    return [der for _name, _headers, der in pem.unarmor(content, multiple=True)] if pem.detect(content) else [content]
