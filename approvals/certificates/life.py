"""The life of a certificate: which acts may follow which, and the status they add up to (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from approvals.vocabulary import STANDING, CertificateAct, CertificateStatus

LEADS_TO: Mapping[CertificateAct, CertificateStatus] = {
    CertificateAct.ISSUE: CertificateStatus.IN_FORCE,
    CertificateAct.SUSPEND: CertificateStatus.SUSPENDED,
    CertificateAct.RESUME: CertificateStatus.IN_FORCE,
    CertificateAct.CHANGE: CertificateStatus.PENDING,
    CertificateAct.REISSUE: CertificateStatus.PENDING,
    CertificateAct.REVOKE: CertificateStatus.REVOKED,
    CertificateAct.RESTORE: CertificateStatus.IN_FORCE,
    CertificateAct.ANNUL: CertificateStatus.ANNULLED,
    CertificateAct.EXPIRE: CertificateStatus.EXPIRED,
}
IN_FORCE = frozenset({CertificateStatus.IN_FORCE})
FROM: Mapping[CertificateAct, frozenset[CertificateStatus]] = {
    CertificateAct.ISSUE: frozenset({CertificateStatus.PENDING}),
    CertificateAct.SUSPEND: IN_FORCE,
    CertificateAct.RESUME: frozenset({CertificateStatus.SUSPENDED}),
    CertificateAct.CHANGE: IN_FORCE,
    CertificateAct.REISSUE: IN_FORCE,
    CertificateAct.REVOKE: STANDING,
    CertificateAct.RESTORE: frozenset({CertificateStatus.REVOKED}),
    CertificateAct.ANNUL: STANDING | {CertificateStatus.EXPIRED, CertificateStatus.REVOKED},
    CertificateAct.EXPIRE: STANDING,
}
"""From which status an act is possible."""


def is_possible(act: CertificateAct, status: CertificateStatus) -> bool:
    return status in FROM[act]


def status_after(acts: Iterable[CertificateAct]) -> CertificateStatus:
    """Pending before the first act."""
    status = CertificateStatus.PENDING
    for act in acts:
        status = LEADS_TO[act]
    return status
