"""Lift a signature from level to level (ETSI EN 319 142): time-stamped, with evidence, archived; each step by itself.

What was signed stays byte for byte: the time-stamp goes into the room kept beside the signature, all else is appended.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from asn1crypto import cms, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper, TimestampDSSContentSettings
from pyhanko.sign.validation.dss import DocumentSecurityStore, collect_validation_info
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError, ValidationError

from approvals.certificates import authority
from approvals.certificates.desk import Desk
from approvals.certificates.evidence import gather
from approvals.certificates.judge import token_of
from approvals.certificates.seal import PaperWriter
from approvals.certificates.stamps import StampAuthority
from approvals.certificates.trust import Trust, trusted
from approvals.certificates.wire import Unreachable
from approvals.vocabulary import SignatureLevel

ALGORITHM = "sha256"
ROOM = 16 * 1024
"""Bytes of an archive time-stamp with its chain."""
MARGIN = timedelta(days=90)
"""So long before the time-stamp authority's certificate ends the next archive time-stamp is due."""
SPAN = re.compile(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)\s*\]")
Found = TypeVar("Found")


class NotLifted(Exception):
    """A step did not come about; the message says why, for the office and the operator."""


@dataclass(frozen=True, slots=True)
class Lifted:
    """The file as far as it got. `failure` says why it did not reach what was wanted; `renew_at` when it must go on."""

    pdf: bytes
    level: SignatureLevel
    failure: str | None = None
    renew_at: datetime | None = None


def level_of(pdf: bytes) -> SignatureLevel:
    """As the file's structure has it; nothing is said about whether it holds."""
    reader = PdfFileReader(io.BytesIO(pdf))
    if reader.embedded_timestamp_signatures:
        return SignatureLevel.B_LTA
    if "/DSS" in reader.root:
        return SignatureLevel.B_LT
    return SignatureLevel.B_T if token_of(_signature(reader)) is not None else SignatureLevel.B_B


def signed_digest(pdf: bytes) -> str:
    """SHA-256 of the bytes that the file's first signature covers."""
    match = SPAN.search(pdf)
    if match is None:
        raise ValueError("the file has no signature")
    first, length, second, rest = map(int, match.groups())
    return hashlib.sha256(pdf[first : first + length] + pdf[second : second + rest]).hexdigest()


def signer_of(pdf: bytes) -> str:
    """SHA-256 of the certificate of whoever signed the file."""
    return hashlib.sha256(_signature(PdfFileReader(io.BytesIO(pdf))).signer_cert.dump()).hexdigest()


def lift(pdf: bytes, wanted: SignatureLevel, desk: Desk, *, at: datetime) -> Lifted:
    """As far up as it goes; where something outside fails it stays there, and a later attempt goes on from it."""
    level = level_of(pdf)
    if level.rank >= wanted.rank:
        return Lifted(pdf, level, None, renew_at(pdf, at=at))
    if desk.stamping is None:
        return Lifted(pdf, level, "no time-stamp authority is configured")
    for step in (SignatureLevel.B_T, SignatureLevel.B_LT, SignatureLevel.B_LTA):
        if level.rank < step.rank <= wanted.rank:
            try:
                pdf = _stepped(pdf, step, desk, at)
            except NotLifted as failure:
                return Lifted(pdf, level, str(failure))
            level = step
    return Lifted(pdf, level, None, renew_at(pdf, at=at))


def renew(pdf: bytes, desk: Desk, *, at: datetime) -> Lifted:
    """Another archive time-stamp over everything, with fresh evidence for the one before."""
    try:
        pdf = _stepped(pdf, SignatureLevel.B_LTA, desk, at)
    except NotLifted as failure:
        return Lifted(pdf, level_of(pdf), str(failure), renew_at(pdf, at=at))
    return Lifted(pdf, SignatureLevel.B_LTA, None, renew_at(pdf, at=at))


def renew_at(pdf: bytes, *, at: datetime) -> datetime | None:
    """Before the newest archive time-stamp weakens: some time before its authority's certificate ends."""
    stamps = PdfFileReader(io.BytesIO(pdf)).embedded_timestamp_signatures
    if not stamps:
        return None
    until: datetime = stamps[-1].signer_cert.not_valid_after
    return max(at, until - min(MARGIN, max(until - at, timedelta(0)) / 4))


def _stepped(pdf: bytes, step: SignatureLevel, desk: Desk, at: datetime) -> bytes:
    if desk.stamping is None:
        raise NotLifted("no time-stamp authority is configured")
    authority.refresh(desk.keys, at=at)
    trust, stamper = trusted(desk.keys), StampAuthority(desk.stamping, at)
    steps = {
        SignatureLevel.B_T: lambda: _stamped(pdf, trust, stamper, at),
        SignatureLevel.B_LT: lambda: _with_evidence(pdf, trust, at),
        SignatureLevel.B_LTA: lambda: _archived(pdf, trust, stamper, at),
    }
    return asyncio.run(_told(steps[step](), step))


