"""The departments' signing keys for the command line: list, rotate, revoke and show what follows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask

from approvals.certificates import authority, signatories
from approvals.certificates.authority import NoAuthority
from approvals.certificates.examine import Verdict
from approvals.certificates.signatories import Signatory
from approvals.queries.signed_by import SignedRow, counts, department_name, signed_by
from approvals.queries.verification import Reason, verify_registered
from config import Settings
from portal.unit_of_work import now, reading
from portal.worker.reviewing import review_signatures


class NoSuchKey(Exception):
    """The department or the number of its key is unknown."""


class NotOurs(Exception):
    """Another authority issues and revokes; the message says what to do."""


def listed(app: Flask) -> dict[str, Any]:
    """Keys: signers."""
    with app.app_context():
        settings: Settings = app.extensions["settings"]
        everyone = signatories.everyone(settings.keys)
        signed = counts(reading(), [each.id for each in everyone])
        newest = {each.department: each.number for each in everyone}
        since = authority.revoked_since(settings.keys)
        return {
            "signers": [
                {
                    **_told(each),
                    "state": _state(each, newest, since),
                    "revoked_since": _iso(since.get(each.certificate.serial_number)),
                    "signed": signed[each.id],
                }
                for each in everyone
            ]
        }


def rotate(app: Flask, department: str) -> dict[str, Any]:
    """Keys as of a signer."""
    with app.app_context():
        settings: Settings = app.extensions["settings"]
        name = department_name(reading(), department)
        if name is None:
            raise NoSuchKey(f"there is no department {department}")
        try:
            return _told(signatories.rotate(settings.keys, department, name, now().instant))
        except signatories.NoSignatory as error:
            raise NotOurs(f"{error}; lay its next certificate and key there, in a folder of the next number") from None


def revoke(app: Flask, department: str, number: int, since: datetime, *, is_compromised: bool) -> dict[str, Any]:
    """Keys: revoked, successor, signed, verdicts, certificates. The one in use gets a successor first."""
    with app.app_context():
        settings: Settings = app.extensions["settings"]
        known = signatories.history(settings.keys, department)
        found = next((each for each in known if each.number == number), None)
        if found is None:
            raise NoSuchKey(f"{department} has no key of number {number}")
        at = now()
        successor = None
        try:
            if found is known[-1] and authority.can_issue(settings.keys):
                name = department_name(reading(), department) or department
                successor = _told(signatories.rotate(settings.keys, department, name, at.instant))
            authority.revoke(
                settings.keys,
                found.certificate.serial_number,
                since=since,
                is_compromised=is_compromised,
                at=at.instant,
            )
        except NoAuthority:
            raise NotOurs(
                "another authority issued this key: have it revoked there, and lay its list of revoked keys "
                f"into {settings.keys / authority.FOLDER} as a .crl file"
            ) from None
        return {"revoked": _told(found), "successor": successor, **_consequences(found)}


def _consequences(who: Signatory) -> dict[str, Any]:
    """All that it signed is judged again; what is told is what the register says from now on at every door."""
    review_signatures()
    rows = [
        {
            "number": each.number,
            "level": each.level.standard,
            "issued_at": _iso(each.issued_at),
            **_judged(each),
        }
        for each in signed_by(reading(), who.id)
    ]
    verdicts = {name: sum(row["verdict"] == name for row in rows) for name in ("valid", "invalid", "undecided")}
    return {"signed": counts(reading(), [who.id])[who.id], "verdicts": verdicts, "certificates": rows}


def _judged(row: SignedRow) -> dict[str, str]:
    finding = verify_registered(reading(), row.sha256, today=now().today)
    if finding is not None:
        return {"verdict": str(finding.verdict), "reason": str(finding.reason)}
    verdict, reason = (Verdict.INVALID, Reason.UNSOUND) if row.is_unsound else (Verdict.VALID, Reason.WRIT)
    return {"verdict": str(verdict), "reason": str(reason)}


def _state(each: Signatory, newest: dict[str, int], since: dict[int, datetime]) -> str:
    if each.certificate.serial_number in since:
        return "revoked"
    return "signs" if newest[each.department] == each.number else "earlier"


def _told(each: Signatory) -> dict[str, Any]:
    return {
        "department": each.department,
        "number": each.number,
        "name": each.certificate.subject.native.get("common_name"),
        "id": each.id,
        "until": _iso(each.certificate.not_valid_after),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
