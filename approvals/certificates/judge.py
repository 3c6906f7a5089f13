"""Judge a file that is said to be a certificate of ours: what it proves by itself, and since when."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms, ocsp, x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509 import load_der_x509_crl
from pyhanko.pdf_utils.decode_limits import DecodeLimits, StreamDecodeLimits
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DSSCompareRule,
    FormUpdatingRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    XrefStreamRule,
)
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from approvals.certificates.examine import CERTIFICATE, MOST_SIGNATURES, WRIT, Examination, Reason, Verdict
from approvals.certificates.sheet import DATA_FILE, WRIT_FILE
from approvals.certificates.stamps import DRIFT
from approvals.certificates.trust import Trust
from approvals.vocabulary import SignatureLevel

SIGNING = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
PAPERS = {DATA_FILE: CERTIFICATE, WRIT_FILE: WRIT}
"""By the name of the file that holds the data."""
LONGEST_DATA = 256 * 1024
LARGEST_UNPACKED = 16 * 1024 * 1024
"""One stream of a file, decoded; pyHanko stops there."""
ARCHIVE = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule({"/AcroForm", "/DSS", "/Extensions"}),
        XrefStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        ObjectStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        DSSCompareRule().as_qualified(ModificationLevel.LTA_UPDATES),
    ],
    form_rule=FormUpdatingRule(field_rules=[SigFieldCreationRule(), SigFieldModificationRule()]),
)
"""What may be appended: evidence and archive time-stamps. pyHanko lets title and metadata change as well."""
END = re.compile(rb"startxref\s+\d+\s+%%EOF\s?\Z")


@dataclass(frozen=True, slots=True)
class Kept:
    """What the file brings to prove its keys good (DSS); believed as far as signatures lead to a configured root."""

    certificates: tuple[x509.Certificate, ...] = ()
    lists: tuple[bytes, ...] = ()
    answers: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Signed:
    """The signature as validated; `proven_at` is what time-stamps prove: it existed then."""

    status: PdfSignatureStatus
    proven_at: datetime | None
    judged_at: datetime
    kept: Kept


def look(pdf: bytes, trust: Trust, at: datetime) -> Examination:
    """What the file proves. Raises MemoryError only: anything else a file makes the library raise is a finding.

    Valid only when the one signature is intact, covers the whole file but for archive additions, forbids every change
    and its signer chains to a configured root. pyHanko calls a file with an appended revision still "intact", "valid"
    and "trusted": coverage and the kind of what was appended are what tells.
    """
    limits = DecodeLimits(per_stream=StreamDecodeLimits(max_output_size=LARGEST_UNPACKED))
    try:
        reader = PdfFileReader(io.BytesIO(pdf), decode_limits=limits)
        if reader.encrypted:
            return Examination(Verdict.INVALID, Reason.ENCRYPTED)
        signatures = reader.embedded_regular_signatures
        stamps = reader.embedded_timestamp_signatures
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # whatever a hostile file makes the library raise, it cannot be read
        return Examination(Verdict.INVALID, Reason.UNREADABLE)
    if not signatures:
        return Examination(Verdict.INVALID, Reason.NO_SIGNATURE)
    if len(signatures) + len(stamps) > MOST_SIGNATURES:
        return Examination(Verdict.INVALID, Reason.TOO_MANY_SIGNATURES)
    try:
        signed = asyncio.run(_validated(reader, signatures[0], stamps, trust, at))
        return _judged(pdf, reader, signatures, stamps, signed, trust, at)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # a signature that cannot even be checked
        return Examination(Verdict.INVALID, Reason.BROKEN_SIGNATURE)


async def _validated(
    reader: PdfFileReader,
    signature: EmbeddedPdfSignature,
    stamps: Sequence[EmbeddedPdfSignature],
    trust: Trust,
    at: datetime,
) -> Signed:
    """From the newest time-stamp back to the signature: each is judged at the time that the one after it proves."""
    kept = _kept(reader)
    moment, proven = at, None
    for stamp in reversed(stamps):
        if when := await _stamped_at(stamp.signed_data, stamp.compute_digest, kept, trust, moment):
            moment = proven = when
    token, value = token_of(signature), signature.signer_info["signature"].native
    if token is not None:
        imprint: Callable[[str], bytes] = lambda name: hashlib.new(name, value).digest()  # noqa: E731
        if when := await _stamped_at(token, imprint, kept, trust, moment):
            proven = when
    # Without proof the signer's certificate is judged at the time the signature itself states.
    judged = proven or signature.self_reported_timestamp or at
    status = await async_validate_pdf_signature(
        signature,
        signer_validation_context=_context(trust.roots, kept, judged),
        ts_validation_context=_context(trust.stamps, kept, moment),
        diff_policy=ARCHIVE,
    )
    return Signed(status, proven, judged, kept)


async def _stamped_at(
    token: cms.SignedData, imprint: Callable[[str], bytes], kept: Kept, trust: Trust, moment: datetime
) -> datetime | None:
    """What a time-stamp proves; None for other bytes, an unknown authority, or a key that had ended or was revoked."""
    try:
        told = await validate_tst_signed_data(token, _context(trust.stamps, kept, moment), imprint)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  # a token that cannot be checked proves nothing
        return None
    path = told.get("validation_path")
    if not (told["valid"] and told["intact"]) or path is None or told.get("trust_problem_indic") is not None:
        return None
    when: datetime = told["timestamp"]
    since = _revoked_since(path.iter_certs(include_root=True), kept, trust)
    return None if since is not None and since <= when else when


def _judged(
    pdf: bytes,
    reader: PdfFileReader,
    signatures: Sequence[EmbeddedPdfSignature],
    stamps: Sequence[EmbeddedPdfSignature],
    signed: Signed,
    trust: Trust,
    at: datetime,
) -> Examination:
    status = signed.status

    paper: str | None = None

    def found(verdict: Verdict, reason: Reason, sheet: dict[str, Any] | None = None) -> Examination:
        certificate = status.signing_cert
        return Examination(
            verdict,
            reason,
            signer=certificate.subject.native.get("common_name") if certificate else None,
            signed_at=status.signer_reported_dt,
            coverage=status.coverage.name.lower() if status.coverage else None,
            sheet=sheet,
            paper=paper,
            level=_level(reader, signatures[0], stamps),
            proven_at=signed.proven_at,
            digest=signatures[0].compute_digest("sha256").hex(),
            revoked_at=revoked,
        )

    revoked: datetime | None = None
    if not status.intact or not status.valid:
        return found(Verdict.INVALID, Reason.BROKEN_SIGNATURE)
    if len(signatures) > 1 or not _is_whole(pdf, reader, status, stamps):
        return found(Verdict.INVALID, Reason.ALTERED_AFTER_SIGNING)
    if signatures[0].docmdp_level is not MDPPerm.NO_CHANGES:
        return found(Verdict.INVALID, Reason.BROKEN_SIGNATURE)
    if status.trust_problem_indic is not None or status.validation_path is None:
        return found(Verdict.INVALID, Reason.UNKNOWN_ISSUER)
    path = list(status.validation_path.iter_certs(include_root=True))
    revoked = _revoked_since(path, signed.kept, trust)
    if revoked is not None and revoked <= signed.judged_at:
        return found(Verdict.INVALID, Reason.SIGNER_REVOKED)
    brought = _data(reader)
    if brought is None:
        return found(Verdict.UNDECIDED, Reason.NO_DATA)
    paper, sheet = brought
    if signed.proven_at is None:
        if signed.judged_at > at + DRIFT:
            return found(Verdict.UNDECIDED, Reason.SIGNED_AHEAD, sheet)
        # The signature itself says when it was made; whoever has the key could say so at any time.
        if revoked is not None:
            return found(Verdict.UNDECIDED, Reason.REVOKED_LATER, sheet)
        if any(not each.not_valid_before <= at <= each.not_valid_after for each in path):
            return found(Verdict.UNDECIDED, Reason.SIGNER_EXPIRED, sheet)
    return found(Verdict.VALID, Reason.SIGNED_WHOLE, sheet)


def _is_whole(
    pdf: bytes, reader: PdfFileReader, status: PdfSignatureStatus, stamps: Sequence[EmbeddedPdfSignature]
) -> bool:
    """The signature covers the file, or nothing was appended but evidence and archive time-stamps."""
    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return status.modification_level in {None, ModificationLevel.NONE}
    if status.coverage is not SignatureCoverageLevel.ENTIRE_REVISION:
        return False
    if status.modification_level is not ModificationLevel.LTA_UPDATES or not status.docmdp_ok:
        return False
    # Bytes that belong to no revision are read by no two programs alike.
    is_plain = END.search(pdf) is not None and pdf.count(b"startxref") == reader.total_revisions
    return is_plain and all(stamp.sig_object_type == "/DocTimeStamp" for stamp in stamps)


def _level(
    reader: PdfFileReader, signature: EmbeddedPdfSignature, stamps: Sequence[EmbeddedPdfSignature]
) -> SignatureLevel:
    if stamps:
        return SignatureLevel.B_LTA
    if "/DSS" in reader.root:
        return SignatureLevel.B_LT
    return SignatureLevel.B_T if token_of(signature) is not None else SignatureLevel.B_B


def token_of(signature: EmbeddedPdfSignature) -> cms.SignedData | None:
    """The time-stamp of a signature."""
    attributes: Any = signature.signer_info["unsigned_attrs"]
    for attribute in attributes if isinstance(attributes, cms.CMSAttributes) else ():
        if attribute["type"].native == "signature_time_stamp_token":
            return attribute["values"][0]["content"]
    return None


def _kept(reader: PdfFileReader) -> Kept:
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return Kept()
    lists = tuple(each.get_object().data for each in store.crls)
    answers = tuple(each.get_object().data for each in store.ocsps)
    return Kept(tuple(store.load_certs()), lists, answers)


def _context(roots: tuple[bytes, ...], kept: Kept, moment: datetime) -> ValidationContext:
    """For the chain alone. What was revoked is asked afterwards: pyHanko takes an old list for a reason to doubt."""
    return ValidationContext(
        trust_roots=[x509.Certificate.load(der) for der in roots],
        other_certs=list(kept.certificates),
        moment=moment,
        allow_fetching=False,
    )


def _revoked_since(path: Iterable[x509.Certificate], kept: Kept, trust: Trust) -> datetime | None:
    """Since when any certificate of a chain is revoked: as configured lists say, however old, or the file itself, for
    one that speaks against itself is believed.
    """
    chain = list(path)
    found = [since for each in chain for since in _told_against(each, kept.answers)]
    for der in (*trust.revoked, *kept.lists):
        revoked = load_der_x509_crl(der)
        name = revoked.issuer.public_bytes()
        issuers = [load_der_public_key(each.public_key.dump()) for each in chain if each.subject.dump() == name]
        if not any(revoked.is_signature_valid(key) for key in issuers if isinstance(key, SIGNING)):
            continue
        for each in chain:
            if each.issuer.dump() == name and each.self_signed == "no":
                entry = revoked.get_revoked_certificate_by_serial_number(each.serial_number)
                found += [entry.revocation_date_utc] if entry is not None else []
    return min(found, default=None)


def revoked_since(chain: Iterable[x509.Certificate], trust: Trust) -> datetime | None:
    """Since when a certificate or any above it is revoked, as configured lists say."""
    roots = (x509.Certificate.load(der) for der in trust.roots)
    return _revoked_since([*chain, *roots], Kept(), trust)


def _told_against(certificate: x509.Certificate, answers: Sequence[bytes]) -> Iterator[datetime]:
    for der in answers:
        for told in ocsp.OCSPResponse.load(der).response_data["responses"]:
            status = told["cert_status"]
            if told["cert_id"]["serial_number"].native == certificate.serial_number and status.name == "revoked":
                yield status.chosen["revocation_time"].native


def _data(reader: PdfFileReader) -> tuple[str, dict[str, Any]] | None:
    """What kind of paper it is, and its embedded data; None where there are none of ours."""
    for reference in reader.root.get("/AF", ()):
        file = reference.get_object() if hasattr(reference, "get_object") else reference
        paper = PAPERS.get(file.get("/UF", file.get("/F")))
        if paper is not None:
            content = file["/EF"]["/F"].data
            if len(content) <= LONGEST_DATA:
                data = json.loads(content)
                return (paper, data) if isinstance(data, dict) else None
    return None
