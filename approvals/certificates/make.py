"""Make the paper of a registered certificate: render its sheet, sign it, and lift the signature as far as it goes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from time import monotonic

from approvals.certificates import sm2
from approvals.certificates.content import Paper
from approvals.certificates.desk import Desk
from approvals.certificates.essence import essence
from approvals.certificates.levels import wanted_level
from approvals.certificates.lift import Lifted, lift, signed_digest
from approvals.certificates.paper import render
from approvals.certificates.proof import prove
from approvals.certificates.seal import sign
from approvals.certificates.sheet import Sheet
from approvals.certificates.signatories import chosen
from approvals.vocabulary import SignatureLevel
from services.papers import seal_from, usual_seal

REST = 30.0
"""Seconds in which a time-stamp authority that failed is not asked again by whoever issues."""
_failed: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class Made:
    """The signed file, and what the register enters about its signature."""

    pdf: bytes
    wanted: SignatureLevel
    level: SignatureLevel
    failure: str | None
    renew_at: datetime | None
    signer: str
    signed_sha256: str
    sm2: str
    """The detached signature over the data, DER in hexadecimal digits, and the id of its key."""
    sm2_key: str


def make(paper: Paper, desk: Desk, *, public_url: str, is_demonstration: bool, at: datetime) -> Made:
    """The same register entry gives the same page; the signature says when it was made, and has a random part.

    Where the time-stamp authority does not answer, the certificate is made all the same, at a lower level. Raises
    Unproven where our own verifier would not believe it.
    """
    original, content = paper.content, paper.translation or paper.content
    issuer, issuer_code = original["issuer"], original["issuer_code"]
    look = seal_from(original["seal"]) if "seal" in original else usual_seal(issuer, issuer_code)
    sheet = Sheet(
        template=content["template"],
        title=content["title"],
        number=paper.number,
        identifier=paper.identifier,
        issuer=content["issuer"],
        issuer_code=issuer_code,
        holder=content["holder"],
        fields=tuple((label, value) for label, value in content["fields"]),
        statement=content["statement"],
        notes=tuple(content["notes"]),
        issued_on=date.fromisoformat(content["issued_on"]),
        valid_until=paper.valid_until,
        verify_url=f"{public_url.rstrip('/')}/verify/{paper.number}/{paper.code}",
        code=paper.code,
        is_demonstration=is_demonstration,
        language="en" if paper.translation else "zh",
        seal=look,
        watermark=paper.watermark,
        translation_of=original["title"] if paper.translation else "",
    )
    # A copy is always asked about: its holder may have taken it back.
    if desk.prove is not None and not paper.watermark:
        sheet = replace(sheet, essence=essence(sheet, desk.prove, is_organisation=paper.is_organisations))
    who, signer = chosen(desk, paper.department, issuer, at)
    signed = sign(render(sheet), signer, at=at, reason=content["title"])
    wanted = wanted_level(
        issued_on=sheet.issued_on, valid_until=sheet.valid_until, has_stamps=desk.stamping is not None
    )
    done = _lifted(signed, wanted, desk, at)
    prove(done.pdf, desk, at=at)
    sm2.ensure(desk.keys)
    key = sm2.signing_key(desk.keys)
    return Made(
        done.pdf,
        wanted,
        done.level,
        done.failure,
        done.renew_at,
        signer=who.id,
        signed_sha256=signed_digest(signed),
        sm2=key.sign(sheet.as_json().encode()).hex(),
        sm2_key=key.id,
    )


def _lifted(signed: bytes, wanted: SignatureLevel, desk: Desk, at: datetime) -> Lifted:
    if desk.stamping is None:
        return Lifted(signed, SignatureLevel.B_B)
    if monotonic() < _failed.get(desk.stamping.url, 0.0):
        return Lifted(signed, SignatureLevel.B_B, "the time-stamp authority did not answer a moment ago")
    done = lift(signed, wanted, desk, at=at)
    if done.level is SignatureLevel.B_B:
        _failed[desk.stamping.url] = monotonic() + REST
    return done
