"""What an item's certificate looks like: a sheet filled with the catalogue's examples, marked as a sample, unsigned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from approvals.certificates.content import content_of
from approvals.certificates.paper import render
from approvals.certificates.sheet import Sheet
from services.answers import examples
from services.item import Department, Item, Text

NUMBER, CODE, IDENTIFIER = "SAMPLE-000000", "SAMPLE", "SAMPLE"
HOLDER = Text("示例申请人", "Sample applicant")


def sample(
    item: Item, department: Department, regions: Mapping[str, Text], *, public_url: str, language: str, on: date
) -> bytes:
    """A PDF without signature, so that nobody can take it for a certificate."""
    content = content_of(
        item,
        examples(item, on),
        holder=HOLDER.in_language(language),
        issuer=department.name.in_language(language),
        issuer_code=department.credit_code or "",
        regions=regions,
        issued_on=on,
        language=language,
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
        valid_until=None,
        verify_url=f"{public_url.rstrip('/')}/verify",
        code=CODE,
        is_demonstration=True,
        language=language,
    )
    return render(sheet)
