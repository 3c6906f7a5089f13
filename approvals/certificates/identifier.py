"""Electronic-licence identifiers (GB/T 36904-2018), check characters and verification codes."""

from __future__ import annotations

import hashlib
import hmac
import secrets

ROOT = "1.2.156.3005.2"
"""The object identifier under which electronic licences are numbered."""
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's alphabet: no letter that is taken for a digit or for another."""
CODE_LENGTH = 16
"""Letters of 5 bits each: 80 random bits, beyond guessing."""


def check_character(text: str) -> str:
    """ISO 7064 MOD 37,36 over digits and capital letters; ValueError for anything else."""
    product = 36
    for letter in text:
        product = (product + LETTERS.index(letter)) % 36 or 36
        product = product * 2 % 37
    return LETTERS[(37 - product) % 36]


def identifier(type_code: str, issuer_code: str, serial: str, version: int) -> str:
    """Root, type (21 characters), issuer (18), serial, version (001 …) and check character, separated by points."""
    parts = (type_code, issuer_code, serial, f"{version:03d}")
    return ".".join((ROOT, *parts, check_character("".join(parts))))


def verification_code() -> str:
    """Four groups of four letters that can be read out and typed."""
    letters = "".join(secrets.choice(READABLE) for _ in range(CODE_LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def normalised(code: str) -> str:
    """As people type it: any case, with or without hyphens and spaces, O for 0, I and L for 1."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return plain.translate(str.maketrans("OIL", "011"))


def code_hash(code: str) -> str:
    """SHA-256 of the normalised code; with 80 random bits it needs no salt."""
    return hashlib.sha256(normalised(code).encode()).hexdigest()


def is_code(code: str, kept_hash: str) -> bool:
    """Constant-time comparison."""
    return hmac.compare_digest(code_hash(code), kept_hash)
