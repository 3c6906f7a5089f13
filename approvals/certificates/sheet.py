"""The sheet: everything that stands on a certificate, and the data embedded in its file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

DATA_NAME = "certificate"
DATA_FILE = f"{DATA_NAME}.json"
"""The name of the embedded data; beside it the same data lie as XML."""


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

    def as_json(self) -> str:
        """Canonical JSON: keys sorted, dates ISO 8601. It is embedded in the PDF as an associated file."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=date.isoformat, indent=1)

    def texts(self) -> Iterator[str]:
        """Every text that must be shown."""
        yield from (self.title, self.statement, self.holder, self.issuer, self.number, self.identifier, *self.notes)
        for label, value in self.fields:
            yield from (label, value)
