"""The key that signs checkpoints (Ed25519, RFC 8032): made by the installation, kept in its folder of keys."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from approvals.storage import write_once

FOLDER, KEY_FILE, PUBLIC_FILE = "trail", "signing.key", "signing.pub"
EVERY_PUBLIC = "*.pub"
"""All of them are trusted: a key that was replaced leaves its public half there under another name."""


class KeyUnusable(Exception):
    """There is no key, others may read it, or it is no Ed25519 key; the message says which."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One half, for everybody; `id` is the SHA-256 of its 32 bytes."""

    id: str
    pem: str
    key: Ed25519PublicKey

    def proves(self, signature: str, content: bytes) -> bool:
        """Whether the signature (hexadecimal, lower case) is this key's under these bytes."""
        try:
            raw = bytes.fromhex(signature)
            self.key.verify(raw, content)
        except (ValueError, InvalidSignature):
            return False
        return raw.hex() == signature


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Both halves."""

    secret: Ed25519PrivateKey
    public: PublicKey

    def sign(self, content: bytes) -> str:
        return self.secret.sign(content).hex()


def ensure(keys: Path) -> None:
    """Make the key where there is none; of two processes that do it together one makes it."""
    place = keys / FOLDER
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (place / KEY_FILE).exists():
        made = Ed25519PrivateKey.generate()
        write_once(place / KEY_FILE, made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    if not (place / PUBLIC_FILE).exists():
        write_once(place / PUBLIC_FILE, signing_key(keys).public.pem.encode(), 0o644)


def signing_key(keys: Path) -> SigningKey:
    """Raises KeyUnusable, also when anybody but its owner may read it."""
    place = keys / FOLDER / KEY_FILE
    try:
        if place.stat().st_mode & 0o077:
            raise KeyUnusable(f"{place} may be read by others: chmod 600 it")
        secret = load_pem_private_key(place.read_bytes(), password=None)
    except OSError as error:
        raise KeyUnusable(f"the key that signs checkpoints cannot be read: {place}: {error.strerror}") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyUnusable(f"{place} is no key") from None
    if not isinstance(secret, Ed25519PrivateKey):
        raise KeyUnusable(f"{place} is no Ed25519 key")
    return SigningKey(secret, _public(secret.public_key()))


def trusted(keys: Path) -> Mapping[str, PublicKey]:
    """The public keys this installation believes, by id. Raises KeyUnusable for a file that holds none."""
    found = {}
    for place in sorted((keys / FOLDER).glob(EVERY_PUBLIC)):
        try:
            key = load_pem_public_key(place.read_bytes())
        except (ValueError, UnsupportedAlgorithm):
            raise KeyUnusable(f"{place} is no public key") from None
        if not isinstance(key, Ed25519PublicKey):
            raise KeyUnusable(f"{place} is no Ed25519 key")
        public = _public(key)
        found[public.id] = public
    return found


def _public(key: Ed25519PublicKey) -> PublicKey:
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return PublicKey(hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest(), pem, key)
