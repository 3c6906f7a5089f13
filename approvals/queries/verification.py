"""Whether a certificate may be relied upon today: what the file proves and what the register says, put together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from approvals.certificates.apart import PATIENCE
from approvals.certificates.essence import Proves, Said, Scanned, read
from approvals.certificates.examine import WRIT, Examination, Verdict, examine
from approvals.certificates.examine import Reason as FileReason
from approvals.certificates.trust import Trust
from approvals.clock.moment import Moment
from approvals.queries.register import CopyFacts, RegisterEntry, entry_by_code, entry_by_digest, entry_by_number
from approvals.queries.writs import WritEntry, writ_by_digest
from approvals.vocabulary import CertificateStatus


class Reason(StrEnum):
    """Why the register says so. Reasons of the file itself are those of `approvals.certificates.examine`."""

    REGISTERED = "registered"
    """Number and code belong together and the certificate is in force. Nothing is said about a paper."""
    GENUINE = "genuine"
    """The very file that was issued, and the certificate is in force."""
    PENDING = "pending"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    ANNULLED = "annulled"
    UNSOUND = "unsound"
    """In force, but its key was revoked and nothing proves that it signed before: it is made again."""
    COPY = "copy"
    """A copy for a stated purpose, and the certificate it was made from is in force."""
    TRANSLATION = "translation"
    """The English translation of a certificate in force; the Chinese original prevails."""
    COPY_REVOKED = "copy_revoked"
    COPY_EXPIRED = "copy_expired"
    SIGNED_CODE = "signed_code"
    """What the QR code carries is signed by us and says what the register says, and the certificate is in force."""
    CODE_ALTERED = "code_altered"
    """The signature in the QR code does not hold."""
    CODE_ADDRESS = "code_address"
    """What the QR code carries is signed by us, but number and code in its address do not belong together."""
    CODE_DIFFERS = "code_differs"
    """What the QR code carries is signed by us, and the register says otherwise."""
    WRIT = "writ"
    """The very paper of a writ of this office, which was not changed."""
    UNKNOWN_WRIT = "unknown_writ"
    """A writ signed by a trusted signer, and yet this office has handed out no such paper."""
    NOT_REGISTERED = "not_registered"
    """Signed by a trusted signer, and yet the register knows nothing of it."""
    OTHER_FILE = "other_file"
    """The register has another file under this number."""


@dataclass(frozen=True, slots=True)
class CodeFinding:
    """Of a QR code: what its signed part says, none where that does not hold or is not there (`is_signed`); `differing`
    are the names of what the register says otherwise.
    """

    is_signed: bool
    said: Said | None = None
    differing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """`reason` is a Reason or one of the examination's; `examination` is none when only number and code were given."""

    verdict: Verdict
    reason: str
    entry: RegisterEntry | None
    examination: Examination | None = None
    code: CodeFinding | None = None
    writ: WritEntry | None = None

    @property
    def is_registered_file(self) -> bool:
        return self.reason != Reason.OTHER_FILE


UNPROVEN = frozenset({FileReason.REVOKED_LATER, FileReason.SIGNER_EXPIRED, FileReason.SIGNED_AHEAD})
"""The signature is good, but when it was made is its own word."""

VERDICTS: Mapping[CertificateStatus, Verdict] = {
    CertificateStatus.PENDING: Verdict.UNDECIDED,
    CertificateStatus.IN_FORCE: Verdict.VALID,
    CertificateStatus.SUSPENDED: Verdict.INVALID,
    CertificateStatus.EXPIRED: Verdict.INVALID,
    CertificateStatus.SUPERSEDED: Verdict.INVALID,
    CertificateStatus.REVOKED: Verdict.INVALID,
    CertificateStatus.ANNULLED: Verdict.INVALID,
}
"""A genuine paper that is no longer in force proves nothing today."""


def verify_code(session: Session, number: str, code: str, *, today: date) -> Finding | None:
    """None for an unknown number and for a wrong code alike."""
    entry = entry_by_code(session, number, code, today=today)
    return _registered(entry, Reason.REGISTERED) if entry else None


def verify_scan(session: Session, scan: Scanned, proves: Proves, *, today: date) -> Finding | None:
    """The whole QR code: its signed part is judged as the stand-alone verifier does, and held against the register.

    None for an unknown number and for a wrong code alike, where nothing signed says more.
    """
    entry = entry_by_code(session, scan.number, scan.code, today=today)
    if not scan.essence:
        return replace(_registered(entry, Reason.REGISTERED), code=CodeFinding(is_signed=False)) if entry else None
    said = read(scan.essence, proves)
    if said is None:
        return Finding(Verdict.INVALID, Reason.CODE_ALTERED, entry, code=CodeFinding(is_signed=True))
    if entry is None:
        return Finding(Verdict.INVALID, Reason.CODE_ADDRESS, None, code=CodeFinding(is_signed=True, said=said))
    if entry.translation is not None and said.title == entry.translation.title:
        entry = replace(entry, is_translation=True)
    code = CodeFinding(is_signed=True, said=said, differing=tuple(_differing(said, entry)))
    if code.differing:
        return Finding(Verdict.INVALID, Reason.CODE_DIFFERS, entry, code=code)
    return replace(_registered(entry, Reason.SIGNED_CODE), code=code)


