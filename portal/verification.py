"""Verify a certificate's file for the command line: what the file proves, and what the register says."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import inspect

from approvals.certificates import authority
from approvals.certificates.examine import LARGEST, Verdict, examine
from approvals.queries.register import RegisterEntry, entry_by_digest, entry_by_number
from approvals.vocabulary import CertificateStatus
from portal.extensions import db
from portal.unit_of_work import now, reading

NOT_FOUND = "not_found"
OTHER_FILE = "other_file"
PATIENCE = 60.0
"""Seconds: at a terminal the examiner has still to be started, and nobody else waits."""


def verify_file(app: Flask, file: Path) -> dict[str, Any]:
    """Keys: verdict, reason, signer, signed_at, coverage, number, register.

    The verdict is that of the signature unless the register contradicts it. A certificate this register does not know
    (`not_found`: issued elsewhere under the same root, or in a story) keeps the signature's verdict and says so.
    """
    with file.open("rb") as opened:
        content = opened.read(LARGEST + 1)  # what is larger is none of ours, however large it is
    with app.app_context():
        found = examine(content, authority.roots(app.extensions["settings"].keys), patience=PATIENCE)
        number = str((found.sheet or {}).get("number", "")) or None
        register = _register(content, number) if number else NOT_FOUND
    verdict = found.verdict
    if verdict is Verdict.VALID and register not in (NOT_FOUND, CertificateStatus.IN_FORCE):
        verdict = Verdict.UNDECIDED if register == CertificateStatus.PENDING else Verdict.INVALID
    return {
        "verdict": str(verdict),
        "reason": str(found.reason),
        "signer": found.signer,
        "signed_at": found.signed_at.isoformat() if found.signed_at else None,
        "coverage": found.coverage,
        "number": number,
        "register": str(register),
    }


def _register(content: bytes, number: str) -> str:
    if not inspect(db.engine).has_table("certificates"):
        return NOT_FOUND  # no database yet: nothing was ever registered here
    today = now().today
    entry: RegisterEntry | None = entry_by_digest(reading(), hashlib.sha256(content).hexdigest(), today=today)
    if entry is not None:
        return str(entry.status)
    return OTHER_FILE if entry_by_number(reading(), number, today=today) else NOT_FOUND
