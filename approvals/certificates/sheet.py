"""The sheet: everything that stands on a certificate, and the data embedded in its file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

from services.papers import Seal, usual_seal

BESIDE_THE_DATA = frozenset({"essence", "is_preview", "seal"})
DATA_NAME = "certificate"
DATA_FILE = f"{DATA_NAME}.json"
"""The name of the embedded data; beside it the same data lie as XML."""
WRIT_NAME = "writ"
WRIT_FILE = f"{WRIT_NAME}.json"
"""Likewise of a writ."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """`template` names a file in templates/certificates; `fields` are label and value in order of printing."""

    template: str
    title: str
    number: str
    identifier: str
    issuer: str
    issuer_code: str
    holder: str
    fields: tuple[tuple[str, str], ...]
    statement: str
    notes: tuple[str, ...]
    issued_on: date
    valid_until: date | None
    verify_url: str
    code: str
    is_demonstration: bool
    language: str = "zh"
    seal: Seal | None = None
    """Where the office has changed it: how the seal looks is no data of the certificate."""
    essence: str = ""
    """Signed, in the QR code: about the data, and so no part of them."""
    is_preview: bool = False
    """Of a text that nobody has let into force: the page says so."""
    watermark: str = ""
    """Stands across each page of a copy."""
    translation_of: str = ""
    """The title of the Chinese original, which prevails."""

    @property
    def qr_text(self) -> str:
        """The address, which leads whoever scans it to the verification, and behind it the essential data."""
        return f"{self.verify_url}#{self.essence}" if self.essence else self.verify_url

    @property
    def seal_look(self) -> Seal:
        return self.seal or usual_seal(self.issuer, self.issuer_code)

    def as_json(self) -> str:
        """Canonical JSON: keys sorted, dates ISO 8601. It is embedded in the PDF as an associated file."""
        data = {name: value for name, value in asdict(self).items() if name not in BESIDE_THE_DATA}
        for name in ("watermark", "translation_of"):
            if not data[name]:
                del data[name]
        return json.dumps(data, ensure_ascii=False, sort_keys=True, default=date.isoformat, indent=1)

    def texts(self) -> Iterator[str]:
        """Every text that must be shown."""
        yield from (self.title, self.statement, self.holder, self.issuer, self.number, self.identifier, *self.notes)
        yield from (self.watermark, self.translation_of)
        for label, value in self.fields:
            yield from (label, value)
