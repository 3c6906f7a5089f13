"""What everybody may have of the keys: certificates, their fingerprints and state, lists of what was revoked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from asn1crypto import crl, pem, x509

from approvals.certificates import signatories
from approvals.certificates.trust import Trust, trusted


class KeyState(StrEnum):
    """What a certificate is for."""

    ROOT = "root"
    SIGNS = "signs"
    EARLIER = "earlier"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Keyholder:
    """`id` is the SHA-256 of the certificate, to be compared with one heard by another way."""

    name: str
    id: str
    state: KeyState
    until: datetime
    revoked_at: datetime | None
    der: bytes


def keyholders(keys: Path, trust: Trust | None = None) -> tuple[Keyholder, ...]:
    """Roots first, then the departments' keys, the newest of each first."""
    believed = trust or trusted(keys)
    roots = [_holder(der, KeyState.ROOT, None) for der in believed.roots]
    since = dict(_revoked(believed.revoked))
    everyone = signatories.everyone(keys)
    newest = {each.department: each.number for each in everyone}
    found = []
    for each in sorted(everyone, key=lambda each: (each.department, -each.number)):
        certificate = each.certificate
        at = since.get((certificate.issuer.dump(), certificate.serial_number))
        state = KeyState.SIGNS if newest[each.department] == each.number else KeyState.EARLIER
        found.append(_holder(each.chain[0], KeyState.REVOKED if at else state, at))
    return (*roots, *found)


def pem_of(certificates: Iterable[bytes]) -> bytes:
    return b"".join(pem.armor("CERTIFICATE", der) for der in certificates)


def revoked_lists(lists: Iterable[bytes]) -> bytes:
    return b"".join(pem.armor("X509 CRL", der) for der in lists)


def _revoked(lists: Iterable[bytes]) -> Iterable[tuple[tuple[bytes, int], datetime]]:
    for der in lists:
        listed = crl.CertificateList.load(der)
        for entry in listed["tbs_cert_list"]["revoked_certificates"] or ():
            yield (listed.issuer.dump(), entry["user_certificate"].native), entry["revocation_date"].native


def _holder(der: bytes, state: KeyState, revoked_at: datetime | None) -> Keyholder:
    certificate = x509.Certificate.load(der)
    name = certificate.subject.native.get("common_name") or certificate.subject.human_friendly
    return Keyholder(str(name), hashlib.sha256(der).hexdigest(), state, certificate.not_valid_after, revoked_at, der)
