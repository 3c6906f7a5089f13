"""Examine a file that is said to be a certificate of ours: signature, coverage, issuer, embedded data."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from approvals.certificates.apart import PATIENCE, Away, Silent, ask
from approvals.certificates.trust import Trust
from approvals.vocabulary import SignatureLevel

LARGEST = 10 * 1024 * 1024
MOST_SIGNATURES = 24
"""One, and the archive time-stamps of many decades."""
MOST_PARTS = 10_000
"""Objects and streams of a file; a certificate of ours has under two hundred."""


CERTIFICATE, WRIT = "certificate", "writ"
"""Kinds of paper that carry data of ours."""


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
    SIGNER_REVOKED = "signer_revoked"
    """Its key had been revoked when it signed."""
    REVOKED_LATER = "revoked_later"
    """Its key was revoked after the time that the signature states, which nothing proves."""
    SIGNER_EXPIRED = "signer_expired"
    """Its key has ended, and nothing proves that it signed before."""
    SIGNED_AHEAD = "signed_ahead"
    """It states a time that is still to come: who has the key chose it."""
    UNREADABLE = "unreadable"
    NO_DATA = "no_data"
    TOO_COSTLY = "too_costly"
    """It needs more time or memory than any certificate of ours."""
    BUSY = "busy"
    """Too many files are being examined at this moment; nothing is said about this one."""


@dataclass(frozen=True, slots=True)
class Examination:
    """`sheet` are the paper's data as embedded, given only when the signature over them is good; `paper` says whether
    it is a certificate or a writ. `signed_at` is what
    the signature says, `proven_at` what time-stamps of a configured authority prove. `digest` (SHA-256) is of the bytes
    that were signed: it stays when evidence and time-stamps are added. `revoked_at`: since when the signer's key is.
    """

    verdict: Verdict
    reason: Reason
    signer: str | None = None
    signed_at: datetime | None = None
    coverage: str | None = None
    sheet: dict[str, Any] | None = None
    level: SignatureLevel | None = None
    proven_at: datetime | None = None
    digest: str | None = None
    revoked_at: datetime | None = None
    paper: str | None = None

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, default=datetime.isoformat)

    @classmethod
    def from_json(cls, text: str) -> Examination:
        told = json.loads(text)
        return cls(
            Verdict(told["verdict"]),
            Reason(told["reason"]),
            told["signer"],
            _moment(told["signed_at"]),
            told["coverage"],
            told["sheet"],
            SignatureLevel(told["level"]) if told["level"] else None,
            _moment(told["proven_at"]),
            told["digest"],
            _moment(told["revoked_at"]),
            told["paper"],
        )


def _moment(told: str | None) -> datetime | None:
    return datetime.fromisoformat(told) if told else None


def examine(pdf: bytes, trust: Trust, *, at: datetime, patience: float = PATIENCE) -> Examination:
    """Never raises. What the file brings along is never trusted; it only helps to reach what this installation trusts.

    Read by a process apart, within limits of time and memory: a file that exceeds them cannot be decided.
    `patience` is in seconds: how long to wait for the answer, turn and all.
    """
    if refusal := _refusal(pdf):
        return Examination(Verdict.INVALID, refusal)
    try:
        return Examination.from_json(ask(pdf, trust, at, patience))
    except Away:
        return Examination(Verdict.UNDECIDED, Reason.BUSY)
    except (Silent, ValueError, LookupError, TypeError, RecursionError):
        return Examination(Verdict.UNDECIDED, Reason.TOO_COSTLY)


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
