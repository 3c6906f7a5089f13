"""What the office writes on its certificates: the texts of one type, and a department's seal; as data and as files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

import yaml
from yaml.nodes import Node

from services.item import CertificateSpec, Item, Text
from services.places import Fault, Why, faults, places
from services.problems import CatalogueError
from services.reader import Page, compose, read_certificate
from services.revision import certificate_data, node_of

SEAL = "seal"
"""What a paper is about, where it is about no item's certificate but about the department's seal."""
TITLE, STATEMENT, NOTE, NOTES, LABEL = 30, 400, 150, 6, 16
ENGLISH = 3
"""Letters at most; in English so many times as many."""
SEAL_NAME, SEAL_LINE, SEAL_SERIAL = 30, 10, 18
USUAL_LINE = "电子证照专用章"
REMEDIES = {
    Why.UNKNOWN: "write one of {instead}",
    Why.FORMAT: "write one of {instead}",
    Why.BRACE: "write {instead} for the sign itself; braces stand around places only",
    Why.UNSEEN: "leave the character out",
    Why.LONG: "write no more than {instead} characters",
}


class SealMark(StrEnum):
    """What stands in the middle of the seal."""

    STAR = "star"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Seal:
    """`line` stands under the mark, `serial` on the lower arc."""

    name: str
    serial: str
    line: str
    mark: SealMark = SealMark.STAR


def usual_seal(name: str, serial: str) -> Seal:
    """Of a department whose seal nobody has changed."""
    return Seal(name, serial, USUAL_LINE)


# ── as data ───────────────────────────────────────────────────────────────────────────────────────────────────────


def text_content(spec: CertificateSpec) -> str:
    """Canonical JSON, in the shape of an item file's `certificate`."""
    return json.dumps(certificate_data(spec), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def seal_content(seal: Seal) -> str:
    return json.dumps(seal_data(seal), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fitted(item: Item, content: str) -> CertificateSpec:
    """The office's texts over an item as it was published: title, statement, notes, which fields in which order under
    which labels. What the fields say stays the catalogue's, and a field that this item does not have falls away.
    """
    own = item.certificate
    if own is None:
        raise ValueError(f"{item.code} ends without a certificate")
    written = _spec(content)
    known = {key for key, _label in own.fields}
    fields = tuple((key, label) for key, label in written.fields if key in known)
    return replace(
        own, title=written.title, statement=written.statement, notes=written.notes, fields=fields or own.fields
    )


@lru_cache(maxsize=256)
def _spec(content: str) -> CertificateSpec:
    page = Page("paper")
    spec = read_certificate(page, node_of(json.loads(content)))
    if page.problems:
        raise CatalogueError(page.problems)
    return spec


def seal_of(content: str) -> Seal:
    return seal_from(json.loads(content))


def seal_from(data: Mapping[str, str]) -> Seal:
    return Seal(data["name"], data["serial"], data["line"], SealMark(data["mark"]))


def seal_data(seal: Seal) -> dict[str, str]:
    return {"name": seal.name, "serial": seal.serial, "line": seal.line, "mark": str(seal.mark)}


# ── what is wrong with them ───────────────────────────────────────────────────────────────────────────────────────


def text_faults(item: Item, spec: CertificateSpec) -> Iterator[tuple[str, Fault]]:
    """Each with the part it is in: `title`, `statement`, `note`, `label`."""
    known = places(item)
    parts = (
        ("title", spec.title, (), TITLE),
        ("statement", spec.statement, known, STATEMENT),
        *(("note", note, known, NOTE) for note in spec.notes),
        *((f"label of {key}", label, (), LABEL) for key, label in spec.fields),
    )
    for name, text, allowed, most in parts:
        for spoken, room in ((text.zh, most), (text.en, most * ENGLISH)):
            for fault in faults(spoken, allowed, room):
                yield name, fault
    if len(spec.notes) > NOTES:
        yield "notes", Fault(Why.LONG, 1, 1, str(len(spec.notes)), (str(NOTES),))


def seal_faults(seal: Seal) -> Iterator[tuple[str, Fault]]:
    for name, text, most in (
        ("name", seal.name, SEAL_NAME),
        ("serial", seal.serial, SEAL_SERIAL),
        ("line", seal.line, SEAL_LINE),
    ):
        for fault in faults(text, (), most):
            yield name, fault


# ── as files ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PaperFile:
    """One file: whose paper it is, what it is about (SEAL or the code of an item), and what it says."""

    department: str
    subject: str
    content: str


def file_of(department: str, subject: str, content: str) -> str:
    """YAML: `certificate` is in the form of the item's own file, so that it can be copied there."""
    about = {"department": department}
    data = (
        {**about, "seal": json.loads(content)}
        if subject == SEAL
        else {**about, "item": subject, "certificate": json.loads(content)}
    )
    return str(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120))


def read_file(content: str, file: str, items: dict[str, Item], departments: set[str]) -> PaperFile:
    """Raises CatalogueError with file, line and remedy for each mistake."""
    page, node = compose(content, file)
    given = page.given(node, "paper", ("department",), ("item", "certificate", "seal"))
    department = given.word("department")
    if node is not None and department not in departments:
        page.wrong(given.parts.get("department", node), f"there is no department {department!r}", "write its code")
    if node is not None and ("seal" in given.parts) == ("certificate" in given.parts):
        page.wrong(node, "a paper is either a seal or a certificate", "write `seal:`, or `item:` and `certificate:`")
    subject, written = SEAL, ""
    if "seal" in given.parts:
        written = _read_seal(page, given.parts["seal"])
    elif "certificate" in given.parts and node is not None:
        subject = given.word("item")
        item = items.get(subject)
        if item is None or item.certificate is None:
            where = given.parts.get("item", node)
            page.wrong(where, f"{subject!r} is no item with a certificate", "write the code of one, such as GC303")
        else:
            written = _read_text(page, given.parts["certificate"], item)
    if page.problems:
        raise CatalogueError(page.problems)
    return PaperFile(department, subject, written)


def _read_text(page: Page, node: Node, item: Item) -> str:
    spec = read_certificate(page, node)
    own = item.certificate
    if page.problems or own is None:
        return ""
    known = {key for key, _label in own.fields}
    for key, _label in spec.fields:
        if key not in known:
            page.wrong(node, f"the certificate has no field {key!r}", f"write some of {', '.join(sorted(known))}")
    if not spec.fields:
        page.wrong(node, "the certificate says nothing", "give it fields")
    kept = replace(own, title=spec.title, statement=spec.statement, notes=spec.notes, fields=spec.fields)
    shown = {key for key, _label in spec.fields}
    if (spec.template, spec.valid_years, dict(spec.values), spec.masked) != (
        own.template,
        own.valid_years,
        {key: value for key, value in own.values if key in shown},
        own.masked & shown,
    ):
        remedy = "leave template, values, masked and valid_years as the item's file has them"
        page.wrong(node, "only title, statement, notes, labels and the order of fields are the office's", remedy)
    for name, fault in text_faults(item, kept):
        _wrong(page, node, name, fault)
    return text_content(_without_unshown(kept))


def _without_unshown(spec: CertificateSpec) -> CertificateSpec:
    """Values and masks of fields that are not shown say nothing."""
    shown = {key for key, _label in spec.fields}
    return replace(
        spec,
        values=tuple((key, value) for key, value in spec.values if key in shown),
        masked=spec.masked & shown,
    )


def _read_seal(page: Page, node: Node) -> str:
    given = page.given(node, "seal", ("name", "serial", "line"), ("mark",))
    seal = Seal(
        given.word("name"),
        given.word("serial"),
        given.word("line"),
        given.one_of("mark", SealMark, SealMark.STAR),
    )
    for name, fault in seal_faults(seal):
        _wrong(page, node, name, fault)
    return seal_content(seal)


def _wrong(page: Page, node: Node, name: str, fault: Fault) -> None:
    remedy = REMEDIES[fault.why].format(instead=", ".join(fault.instead))
    page.wrong(node, f"{name}, line {fault.line}, character {fault.column}: {fault.found!r} cannot stand here", remedy)


def written(
    item: Item, title: Text, statement: Text, notes: tuple[Text, ...], fields: tuple[tuple[str, Text], ...]
) -> str:
    """The content of the texts that somebody wrote for an item's certificate."""
    own = item.certificate
    if own is None:
        raise ValueError(f"{item.code} ends without a certificate")
    return text_content(_without_unshown(replace(own, title=title, statement=statement, notes=notes, fields=fields)))
