"""The essential data of a certificate, signed, for its QR code: with the public key anybody believes them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable

from approvals.certificates.sheet import Sheet

PREFIX = b"rongyiban certificate 1\n"
"""Before what is signed: the key signs other things, too, and nothing of them can be taken for a certificate."""
DIGEST = 16
"""Bytes of the SHA-256 of the data that go into the code."""
Sign = Callable[[bytes], str]
"""Ed25519 over these bytes, in hexadecimal digits."""


def essence(sheet: Sheet, sign: Sign, *, is_organisation: bool) -> str:
    """What stands behind the # of the address in the QR code, which a browser sends to nobody: two parts in base64url,
    a list in JSON (number, title, masked holder, first and last day, digest of the data) and its signature.
    """
    data = hashlib.sha256(sheet.as_json().encode()).digest()[:DIGEST]
    said = [
        sheet.number,
        sheet.title,
        masked_name(sheet.holder, is_organisation=is_organisation),
        sheet.issued_on.isoformat(),
        sheet.valid_until.isoformat() if sheet.valid_until else "",
        _plain(data),
    ]
    content = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return f"{_plain(content)}.{_plain(bytes.fromhex(sign(PREFIX + content)))}"


def masked_name(name: str, *, is_organisation: bool) -> str:
    """王＊＊ for a person, 成都＊＊＊＊有限公司 for an organisation: the number of stars does not tell the length."""
    if not is_organisation:
        return f"{name[:1]}＊＊"
    return f"{name[:2]}＊＊＊＊{name[-4:]}" if len(name) > 8 else f"{name[:1]}＊＊＊＊{name[-1:]}"


def _plain(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
