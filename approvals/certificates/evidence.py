"""Fetch what says that the keys of a signature were not revoked: lists (CRL) and answers (OCSP) of their issuers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from asn1crypto import crl, ocsp, x509
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.authority import AuthorityWithCert
from pyhanko_certvalidator.fetchers.common_utils import format_ocsp_request

from approvals.certificates.trust import Trust
from approvals.certificates.wire import Unreachable, ask

SECONDS = 5.0
MOST_LIST = 8 * 1024 * 1024


@dataclass
class Evidence:
    """What was fetched for some certificates; DER each."""

    lists: list[bytes] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)

    def context(self, trust: Trust, others: Iterable[x509.Certificate], at: datetime) -> ValidationContext:
        """In which a chain holds only with evidence for each certificate below the root."""
        return ValidationContext(
            trust_roots=[x509.Certificate.load(der) for der in (*trust.roots, *trust.stamps)],
            other_certs=list(others),
            moment=at,
            allow_fetching=False,
            crls=self.lists,
            ocsps=self.answers,
            revocation_mode="require",
        )


def gather(certificates: Iterable[x509.Certificate], trust: Trust) -> Evidence:
    """For each certificate an answer of its issuer where it names one that is asked, else its list.

    Addresses are those in the certificates of signers and time-stamp authorities that chain to configured roots, and of
    no others. What this installation has at hand itself needs no network.
    """
    known = {each.subject.dump(): each for each in _all(certificates, trust)}
    found = Evidence(lists=list(trust.revoked))
    listed = {crl.CertificateList.load(each).issuer.dump() for each in trust.revoked}
    for each in known.values():
        issuer = known.get(each.issuer.dump())
        if each.self_signed != "no" or issuer is None or each.issuer.dump() in listed:
            continue
        answer = _answer(each, issuer)
        if answer is not None:
            found.answers.append(answer)
        elif (fetched := _list(each)) is not None:
            found.lists.append(fetched)
            listed.add(each.issuer.dump())
    return found


def _all(certificates: Iterable[x509.Certificate], trust: Trust) -> Iterator[x509.Certificate]:
    yield from certificates
    yield from (x509.Certificate.load(der) for der in (*trust.roots, *trust.stamps))


def _answer(certificate: x509.Certificate, issuer: x509.Certificate) -> bytes | None:
    asked = format_ocsp_request(
        certificate, AuthorityWithCert(issuer), certid_hash_algo="sha1", request_nonces=True
    ).dump()
    headers = {"Content-Type": "application/ocsp-request", "Accept": "application/ocsp-response"}
    for url in certificate.ocsp_urls:
        try:
            status, content = ask(url, asked, headers, seconds=SECONDS)
            if status == 200 and ocsp.OCSPResponse.load(content)["response_status"].native == "successful":
                return content
        except (Unreachable, ValueError):
            continue
    return None


def _list(certificate: x509.Certificate) -> bytes | None:
    for point in certificate.crl_distribution_points:
        if not point.url:
            continue
        try:
            status, content = ask(point.url, None, {}, seconds=SECONDS, largest=MOST_LIST)
            if status == 200:
                return crl.CertificateList.load(content).dump()  # type: ignore[no-any-return]
        except (Unreachable, ValueError):
            continue
    return None
