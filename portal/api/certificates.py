"""What the register says about a certificate, for machines that know its number and its code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from approvals.commands.count_tries import Limit, count_try, reserve, whereabouts
from approvals.errors import TooManyAttempts
from approvals.queries.register import CopyFacts, RegisterEntry, TranslationFacts
from approvals.queries.verification import Finding, verify_code
from portal.guards import PUBLIC, allows
from portal.unit_of_work import changing, now

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

CODE_HEADER = "Verification-Code"
"""Not in the address, which is written down by every proxy on the way."""
MOST, WINDOW = 600, timedelta(hours=1)
"""Questions from one network, answered or not."""


@blueprint.get("/certificates/<number>")
@allows(PUBLIC)
def certificate(number: str) -> ResponseReturnValue:
    """404 for an unknown number and for a wrong code alike."""
    code = request.headers.get(CODE_HEADER, "").strip()
    if not code:
        return _refused(400, "code_missing", f"send the certificate's code in the header {CODE_HEADER}")
    number, at, network = number.upper(), now(), request.remote_addr or ""
    try:
        with changing(at=at) as session:
            reserve(session, [Limit(f"api|{whereabouts(network)}", MOST, WINDOW)], at=at)
            finding = verify_code(session, number, code, today=at.today)
            count_try(session, has_failed=finding is None, network=network, at=at)
    except TooManyAttempts:
        answer = _refused(429, "too_many", "too many questions from this network; ask again in an hour")
        answer.headers["Retry-After"] = str(int(WINDOW.total_seconds()))
        return answer
    if finding is None or finding.entry is None:
        return _refused(404, "not_found", "number and code belong to no certificate")
    return jsonify(asked_at=at.instant.isoformat(timespec="seconds"), **_told(finding, finding.entry))


def _told(finding: Finding, entry: RegisterEntry) -> dict[str, Any]:
    return {
        "verdict": str(finding.verdict),
        "reason": str(finding.reason),
        "status": str(entry.status),
        "is_unsound": entry.is_unsound,
        "number": entry.number,
        "identifier": entry.identifier,
        "title": entry.title,
        "holder": entry.holder,
        "issuer": {"zh": entry.issuer.zh, "en": entry.issuer.en},
        "granted_on": entry.granted_on.isoformat(),
        "issued_on": entry.issued_on.isoformat() if entry.issued_on else None,
        "entered_at": entry.entered_at.isoformat(timespec="seconds") if entry.entered_at else None,
        "valid_until": entry.valid_until.isoformat() if entry.valid_until else None,
        "is_on_commitment": entry.is_on_commitment,
        **({"copy": _copy(entry.copy)} if entry.copy else {}),
        **({"translation": _translation(entry.translation)} if entry.translation else {}),
        "file": _file(entry),
    }


def _file(of: RegisterEntry | TranslationFacts) -> dict[str, str | None]:
    return {"sha256": of.sha256, "signed_sha256": of.signed_sha256, "level": str(of.level) if of.level else None}


def _translation(translation: TranslationFacts) -> dict[str, Any]:
    return {
        "language": translation.language,
        "title": translation.title,
        "made_on": translation.made_on.isoformat(),
        "file": _file(translation),
    }


def _copy(copy: CopyFacts) -> dict[str, Any]:
    """Everything else is said of the certificate it was made from."""
    return {
        "number": copy.number,
        "recipient": copy.recipient,
        "purpose": copy.purpose,
        "made_on": copy.made_on.isoformat(),
        "valid_until": copy.valid_until.isoformat() if copy.valid_until else None,
        "revoked_on": copy.revoked_on.isoformat() if copy.revoked_on else None,
        "is_outdated": copy.is_outdated,
    }


def _refused(status: int, error: str, message: str) -> Response:
    answer = jsonify(error=error, message=message)
    answer.status_code = status
    return answer
