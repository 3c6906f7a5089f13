"""What stands on a certificate: the item's specification filled with the answers as sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from approvals.certificates.glyphs import missing
from services.answers import Answers
from services.item import CertificateSpec, Item, Text
from services.papers import Seal, seal_data
from services.places import HOLDER, ISSUED_ON, ISSUER, VALID_UNTIL, filled
from services.wording import certificate_lines

CREDIT_CODE = Text("统一社会信用代码", "Unified social credit code")
MANNER = Text("核发方式", "Issued")
ON_COMMITMENT = Text("告知承诺", "on a commitment")
IN_PART = Text("告知承诺（{parts}）", "on a commitment ({parts})")
COMMITMENT_NOTE = Text(
    "本证以告知承诺方式核发，由发证机关事后核查；承诺不实的，依法撤销。",
    "Issued on a commitment that is verified afterwards; where it is untrue, this certificate is revoked.",
)


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
    is_on_commitment: bool = False
    credit_code: str = ""
    """Of the organisation that is founded by it."""
    seal: Seal | None = None
    """Where the office has changed it."""

    def texts(self) -> Iterator[str]:
        """Every text that must be shown, for the glyph check."""
        yield from (self.title, self.statement, self.holder, self.issuer, *self.notes)
        for label, value in self.fields:
            yield from (label, value)
        if self.seal is not None:
            yield from (self.seal.name, self.seal.serial, self.seal.line)

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
            **({"on_commitment": True} if self.is_on_commitment else {}),
            **({"credit_code": self.credit_code} if self.credit_code else {}),
            **({"seal": seal_data(self.seal)} if self.seal else {}),
        }


@dataclass(frozen=True, slots=True)
class Paper:
    """What the register knows of a certificate that is to be made."""

    number: str
    identifier: str
    code: str
    content: Mapping[str, Any]
    valid_until: date | None
    department: str = ""
    """Whose key signs."""
    is_organisations: bool = False
    """Whether the holder is an organisation: it is masked otherwise than a person."""
    watermark: str = ""
    """Of a copy: for whom, for what, until when."""
    translation: Mapping[str, Any] | None = None
    """What stands on it in English, where that is wanted and not `content`, the original."""


def content_of(
    item: Item,
    answers: Answers,
    *,
    holder: str,
    issuer: str,
    issuer_code: str,
    regions: Mapping[str, Text],
    issued_on: date,
    promised: Set[str] = frozenset(),
    language: str = "zh",
    valid_until: date | None = None,
    spec: CertificateSpec | None = None,
    credit_code: str = "",
    seal: Seal | None = None,
) -> Content:
    """Fill the item's certificate. Chinese is the original; for the English of one that was granted see `translated`.

    `promised` are the steps decided on a commitment: that the certificate rests on one stands on its face. `spec` and
    `seal` are the office's own, where it has changed texts (services.papers.fitted) or its seal.
    """
    spec = spec or item.certificate
    if spec is None:
        raise ValueError(f"{item.code} ends without a certificate")
    said = {key: value for key, _label, value in certificate_lines(item, answers, language, regions)}
    said[HOLDER] = holder
    values: dict[str, str | date | None] = {**said, ISSUER: issuer, ISSUED_ON: issued_on, VALID_UNTIL: valid_until}
    return Content(
        template=spec.template,
        title=spec.title.in_language(language),
        statement=filled(spec.statement.in_language(language), values, language),
        holder=holder,
        issuer=issuer,
        issuer_code=issuer_code,
        fields=(
            *((CREDIT_CODE.in_language(language), credit_code) for _ in range(bool(credit_code))),
            *((label.in_language(language), said[key]) for key, label in spec.fields),
            *((MANNER.in_language(language), _manner(item, promised, language)) for _ in range(bool(promised))),
        ),
        notes=tuple(
            filled(note.in_language(language), values, language)
            for note in (*spec.notes, *([COMMITMENT_NOTE] if promised else []))
        ),
        issued_on=issued_on,
        is_on_commitment=bool(promised),
        credit_code=credit_code,
        seal=seal,
    )


def reworded(
    item: Item,
    answers: Answers,
    sheet: Mapping[str, Any],
    *,
    regions: Mapping[str, Text],
    valid_until: date | None,
    spec: CertificateSpec | None = None,
) -> dict[str, Any]:
    """Statement and notes of a `sheet` whose fields, holder or day were changed: their places are filled anew."""
    spec = spec or item.certificate
    if spec is None:
        raise ValueError(f"{item.code} ends without a certificate")
    stands = dict(sheet["fields"])
    said: dict[str, str | date | None] = {
        key: stands.get(label, value) for key, label, value in certificate_lines(item, answers, "zh", regions)
    }
    said |= {key: stands[label.zh] for key, label in spec.fields if label.zh in stands}
    issued_on = date.fromisoformat(sheet["issued_on"])
    said |= {HOLDER: sheet["holder"], ISSUER: sheet["issuer"], ISSUED_ON: issued_on, VALID_UNTIL: valid_until}
    notes = (*spec.notes, *([COMMITMENT_NOTE] if "on_commitment" in sheet else []))
    return {
        "statement": filled(spec.statement.zh, said, "zh"),
        "notes": [filled(note.zh, said, "zh") for note in notes],
    }


def translated(sheet: Mapping[str, Any], granted: Content, english: Content) -> Content:
    """The `sheet` of a certificate as it stands in the register now, in English: row by row what `english` says for
    what it said when it was `granted`. What an act has changed since stands as it was written.
    """
    rows = dict(zip(granted.fields, english.fields, strict=True))
    labels = {label: row[0] for (label, _value), row in rows.items()}
    texts = dict(zip((granted.statement, *granted.notes), (english.statement, *english.notes), strict=True))
    return replace(
        english,
        holder=sheet["holder"],
        issued_on=date.fromisoformat(sheet["issued_on"]),
        fields=tuple(rows.get((label, value), (labels.get(label, label), value)) for label, value in sheet["fields"]),
        statement=texts.get(sheet["statement"], sheet["statement"]),
        notes=tuple(texts.get(note, note) for note in sheet["notes"]),
    )


def unprintable(item: Item, answers: Answers, *, holder: str, regions: Mapping[str, Text]) -> tuple[str, ...]:
    """Characters of the answers and of the holder that would stop its certificate, long before it is granted."""
    if item.certificate is None:
        return ()
    told = content_of(
        item, answers, holder=holder, issuer="", issuer_code="", regions=regions, issued_on=date.min
    )  # nothing but what the applicant said can be missing: the office's own texts are looked through when written
    return missing(told.texts())


def _manner(item: Item, promised: Set[str], language: str) -> str:
    """The whole on a commitment, or which parts of a joint case."""
    if item.commitment_terms is not None:
        return ON_COMMITMENT.in_language(language)
    between = "; " if language.startswith("en") else "、"
    parts = between.join(step.title.in_language(language) for key, step in item.steps.items() if key in promised)
    return IN_PART.in_language(language).format(parts=parts)
