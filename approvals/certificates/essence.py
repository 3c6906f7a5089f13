"""The essential data of a certificate, signed, for its QR code: with the public key anybody believes them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from approvals.certificates.sheet import Sheet

PREFIX = b"rongyiban certificate 1\n"
"""Before what is signed: the key signs other things, too, and nothing of them can be taken for a certificate."""
DIGEST = 16
"""Bytes of the SHA-256 of the data that go into the code."""
Sign = Callable[[bytes], str]
"""Ed25519 over these bytes, in hexadecimal digits."""
Proves = Callable[[str, bytes], bool]
"""Whether such a signature over these bytes is by a key that this installation believes."""
ADDRESS = re.compile(r"/verify/([^/?#\s]{1,100})/([^/?#\s]{1,40})/?(?:#(\S*))?\Z")


@dataclass(frozen=True, slots=True)
class Scanned:
    """A QR code as a scanner reads it: number and code of its address, and the signed part behind the #, if any."""

    number: str
    code: str
    essence: str


@dataclass(frozen=True, slots=True)
class Said:
    """What the signed part says. `holder` is masked, `data` the beginning of the SHA-256 of the data in the file."""

    number: str
    title: str
    holder: str
    issued_on: date
    valid_until: date | None
    data: str


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


def scanned(text: str) -> Scanned | None:
    """None for what is not the address of a verification."""
    found = ADDRESS.search(text.strip())
    return Scanned(found[1].upper(), found[2], found[3] or "") if found else None


def read(text: str, proves: Proves) -> Said | None:
    """None where a letter was changed, or nobody that we believe has signed it."""
    content, _point, signature = text.partition(".")
    try:
        said, sealed = _bytes(content), _bytes(signature)
    except ValueError:
        return None
    if not proves(sealed.hex(), PREFIX + said):
        return None
    number, title, holder, issued_on, valid_until, data = json.loads(said)
    until = date.fromisoformat(valid_until) if valid_until else None
    return Said(number, title, holder, date.fromisoformat(issued_on), until, _bytes(data).hex())


def masked_name(name: str, *, is_organisation: bool) -> str:
    """王＊＊ for a person, 成都＊＊＊＊有限公司 for an organisation: the number of stars does not tell the length."""
    if not is_organisation:
        return f"{name[:1]}＊＊"
    return f"{name[:2]}＊＊＊＊{name[-4:]}" if len(name) > 8 else f"{name[:1]}＊＊＊＊{name[-1:]}"


def _plain(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    """ValueError for anything but the one right spelling."""
    content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _plain(content) != text:
        raise ValueError(text)
    return content
