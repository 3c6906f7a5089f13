"""Verify a certificate's file for the command line: what the file proves, and what the register says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError

from approvals.certificates.examine import LARGEST, Verdict, examine
from approvals.certificates.trust import Trust, trusted
from approvals.queries.verification import Finding, Reason
from approvals.queries.verification import verify_file as judge
from portal.extensions import db
from portal.unit_of_work import now, reading

NOT_FOUND = "not_found"
OTHER_FILE = "other_file"
A_WRIT = "writ"
"""The paper of a writ, which has no state that could end."""
NOT_ASKED = "not_asked"
"""There is no register yet, or the signature alone was asked for, or the file proves nothing to look up."""
AWAY = "database_away"
NO_DATABASE = "no_database"
PATIENCE = 60.0
"""Seconds: at a terminal the examiner has still to be started, and nobody else waits."""


def verify_file(app: Flask, file: Path, *, is_signature_only: bool = False) -> dict[str, Any]:
    """Keys as in docs/cli.md. The verdict is that of the portal's own page: a good signature on what the register does
    not know is invalid. A database that is not there yet or does not answer leaves it undecided.

    `is_signature_only` leaves the register aside, for what was never entered in it: the papers of a story.
    """
    with file.open("rb") as opened:
        content = opened.read(LARGEST + 1)  # what is larger is none of ours, however large it is
    with app.app_context():
        trust = trusted(app.extensions["settings"].keys)
        try:
            if is_signature_only:
                return _told(_by_signature(content, trust), NOT_ASKED)
            if not inspect(db.engine).has_table("certificates"):
                return _told(_undecided(_by_signature(content, trust), NO_DATABASE), NOT_ASKED)
            finding = judge(reading(), content, trust, at=now(), patience=PATIENCE)
            return _told(finding, _register(finding))
        except OperationalError:
            return _told(_undecided(_by_signature(content, trust), AWAY), AWAY)


def _by_signature(content: bytes, trust: Trust) -> Finding:
    # Not by the office's calendar, which lies in the database that may be away.
    examination = examine(content, trust, at=datetime.now(UTC), patience=PATIENCE)
    return Finding(examination.verdict, examination.reason, None, examination)


def _undecided(found: Finding, why: str) -> Finding:
    """A good signature proves little while the register has not been asked."""
    return replace(found, verdict=Verdict.UNDECIDED, reason=why) if found.verdict is Verdict.VALID else found


def _register(finding: Finding) -> str:
    if finding.examination is None or finding.examination.verdict is not Verdict.VALID:
        return NOT_ASKED
    if finding.reason == Reason.OTHER_FILE:
        return OTHER_FILE
    if finding.writ is not None:
        return A_WRIT
    return str(finding.entry.status) if finding.entry else NOT_FOUND


def _told(finding: Finding, register: str) -> dict[str, Any]:
    found = finding.examination
    return {
        "verdict": str(finding.verdict),
        "reason": str(finding.reason),
        "signer": found.signer if found else None,
        "signed_at": found.signed_at.isoformat() if found and found.signed_at else None,
        "proven_at": found.proven_at.isoformat() if found and found.proven_at else None,
        "level": str(found.level) if found and found.level else None,
        "coverage": found.coverage if found else None,
        "number": str((found.sheet or {}).get("number", "")) or None if found else None,
        "language": str((found.sheet or {}).get("language", "")) or None if found else None,
        "register": register,
    }
