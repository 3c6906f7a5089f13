"""A second, detached signature over the certificate's data: SM2 with SM3 (GB/T 32918, GB/T 32905); a demonstration."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import ClassVar

from asn1crypto import core, pem
from cryptography.hazmat.primitives import hashes
from gmssl.sm2 import CryptSM2, default_ecc_table

from approvals.storage import write_once

FOLDER, KEY_FILE, PUBLIC_FILE = "sm2", "signing.key", "signing.pem"
CURVE = "1.2.156.10197.1.301"
"""sm2p256v1 (GM/T 0006)."""
USER = "1234567812345678"
"""The distinguishing identifier that goes into what is hashed (GM/T 0009); OpenSSL is told it as `distid`."""
ORDER = int(default_ecc_table["n"], 16)
DIGITS = 64


class NoKey(Exception):
    """There is no key, others may read it, or it is damaged; the message says which."""


class _Scalar(core.Sequence):
    """ECPrivateKey of SEC 1, as PKCS#8 wraps it."""

    _fields: ClassVar = [("version", core.Integer), ("private", core.OctetString)]


class _Algorithm(core.Sequence):
    _fields: ClassVar = [("algorithm", core.ObjectIdentifier), ("curve", core.ObjectIdentifier)]


class _Private(core.Sequence):
    _fields: ClassVar = [("version", core.Integer), ("algorithm", _Algorithm), ("key", core.OctetString)]


class _Public(core.Sequence):
    _fields: ClassVar = [("algorithm", _Algorithm), ("key", core.BitString)]


@dataclass(frozen=True, slots=True)
class Sm2Key:
    """`public` is the point without its leading 04, `private` the scalar: hexadecimal digits, 128 and 64."""

    private: str
    public: str

    @property
    def pem(self) -> bytes:
        """The public half as OpenSSL reads it."""
        return _public_pem(self.public)

    @property
    def id(self) -> str:
        """SHA-256 of the public half in DER."""
        return hashlib.sha256(pem.unarmor(self.pem)[2]).hexdigest()

    def sign(self, data: bytes) -> bytes:
        """DER, as OpenSSL takes it. The random number is ours: that of gmssl can be guessed."""
        digest = _digest(self.public, data)
        while True:
            signature = _engine(self).sign(digest, f"{1 + secrets.randbelow(ORDER - 1):064x}")
            if signature is not None:
                return bytes.fromhex(signature)


def ensure(keys: Path) -> None:
    """Make the key where there is none; of two processes that do it together one makes it."""
    place = keys / FOLDER
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (place / KEY_FILE).exists():
        write_once(place / KEY_FILE, _private_pem(f"{1 + secrets.randbelow(ORDER - 2):064x}"), 0o600)
    if not (place / PUBLIC_FILE).exists():
        write_once(place / PUBLIC_FILE, signing_key(keys).pem, 0o644)


def signing_key(keys: Path) -> Sm2Key:
    """Raises NoKey, also when anybody but its owner may read it."""
    place = keys / FOLDER / KEY_FILE
    try:
        kept = place.stat()
        if kept.st_mode & 0o077:
            raise NoKey(f"{place} may be read by others: chmod 600 it")
        return _loaded(place, kept.st_mtime_ns)
    except OSError as error:
        raise NoKey(f"the SM2 key cannot be read: {place}: {error.strerror}") from None


def public_keys(keys: Path) -> dict[str, bytes]:
    """PEM by id; a key that was replaced leaves its public half under another name."""
    found = [place.read_bytes() for place in sorted((keys / FOLDER).glob("*.pem"))]
    return {hashlib.sha256(pem.unarmor(each)[2]).hexdigest(): each for each in found}


@lru_cache(maxsize=8)
def _loaded(place: Path, _made: int) -> Sm2Key:
    try:
        scalar = _Scalar.load(_Private.load(pem.unarmor(place.read_bytes())[2])["key"].native)["private"].native.hex()
    except (ValueError, TypeError):
        raise NoKey(f"{place} is no SM2 key") from None
    if len(scalar) != DIGITS or not 0 < int(scalar, 16) < ORDER - 1:
        raise NoKey(f"{place} is no SM2 key")
    point = CryptSM2(private_key=scalar, public_key="")._kg(int(scalar, 16), default_ecc_table["g"])  # noqa: SLF001
    return Sm2Key(scalar, str(point))


def _engine(key: Sm2Key) -> CryptSM2:
    """The library strips leading digits 0 and 4 from some public keys; what it then signs nobody can verify."""
    made = CryptSM2(private_key=key.private, public_key=key.public, asn1=True)
    made.public_key = key.public
    return made


def _digest(public: str, data: bytes) -> bytes:
    """SM3 over the signer's identity, the curve and the public key, and then over the data (GB/T 32918.2, 5.5)."""
    curve = "".join(default_ecc_table[name] for name in ("a", "b", "g"))
    who = USER.encode()
    return _sm3(_sm3((8 * len(who)).to_bytes(2, "big") + who + bytes.fromhex(curve + public)) + data)


def _sm3(content: bytes) -> bytes:
    made = hashes.Hash(hashes.SM3())
    made.update(content)
    return made.finalize()


def _algorithm() -> _Algorithm:
    return _Algorithm({"algorithm": "1.2.840.10045.2.1", "curve": CURVE})


def _private_pem(scalar: str) -> bytes:
    inner = _Scalar({"version": 1, "private": bytes.fromhex(scalar)}).dump()
    return bytes(pem.armor("PRIVATE KEY", _Private({"version": 0, "algorithm": _algorithm(), "key": inner}).dump()))


def _public_pem(point: str) -> bytes:
    bits = core.BitString(tuple(int(bit) for bit in f"{int('04' + point, 16):0520b}"))
    return bytes(pem.armor("PUBLIC KEY", _Public({"algorithm": _algorithm(), "key": bits}).dump()))
