"""Verify a certificate without the portal: this one file, Python 3.11 or newer, and pyHanko (pip install pyhanko)."""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import io
import json
import re
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from asn1crypto import cms, pem, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509 import load_der_x509_crl
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
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

SIGNED_WRIT = "signed_writ"
UNPROVEN = ("revoked_later", "signer_expired", "signed_ahead")
VALID, INVALID, UNDECIDED = "valid", "invalid", "undecided"
STATUS = {VALID: 0, INVALID: 1, UNDECIDED: 2}
CITY = ZoneInfo("Asia/Shanghai")
LARGEST = 10 * 1024 * 1024
CERTIFICATE_FILE, WRIT_FILE = "certificate.json", "writ.json"
DRIFT = timedelta(minutes=5)
CODE_PREFIX = b"rongyiban certificate 1\n"
IN_CODE = ("number", "title", "holder", "issued_on", "valid_until", "data")
END = re.compile(rb"startxref\s+\d+\s+%%EOF\s?\Z")
ARCHIVE = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule({"/AcroForm", "/DSS", "/Extensions"}),  # type: ignore[no-untyped-call]
        XrefStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        ObjectStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        DSSCompareRule().as_qualified(ModificationLevel.LTA_UPDATES),
    ],
    form_rule=FormUpdatingRule(field_rules=[SigFieldCreationRule(), SigFieldModificationRule()]),  # type: ignore[no-untyped-call]
)


class Finding(Exception):
    """Why a file is not valid."""

    def __init__(self, verdict: str, reason: str) -> None:
        super().__init__(reason)
        self.verdict, self.reason = verdict, reason


def main() -> None:
    """Exit status: 0 valid, 1 invalid, 2 cannot be decided."""
    asked = argparse.ArgumentParser(description="Verify a certificate (PDF) without the portal that issued it.")
    asked.add_argument("file", type=Path, nargs="?", help="the PDF")
    asked.add_argument("--roots", type=Path, help="roots.pem, from the issuing body and not from the file")
    asked.add_argument(
        "--code", help="what the QR code says, as a scanner reads it: judged without any file or network"
    )
    asked.add_argument("--trail", type=Path, help="trail.pem, for --code: the public keys that sign codes")
    asked.add_argument("--stamps", type=Path, help="stamps.pem: roots of time-stamp authorities")
    asked.add_argument("--revoked", type=Path, help="revoked.pem: lists of revoked keys")
    asked.add_argument(
        "--portal", help="ask the register as well: the portal's address, such as https://permits.example.org"
    )
    given = asked.parse_args()
    if given.code is not None and given.trail is not None and given.file is None:
        answer(verify_code(given.code, _ders(given.trail), at=datetime.now(UTC)))  # noqa: TID251  # its own program
    if given.file is None or given.roots is None:
        asked.error("give a file and --roots, or --code and --trail")
    if not given.file.is_file():
        asked.error(f"there is no file {given.file}")
    told = verify(
        given.file.read_bytes(),
        roots=_certificates(given.roots),
        stamps=_certificates(given.stamps),
        revoked=_ders(given.revoked) or (lists_of(given.portal) if given.portal else []),
        at=datetime.now(UTC),  # noqa: TID251  # this file is its own program
    )
    is_open = told["verdict"] == VALID or told["reason"] in UNPROVEN
    if given.portal and is_open and "number" in told.get("data", {}) and "code" in told["data"]:
        told |= ask_register(given.portal, told)
    answer(told)


def answer(told: dict[str, Any]) -> NoReturn:
    print(json.dumps(told, ensure_ascii=False, indent=1, default=str))
    sys.exit(STATUS[told["verdict"]])


def verify_code(code: str, keys: list[bytes], *, at: datetime) -> dict[str, Any]:
    """What the code says, signed by the portal's key: that it was issued so. Whether it was revoked since, only the
    register knows. Keys: verdict, reason, and code where the signature holds; its `data` is the beginning of the
    SHA-256 of the data in the file.
    """
    content, _point, signature = code.rpartition("#")[2].partition(".")
    try:
        said, sealed = _decoded(content), _decoded(signature)
    except ValueError:
        return {"verdict": INVALID, "reason": "no_signed_code"}
    if not any(_signs(key, sealed, CODE_PREFIX + said) for key in keys):
        return {"verdict": INVALID, "reason": "broken_code"}
    told = dict(zip(IN_CODE, json.loads(said), strict=True))
    has_ended = bool(told["valid_until"]) and told["valid_until"] < at.astimezone(CITY).date().isoformat()
    told["data"] = _decoded(told["data"]).hex()
    return {
        "verdict": INVALID if has_ended else VALID,
        "reason": "expired" if has_ended else "signed_code",
        "code": told,
    }


def _decoded(text: str) -> bytes:
    """Base64url, in its one right spelling."""
    content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if base64.urlsafe_b64encode(content).rstrip(b"=").decode() != text:
        raise ValueError(text)
    return content


