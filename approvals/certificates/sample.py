"""What an item's certificate looks like: a sheet filled with the catalogue's examples, marked as a sample, unsigned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from approvals.certificates.content import content_of
from approvals.certificates.paper import render
from approvals.certificates.sheet import Sheet
from approvals.clock.calendar import last_day
from services.answers import examples
from services.item import CertificateSpec, Item, Text
from services.papers import Seal, usual_seal

NUMBER, CODE, IDENTIFIER = "SAMPLE-000000", "SAMPLE", "SAMPLE"
HOLDER = Text("示例申请人", "Sample applicant")


@dataclass(frozen=True, slots=True)
class Written:
    """What the office wrote and wants to see: texts of the item's certificate, a seal."""

    spec: CertificateSpec | None = None
    seal: Seal | None = None


def sample(
    item: Item,
    issuer: Text,
    issuer_code: str,
    regions: Mapping[str, Text],
    *,
    public_url: str,
    language: str,
    on: date,
    preview: Written | None = None,
) -> bytes:
    """A PDF without signature, so that nobody can take it for a certificate; a preview is marked as one."""
    written = preview or Written()
    spec = written.spec or item.certificate
    content = content_of(
        item,
        examples(item, on),
        holder=HOLDER.in_language(language),
        issuer=issuer.in_language(language),
        issuer_code=issuer_code,
        regions=regions,
        issued_on=on,
        language=language,
        valid_until=_last_day(item, on) if preview else None,
        spec=spec,
        seal=written.seal,
    )
    sheet = Sheet(
        template=content.template,
        title=content.title,
        number=NUMBER,
        identifier=IDENTIFIER,
        issuer=content.issuer,
        issuer_code=content.issuer_code,
        holder=content.holder,
        fields=content.fields,
        statement=content.statement,
        notes=content.notes,
        issued_on=on,
        valid_until=_last_day(item, on) if preview else None,
        verify_url=f"{public_url.rstrip('/')}/verify",
        code=CODE,
        is_demonstration=True,
        language=language,
        seal=content.seal or usual_seal(issuer.zh, issuer_code),
        is_preview=preview is not None,
        translation_of=spec.title.zh if spec and language == "en" else "",
    )
    return render(sheet)


def _last_day(item: Item, on: date) -> date | None:
    years = item.certificate.valid_years if item.certificate else None
    return last_day(on, years) if years else None