def _differing(said: Said, entry: RegisterEntry) -> Iterator[str]:
    registered = {
        "number": entry.copy.number if entry.copy else entry.number,
        "title": entry.translation.title if entry.translation and entry.is_translation else entry.title,
        "holder": entry.holder,
        "issued_on": entry.granted_on,
        "valid_until": entry.valid_until,
    }
    return (name for name, value in registered.items() if getattr(said, name) != value)


def verify_file(session: Session, pdf: bytes, trust: Trust, *, at: Moment, patience: float = PATIENCE) -> Finding:
    """First the file by itself, against what is configured; only what it proves is looked up in the register.

    A file that proves nothing names no entry: otherwise anybody could ask the register by writing a number into a PDF.
    Where the file cannot prove by itself when it was signed, the register can: it was entered on the day it was issued.
    """
    examination = examine(pdf, trust, at=at.instant, patience=patience)
    is_unproven = examination.reason in UNPROVEN
    sha256, signed = hashlib.sha256(pdf).hexdigest(), examination.digest or ""
    if examination.verdict is not Verdict.VALID and not is_unproven:
        entry = _of_a_revoked_key(session, sha256, signed, examination, today=at.today)
        if entry is not None:
            return _registered(entry, Reason.GENUINE, examination)
        return Finding(examination.verdict, examination.reason, None, examination)
    if examination.paper == WRIT:
        return _writ(writ_by_digest(session, sha256, signed), examination)
    entry = entry_by_digest(session, sha256, signed, today=at.today)
    if entry is not None and entry.is_unsound:
        return _registered(entry, Reason.GENUINE, examination)
    if is_unproven and not _was_entered_in_time(entry.entered_at if entry else None, examination):
        return Finding(examination.verdict, examination.reason, None, examination)
    if entry:
        return _registered(entry, Reason.GENUINE, examination)
    entry = entry_by_number(session, str((examination.sheet or {}).get("number", "")), today=at.today)
    reason = Reason.OTHER_FILE if entry else Reason.NOT_REGISTERED
    return Finding(Verdict.INVALID, reason, entry, examination)


def _of_a_revoked_key(
    session: Session, sha256: str, signed: str, examination: Examination, *, today: date
) -> RegisterEntry | None:
    """Of the very file that was entered, where the register says the same of it by every other way."""
    if examination.reason is not FileReason.SIGNER_REVOKED:
        return None
    entry = entry_by_digest(session, sha256, signed, today=today)
    return entry if entry is not None and entry.is_unsound else None


def is_sound(examination: Examination, entered_at: datetime) -> bool:
    """Whether a registered file is still believed for its signature, as `verify_file` says it."""
    is_proven = examination.verdict is Verdict.VALID
    return is_proven or (examination.reason in UNPROVEN and _was_entered_in_time(entered_at, examination))


def verify_registered(session: Session, sha256: str, *, today: date) -> Finding | None:
    """What the register says of a file of its own, without looking at it again; none where it is no certificate's."""
    entry = entry_by_digest(session, sha256, "", today=today)
    return _registered(entry, Reason.GENUINE) if entry else None


def _writ(writ: WritEntry | None, examination: Examination) -> Finding:
    """A writ tells what was so on its day: once handed out it has no state that could end."""
    if examination.reason in UNPROVEN and not _was_entered_in_time(writ.made_at if writ else None, examination):
        return Finding(examination.verdict, examination.reason, None, examination)
    if writ is None:
        return Finding(Verdict.INVALID, Reason.UNKNOWN_WRIT, None, examination)
    return Finding(Verdict.VALID, Reason.WRIT, None, examination, writ=writ)


def _was_entered_in_time(entered_at: datetime | None, examination: Examination) -> bool:
    """At all, and before the key was revoked; that a key ended by itself is no reason to doubt what was entered."""
    return entered_at is not None and (examination.revoked_at is None or entered_at < examination.revoked_at)


def _registered(entry: RegisterEntry, reason: Reason, examination: Examination | None = None) -> Finding:
    is_in_force = entry.status is CertificateStatus.IN_FORCE
    if is_in_force and entry.is_unsound:
        return Finding(Verdict.INVALID, Reason.UNSOUND, entry, examination)
    if entry.is_translation and reason is Reason.GENUINE:
        reason = Reason.TRANSLATION
    if entry.copy is not None and is_in_force:
        return _copied(entry, entry.copy, examination)
    return Finding(VERDICTS[entry.status], reason if is_in_force else Reason(entry.status), entry, examination)


def _copied(entry: RegisterEntry, copy: CopyFacts, examination: Examination | None) -> Finding:
    """Of a certificate in force."""
    if copy.revoked_on is not None:
        return Finding(Verdict.INVALID, Reason.COPY_REVOKED, entry, examination)
    if copy.has_expired:
        return Finding(Verdict.INVALID, Reason.COPY_EXPIRED, entry, examination)
    return Finding(Verdict.VALID, Reason.COPY, entry, examination)