def _signs(key: bytes, signature: bytes, content: bytes) -> bool:
    public = load_der_public_key(key)
    if not isinstance(public, Ed25519PublicKey):
        return False
    try:
        public.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def verify(
    content: bytes,
    *,
    roots: list[x509.Certificate],
    stamps: list[x509.Certificate],
    revoked: list[bytes],
    at: datetime,
) -> dict[str, Any]:
    """Keys: verdict, reason; where there is a signature signer, signed_at, proven_at, signed_sha256, data as well."""
    told: dict[str, Any] = {"verdict": VALID, "reason": "signed_whole"}
    try:
        if len(content) > LARGEST:
            raise Finding(INVALID, "too_large")
        if content.lstrip()[:5] != b"%PDF-":
            raise Finding(INVALID, "not_a_pdf")
        asyncio.run(_look(content, roots, stamps, revoked, at, told))
    except Finding as finding:
        told |= {"verdict": finding.verdict, "reason": finding.reason}
    except Exception as error:  # noqa: BLE001  # whatever a hostile file makes the library raise
        told |= {"verdict": INVALID, "reason": f"unreadable: {type(error).__name__}"}
    if told["verdict"] == INVALID:
        told.pop("data", None)
    return told


async def _look(
    content: bytes,
    roots: list[x509.Certificate],
    stamps: list[x509.Certificate],
    revoked: list[bytes],
    at: datetime,
    told: dict[str, Any],
) -> None:
    reader = PdfFileReader(io.BytesIO(content))
    if reader.encrypted:
        raise Finding(INVALID, "encrypted")
    signatures = reader.embedded_regular_signatures
    if len(signatures) != 1:
        raise Finding(INVALID, "altered_after_signing" if signatures else "no_signature")
    (signature,) = signatures
    kept, lists = _brought(reader)
    told["signed_sha256"] = signature.compute_digest("sha256").hex()

    moment, proven = await _proven(reader, signature, stamps, kept, [*revoked, *lists], at)
    judged = proven or signature.self_reported_timestamp or at
    status = await async_validate_pdf_signature(
        signature,
        signer_validation_context=_context(roots, kept, judged),
        ts_validation_context=_context(stamps, kept, moment),
        diff_policy=ARCHIVE,
    )
    told |= {
        "signer": status.signing_cert.subject.native.get("common_name"),
        "signed_at": status.signer_reported_dt,
        "proven_at": proven,
    }
    if not status.intact or not status.valid or signature.docmdp_level is not MDPPerm.NO_CHANGES:
        raise Finding(INVALID, "broken_signature")
    if not _is_whole(content, reader, status):
        raise Finding(INVALID, "altered_after_signing")
    if status.validation_path is None or status.trust_problem_indic is not None:
        raise Finding(INVALID, "unknown_issuer")
    path = list(status.validation_path.iter_certs(include_root=True))
    certificate, writ = _data(reader, CERTIFICATE_FILE), _data(reader, WRIT_FILE)
    if certificate is not None or writ is not None:
        told |= {"data": certificate} if certificate is not None else {"data": writ, "reason": SIGNED_WRIT}
    _judge_key(path, _revoked_since(path, [*revoked, *lists]), judged, proven, at)
    if "data" not in told:
        raise Finding(UNDECIDED, "no_data")


def _judge_key(
    path: list[x509.Certificate], since: datetime | None, judged: datetime, proven: datetime | None, at: datetime
) -> None:
    """A key that was revoked or has ended is believed for what is proven to have been signed before."""
    if since is not None and since <= judged:
        raise Finding(INVALID, "signer_revoked")
    if proven is None and judged > at + DRIFT:
        raise Finding(UNDECIDED, "signed_ahead")
    if proven is None and since is not None:
        raise Finding(UNDECIDED, "revoked_later")
    if proven is None and any(not each.not_valid_before <= at <= each.not_valid_after for each in path):
        raise Finding(UNDECIDED, "signer_expired")


async def _proven(
    reader: PdfFileReader,
    signature: EmbeddedPdfSignature,
    stamps: list[x509.Certificate],
    kept: list[x509.Certificate],
    lists: list[bytes],
    at: datetime,
) -> tuple[datetime, datetime | None]:
    """At what time the signature's own time-stamp is judged, and the earliest time that is proven."""
    # From the newest time-stamp back to the signature: each is judged at the time that the one after it proves.
    moment, proven = at, None
    for stamp in reversed(reader.embedded_timestamp_signatures):
        if when := await _stamped_at(stamp.signed_data, stamp.compute_digest, stamps, kept, lists, moment):
            moment = proven = when
    value = signature.signer_info["signature"].native
    for attribute in signature.signer_info["unsigned_attrs"] or ():
        if attribute["type"].native == "signature_time_stamp_token":
            token, imprint = attribute["values"][0]["content"], lambda name: hashlib.new(name, value).digest()
            if when := await _stamped_at(token, imprint, stamps, kept, lists, moment):
                proven = when
    return moment, proven


