"""Examine a file that is said to be a certificate of ours: signature, coverage, issuer, embedded data."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from approvals.certificates.sheet import DATA_FILE

if TYPE_CHECKING:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
    from pyhanko.sign.validation.status import PdfSignatureStatus

LARGEST = 10 * 1024 * 1024
MOST_SIGNATURES = 4
LONGEST_DATA = 256 * 1024
LARGEST_UNPACKED = 16 * 1024 * 1024
"""One stream of a file, decoded; pyHanko stops there."""
MOST_PARTS = 10_000
"""Objects and streams of a file; a certificate of ours has under two hundred."""


class Verdict(StrEnum):
    VALID = "valid"
    INVALID = "invalid"
    UNDECIDED = "undecided"


class Reason(StrEnum):
    """Why; the pages put it into plain words."""

    SIGNED_WHOLE = "signed_whole"
    TOO_LARGE = "too_large"
    NOT_A_PDF = "not_a_pdf"
    ENCRYPTED = "encrypted"
    NO_SIGNATURE = "no_signature"
    TOO_MANY_SIGNATURES = "too_many_signatures"
    BROKEN_SIGNATURE = "broken_signature"
    ALTERED_AFTER_SIGNING = "altered_after_signing"
    UNKNOWN_ISSUER = "unknown_issuer"
    UNREADABLE = "unreadable"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class Examination:
    """`sheet` is the certificate's data as embedded, given only when the signature over it is good."""

    verdict: Verdict
    reason: Reason
    signer: str | None = None
    signed_at: datetime | None = None
    coverage: str | None = None
    sheet: dict[str, Any] | None = None


def examine(pdf: bytes, roots: Sequence[bytes]) -> Examination:
    """Never raises. `roots` (PEM) are what this installation trusts; certificates in the file only help to reach them.

    Valid only when the signature is intact, covers the whole file, forbids every change and its signer chains to a
    configured root. pyHanko calls a file with an appended revision still "intact", "valid" and "trusted": coverage and
    bottom line are what tells.
    """
    if refusal := _refusal(pdf):
        return Examination(Verdict.INVALID, refusal)
    from pyhanko.pdf_utils.decode_limits import DecodeLimits, StreamDecodeLimits
    from pyhanko.pdf_utils.reader import PdfFileReader

    limits = DecodeLimits(per_stream=StreamDecodeLimits(max_output_size=LARGEST_UNPACKED))
    try:
        reader = PdfFileReader(io.BytesIO(pdf), decode_limits=limits)
        if reader.encrypted:
            return Examination(Verdict.INVALID, Reason.ENCRYPTED)
        signatures = reader.embedded_regular_signatures
    except Exception:  # noqa: BLE001  # whatever a hostile file makes the library raise, it cannot be read
        return Examination(Verdict.INVALID, Reason.UNREADABLE)
    if not signatures:
        return Examination(Verdict.INVALID, Reason.NO_SIGNATURE)
    if len(signatures) > MOST_SIGNATURES:
        return Examination(Verdict.INVALID, Reason.TOO_MANY_SIGNATURES)
    try:
        status = asyncio.run(_validate(signatures[0], roots))
        return _judge(reader, signatures, status)
    except Exception:  # noqa: BLE001  # a signature that cannot even be checked
        return Examination(Verdict.INVALID, Reason.BROKEN_SIGNATURE)


def _refusal(pdf: bytes) -> Reason | None:
    """What can be told from the bytes alone, before a parser follows what a hostile file asks of it."""
    if len(pdf) > LARGEST:
        return Reason.TOO_LARGE
    if pdf.lstrip()[:5] != b"%PDF-":
        return Reason.NOT_A_PDF
    # A signature names the bytes it covers, and these numbers cannot themselves be compressed.
    signatures = pdf.count(b"/ByteRange")
    if not signatures:
        return Reason.ENCRYPTED if b"/Encrypt" in pdf else Reason.NO_SIGNATURE
    if signatures > MOST_SIGNATURES:
        return Reason.TOO_MANY_SIGNATURES
    if pdf.count(b" obj") > MOST_PARTS or pdf.count(b"stream") > 2 * MOST_PARTS:
        return Reason.TOO_LARGE
    return None


async def _validate(signature: EmbeddedPdfSignature, roots: Sequence[bytes]) -> PdfSignatureStatus:
    from asn1crypto import pem, x509
    from pyhanko.sign.validation import async_validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    trusted = [x509.Certificate.load(pem.unarmor(root)[2]) for root in roots]
    # The signer's certificate is judged at the time of signing: what was issued stays verifiable after the key expires.
    context = ValidationContext(trust_roots=trusted, allow_fetching=False, moment=signature.self_reported_timestamp)
    return await async_validate_pdf_signature(signature, signer_validation_context=context)


def _judge(
    reader: PdfFileReader, signatures: Sequence[EmbeddedPdfSignature], status: PdfSignatureStatus
) -> Examination:
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.fields import MDPPerm
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    def found(verdict: Verdict, reason: Reason, sheet: dict[str, Any] | None = None) -> Examination:
        name = status.signing_cert.subject.native.get("common_name") if status.signing_cert else None
        coverage = status.coverage.name.lower() if status.coverage else None
        return Examination(verdict, reason, name, status.signer_reported_dt, coverage, sheet)

    if not status.intact or not status.valid:
        return found(Verdict.INVALID, Reason.BROKEN_SIGNATURE)
    if (
        len(signatures) > 1
        or status.coverage is not SignatureCoverageLevel.ENTIRE_FILE
        or status.modification_level not in {None, ModificationLevel.NONE}
    ):
        return found(Verdict.INVALID, Reason.ALTERED_AFTER_SIGNING)
    if not status.trusted or not status.bottom_line:
        return found(Verdict.INVALID, Reason.UNKNOWN_ISSUER)
    if signatures[0].docmdp_level is not MDPPerm.NO_CHANGES:
        return found(Verdict.INVALID, Reason.BROKEN_SIGNATURE)
    sheet = _data(reader)
    if sheet is None:
        return found(Verdict.UNDECIDED, Reason.NO_DATA)
    return found(Verdict.VALID, Reason.SIGNED_WHOLE, sheet)


def _data(reader: PdfFileReader) -> dict[str, Any] | None:
    """The embedded certificate data; None where there is none of ours."""
    for reference in reader.root.get("/AF", ()):
        file = reference.get_object() if hasattr(reference, "get_object") else reference
        if file.get("/UF", file.get("/F")) == DATA_FILE:
            content = file["/EF"]["/F"].data
            if len(content) <= LONGEST_DATA:
                data = json.loads(content)
                return data if isinstance(data, dict) else None
    return None
