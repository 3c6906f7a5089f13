"""What stands on a certificate: the item's specification filled with the answers as sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.answers import Answers
from services.item import Item, Text
from services.wording import certificate_lines


@dataclass(frozen=True, slots=True)
class Content:
    """Fixed at the decision; number, code and signature are added when the paper is made."""

    template: str
    title: str
    statement: str
    holder: str
    issuer: str
    issuer_code: str
    fields: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    issued_on: date

    def texts(self) -> Iterator[str]:
        """Every text that must be shown, for the glyph check."""
        yield from (self.title, self.statement, self.holder, self.issuer, *self.notes)
        for label, value in self.fields:
            yield from (label, value)

    def as_data(self) -> dict[str, Any]:
        """JSON-able, for the register."""
        return {
            "template": self.template,
            "title": self.title,
            "statement": self.statement,
            "holder": self.holder,
            "issuer": self.issuer,
            "issuer_code": self.issuer_code,
            "fields": [list(field) for field in self.fields],
            "notes": list(self.notes),
            "issued_on": self.issued_on.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Paper:
    """What the register knows of a certificate that is to be made."""

    number: str
    identifier: str
    code: str
    content: Mapping[str, Any]
    granted_at: datetime
    valid_until: date | None


def content_of(
    item: Item,
    answers: Answers,
    *,
    holder: str,
    issuer: str,
    issuer_code: str,
    regions: Mapping[str, Text],
    issued_on: date,
    language: str = "zh",
) -> Content:
    """Fill the item's certificate. Chinese is the original; English is made on request."""
    spec = item.certificate
    if spec is None:
        raise ValueError(f"{item.code} ends without a certificate")
    lines = certificate_lines(item, answers, language, regions)
    return Content(
        template=spec.template,
        title=spec.title.in_language(language),
        statement=spec.statement.in_language(language),
        holder=holder,
        issuer=issuer,
        issuer_code=issuer_code,
        fields=tuple((label, value) for _key, label, value in lines),
        notes=tuple(note.in_language(language) for note in spec.notes),
        issued_on=issued_on,
    )
