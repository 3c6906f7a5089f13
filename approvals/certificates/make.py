"""Make the paper of a registered certificate: render its sheet and sign it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from approvals.certificates import authority
from approvals.certificates.content import Paper
from approvals.certificates.paper import render
from approvals.certificates.seal import sign
from approvals.certificates.sheet import Sheet


def make(paper: Paper, *, public_url: str, keys: Path, is_demonstration: bool) -> bytes:
    """The signed PDF. The same register entry gives the same page; only the signature's random part differs."""
    content = paper.content
    sheet = Sheet(
        template=content["template"],
        title=content["title"],
        number=paper.number,
        identifier=paper.identifier,
        issuer=content["issuer"],
        issuer_code=content["issuer_code"],
        holder=content["holder"],
        fields=tuple((label, value) for label, value in content["fields"]),
        statement=content["statement"],
        notes=tuple(content["notes"]),
        issued_on=date.fromisoformat(content["issued_on"]),
        valid_until=paper.valid_until,
        verify_url=f"{public_url.rstrip('/')}/verify/{paper.number}/{paper.code}",
        code=paper.code,
        is_demonstration=is_demonstration,
    )
    return sign(render(sheet), authority.signer(keys), at=paper.granted_at, reason=content["title"])