async def _told(step: Awaitable[bytes], level: SignatureLevel) -> bytes:
    try:
        return await step
    except (PathBuildingError, PathValidationError, ValidationError, SignatureValidationError) as failure:
        raise NotLifted(f"{level.standard}: {failure}"[:300]) from None
    except (OSError, PdfError, ValueError) as failure:
        raise NotLifted(f"{level.standard}: {str(failure) or type(failure).__name__}"[:300]) from None


async def _stamped(pdf: bytes, trust: Trust, stamper: StampAuthority, at: datetime) -> bytes:
    """The signature's value stamped, the token put into the room beside it."""
    signature = _signature(PdfFileReader(io.BytesIO(pdf)))
    value: bytes = signature.signer_info["signature"].native
    token = await stamper.async_timestamp(hashlib.sha256(value).digest(), ALGORITHM)
    context = ValidationContext(trust_roots=_loaded(trust.stamps), moment=at, allow_fetching=False)
    status = await validate_tst_signed_data(token["content"], context, lambda name: hashlib.new(name, value).digest())
    if not (status["valid"] and status["intact"] and status.get("validation_path")):
        raise Unreachable("the time-stamp authority's certificate leads to no configured root")
    content = cms.ContentInfo.load(signature.pkcs7_content, strict=False)
    attribute = cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})
    content["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([attribute])
    der: bytes = content.dump()
    match = SPAN.search(pdf)
    if match is None:
        raise Unreachable("the file has no signature to stamp")
    begin, end = int(match[1]) + int(match[2]) + 1, int(match[3]) - 1
    if 2 * len(der) > end - begin:
        raise Unreachable("the time-stamp is larger than the room kept for it")
    return pdf[:begin] + der.hex().encode().ljust(end - begin, b"0") + pdf[end:]


async def _with_evidence(pdf: bytes, trust: Trust, at: datetime) -> bytes:
    """Chain and evidence for signature and time-stamp appended (DSS)."""
    signature = _signature(PdfFileReader(io.BytesIO(pdf)))
    token = token_of(signature)
    if token is None:
        raise Unreachable("there is no time-stamp yet")
    certificates = [*_certificates(signature.signed_data), *_certificates(token)]
    context = gather(certificates, trust).context(trust, certificates, at)
    paths = await collect_validation_info(signature, context)
    writer = PaperWriter(io.BytesIO(pdf))
    DocumentSecurityStore.supply_dss_in_writer(
        writer, sig_contents=None, paths=paths, validation_context=context, embed_roots=False
    )
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


async def _archived(pdf: bytes, trust: Trust, stamper: StampAuthority, at: datetime) -> bytes:
    """A time-stamp over the whole file, evidence for it and for the one before included."""
    reader = PdfFileReader(io.BytesIO(pdf))
    before = reader.embedded_timestamp_signatures[-1:]
    probe = await stamper.async_dummy_response(ALGORITHM)
    kept = [each for old in before for each in _certificates(old.signed_data)]
    certificates = [*_certificates(probe["content"]), *kept]
    context = gather(certificates, trust).context(trust, certificates, at)
    paths = []
    for old in before:
        validator = CertificateValidator(old.signer_cert, intermediate_certs=certificates, validation_context=context)
        paths.append(await validator.async_validate_usage(set(), {"time_stamping"}))
    output = await PdfTimeStamper(stamper).async_timestamp_pdf(
        PaperWriter(io.BytesIO(pdf)),
        ALGORITHM,
        context,
        bytes_reserved=2 * max(ROOM // 2, len(probe.dump()) + 1024),
        validation_paths=paths,
        dss_settings=TimestampDSSContentSettings(include_vri=False, update_before_ts=True),
        embed_roots=False,
    )
    return bytes(output.getbuffer())


def _signature(reader: PdfFileReader) -> EmbeddedPdfSignature:
    found: list[EmbeddedPdfSignature] = reader.embedded_regular_signatures
    if not found:
        raise NotLifted("the file has no signature")
    return found[0]


def _certificates(signed: cms.SignedData) -> list[x509.Certificate]:
    kept: Any = signed["certificates"]
    return [each.chosen for each in kept] if isinstance(kept, cms.CertificateSet) else []


def _loaded(certificates: tuple[bytes, ...]) -> list[x509.Certificate]:
    return [x509.Certificate.load(der) for der in certificates]