def _is_whole(content: bytes, reader: PdfFileReader, status: Any) -> bool:
    """The signature covers the file, or nothing was appended but evidence and archive time-stamps."""
    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return status.modification_level in {None, ModificationLevel.NONE}
    return (
        status.coverage is SignatureCoverageLevel.ENTIRE_REVISION
        and status.modification_level is ModificationLevel.LTA_UPDATES
        and bool(status.docmdp_ok)
        and END.search(content) is not None
        and content.count(b"startxref") == reader.total_revisions
    )


async def _stamped_at(
    token: cms.SignedData,
    imprint: Any,
    stamps: list[x509.Certificate],
    kept: list[x509.Certificate],
    lists: list[bytes],
    moment: datetime,
) -> datetime | None:
    """None where the time-stamp proves nothing."""
    try:
        told = await validate_tst_signed_data(token, _context(stamps, kept, moment), imprint)
    except Exception:  # noqa: BLE001  # a token that cannot be checked proves nothing
        return None
    path = told.get("validation_path")
    if not (told["valid"] and told["intact"]) or path is None or told.get("trust_problem_indic") is not None:
        return None
    when: datetime = told["timestamp"]
    since = _revoked_since(list(path.iter_certs(include_root=True)), lists)
    return None if since is not None and since <= when else when


def _revoked_since(chain: list[x509.Certificate], lists: list[bytes]) -> datetime | None:
    found = []
    for der in lists:
        listed = load_der_x509_crl(der)
        name = listed.issuer.public_bytes()
        keys = [load_der_public_key(each.public_key.dump()) for each in chain if each.subject.dump() == name]
        signing = [key for key in keys if isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey)]
        if any(listed.is_signature_valid(key) for key in signing):
            for each in chain:
                entry = listed.get_revoked_certificate_by_serial_number(each.serial_number)
                if each.issuer.dump() == name and each.self_signed == "no" and entry is not None:
                    found.append(entry.revocation_date_utc)
    return min(found, default=None)


def _context(roots: list[x509.Certificate], kept: list[x509.Certificate], moment: datetime) -> ValidationContext:
    return ValidationContext(trust_roots=roots, other_certs=kept, moment=moment, allow_fetching=False)


def _brought(reader: PdfFileReader) -> tuple[list[x509.Certificate], list[bytes]]:
    """Certificates and lists in the file: they help to reach a root, and are never believed by themselves."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return [], []
    return list(store.load_certs()), [each.get_object().data for each in store.crls]


def _data(reader: PdfFileReader, name: str) -> dict[str, Any] | None:
    for reference in reader.root.get("/AF", ()):
        file = reference.get_object() if hasattr(reference, "get_object") else reference
        if file.get("/UF", file.get("/F")) == name:
            data = json.loads(file["/EF"]["/F"].data)
            return data if isinstance(data, dict) else None
    return None


def lists_of(portal: str) -> list[bytes]:
    """The lists of revoked keys that the portal publishes; none where it does not answer."""
    try:
        with urllib.request.urlopen(f"{portal.rstrip('/')}/verify/keys/revoked.pem", timeout=10) as answer:  # noqa: S310
            content = answer.read(LARGEST)
    except (OSError, ValueError):
        return []
    return [der for _name, _headers, der in pem.unarmor(content, multiple=True)] if pem.detect(content) else []


def ask_register(portal: str, told: dict[str, Any]) -> dict[str, Any]:
    """The state in the register, by the number and the code in the signed data."""
    data = told["data"]
    address = f"{portal.rstrip('/')}/api/v1/certificates/{data['number']}"
    request = urllib.request.Request(address, headers={"Verification-Code": str(data["code"])})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  # whoever starts this names the address
            entry = json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code == 404:
            return {"verdict": INVALID, "reason": "not_registered"}
        return {"verdict": UNDECIDED, "reason": f"register_answered_{error.code}"}
    except (OSError, ValueError):
        return {"verdict": UNDECIDED, "reason": "register_away"}
    files = [part["file"] for part in (entry, entry.get("translation")) if part]
    if told["signed_sha256"] not in [each["signed_sha256"] for each in files]:
        return {"verdict": INVALID, "reason": "other_file", "register": entry["status"]}
    return {"verdict": entry["verdict"], "reason": entry["reason"], "register": entry["status"]}


def _ders(file: Path | None) -> list[bytes]:
    content = file.read_bytes() if file else b""
    return [der for _name, _headers, der in pem.unarmor(content, multiple=True)] if pem.detect(content) else []


def _certificates(file: Path | None) -> list[x509.Certificate]:
    return [x509.Certificate.load(der) for der in _ders(file)]


if __name__ == "__main__":
    main()
