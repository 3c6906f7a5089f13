"""Write a laid-out paper as an archivable file: PDF/A-3a and PDF/UA, its data embedded as JSON and as XML."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from weasyprint import Attachment, Document

from approvals.clock.moment import CITY

ACCESSIBLE = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
"""That the file is accessible (ISO 14289-1), and the schema that PDF/A wants of every property it does not know."""
END = b"</rdf:RDF>"
MOST_PAGES = 60
"""Of any paper of ours."""


class TooLong(Exception):
    """More pages than any paper of ours has."""


def archived(document: Document, *, name: str, data: str, day: date, description: str) -> bytes:
    """`data` (canonical JSON) is embedded as `name`.json and, the same said in XML, as `name`.xml.

    Dates and identifier come from the paper: WeasyPrint would take the present moment. More than MOST_PAGES raise
    TooLong.
    """
    if len(document.pages) > MOST_PAGES:
        raise TooLong(f"{len(document.pages)} pages, at most {MOST_PAGES}")
    moment = datetime.combine(day, time.min, CITY)
    for ending, content in (("json", data), ("xml", as_xml(name, json.loads(data)))):
        document.metadata.attachments.append(
            Attachment(
                string=content,
                name=f"{name}.{ending}",
                description=description,
                created=moment,
                modified=moment,
                relationship="Data",
            )
        )
    result = document.write_pdf(
        pdf_variant="pdf/a-3a",
        pdf_tags=True,
        pdf_identifier=hashlib.sha256(data.encode()).digest()[:16],
        finisher=_finish,
    )
    if not isinstance(result, bytes):
        raise TypeError("WeasyPrint answers with bytes where no target is given")
    return result


def as_xml(name: str, data: Mapping[str, Any]) -> str:
    """The same data as XML: an element a key, `item` for what stands in a list, nothing for what is null."""
    root = Element(name)
    _put(root, data)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _put(element: Element, value: Any) -> None:
    if isinstance(value, Mapping):
        for key, part in sorted(value.items()):
            _put(SubElement(element, key), part)
    elif isinstance(value, list):
        for part in value:
            _put(SubElement(element, "item"), part)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = "".join(letter for letter in str(value) if letter in "\t\n\r" or letter >= " ")


def _finish(_document: Any, pdf: Any) -> None:
    """Say that the file is accessible, and mend what WeasyPrint does twice: it lists each associated file two times and
    compresses each stream two times.
    """
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = list(dict.fromkeys(pdf.catalog["AF"]))
    for part in pdf.objects:
        if getattr(part, "extra", {}).get("Type") == "/Metadata":
            part.stream = [content.replace(END, ACCESSIBLE + END, 1) for content in part.stream]
        if getattr(part, "compress", False):
            extra, part.extra, part.compress = part.extra, {}, False
            content = part.data.partition(b"\nstream\n")[2].removesuffix(b"\nendstream")
            part.stream, part.extra = [_compressed(content)], extra
            extra["Filter"] = "/FlateDecode"


@lru_cache(maxsize=32)
def _compressed(content: bytes) -> bytes:
    """Kept for what every paper has: the frame, the seals, the colour profile."""
    return zlib.compress(content)
