"""Everything the portal keeps of one application, in the words of whoever takes it along, and the files with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from approvals.clock.calendar import Calendar
from approvals.records.application import Application
from approvals.records.certificate import Certificate, PastVersion
from approvals.records.correction import Correction
from approvals.records.counter import Attendance
from approvals.records.credit import CreditRecord
from approvals.records.obligation import Obligation
from approvals.records.writ import Writ, WritPaper

Papers = Sequence[tuple[str, WritPaper]]
"""The sealed files of one application's writs that were made, each with the writ's number."""

WHOLE = (
    undefer(Application.draft),
    selectinload(Application.submissions),
    selectinload(Application.materials),
    selectinload(Application.corrections).joinedload(Correction.step),
    selectinload(Application.commitments),
    selectinload(Application.obligations).selectinload(Obligation.acts),
    selectinload(Application.credit_records).joinedload(CreditRecord.objection),
    selectinload(Application.attendances).joinedload(Attendance.visit),
    selectinload(Application.confirmations),
    selectinload(Application.writs),
    joinedload(Application.certificate).options(selectinload(Certificate.copies), selectinload(Certificate.acts)),
)
"""What to load with an application of which everything is told."""


@dataclass(frozen=True, slots=True)
class OwnFile:
    """Where it lies in what is taken along, and the digest under which it is stored."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class OwnData:
    """As JSON, with moments and days as ISO 8601 writes them; and the files that it names."""

    content: dict[str, Any]
    files: tuple[OwnFile, ...]


def papers_of(session: Session, applications: Iterable[int]) -> Mapping[int, Papers]:
    """By application."""
    wanted = select(Writ.application_id, Writ.number, WritPaper).join(Writ, Writ.id == WritPaper.writ_id)
    found: dict[int, list[tuple[str, WritPaper]]] = {}
    for owner, number, paper in session.execute(
        wanted.where(Writ.application_id.in_(list(applications))).order_by(WritPaper.id)
    ):
        found.setdefault(owner, []).append((number, paper))
    return found


def past_versions_of(session: Session, applications: Iterable[int]) -> Mapping[int, Sequence[PastVersion]]:
    """By application: of its certificate, oldest first."""
    wanted = select(Certificate.application_id, PastVersion).join(PastVersion.certificate)
    found: dict[int, list[PastVersion]] = {}
    for owner, version in session.execute(
        wanted.where(Certificate.application_id.in_(list(applications))).order_by(PastVersion.id)
    ):
        found.setdefault(owner, []).append(version)
    return found


def of_application(
    application: Application, papers: Papers, past: Sequence[PastVersion], calendar: Calendar
) -> OwnData:
    certificate = application.certificate
    files = tuple(_files(application, papers, past))
    content: dict[str, Any] = {
        "id": application.id,
        "number": application.number,
        "item": application.item_code,
        "title": application.title,
        "status": str(application.status),
        "created_at": as_text(application.created_at),
        "submitted_at": as_text(application.submitted_at),
        "decided_at": as_text(application.decided_at),
        "promised_due": as_text(application.promised_due),
        "provisional": _may_move(application.promised_due, calendar),
        "draft": application.draft,
        "submissions": [
            {"version": sent.version, "at": as_text(sent.at), "sha256": sent.sha256, "answers": sent.answers}
            for sent in application.submissions
        ],
        "corrections": [_correction(each) for each in application.corrections],
        "commitments": [
            {"step": each.step_key, "text": each.text, "signed_at": as_text(each.signed_at)}
            | {"taken_back_at": as_text(each.withdrawal.at) if each.withdrawal else None}
            for each in application.commitments
        ],
        "obligations": [_obligation(each, calendar) for each in application.obligations],
        "credit_records": [_credit_record(each) for each in application.credit_records],
        "at_a_window": [
            {"at": as_text(each.at), "window": each.visit.window, "purpose": str(each.purpose), "name": each.visit.name}
            for each in application.attendances
        ],
        "confirmations": [
            {"at": as_text(each.at), "version": each.version, "words": each.words} for each in application.confirmations
        ],
        "writs": [
            {"number": each.number, "kind": str(each.kind), "department": each.department_code}
            | {"drawn_up_at": as_text(each.drawn_up_at), "facts": each.facts}
            for each in application.writs
        ],
        "certificate": None if certificate is None else _certificate(certificate, past),
        "certificate_copies": [
            {"number": each.number, "language": each.language, "purpose": each.purpose, "recipient": each.recipient}
            | {"asked_at": as_text(each.asked_at), "valid_until": as_text(each.valid_until)}
            | {"revoked_at": as_text(each.revoked_at), "code": each.code, "content": each.sheet}
            for each in (certificate.copies if certificate is not None else ())
        ],
        "files": [file.path for file in files],
    }
    return OwnData(content, files)


def _files(application: Application, papers: Papers, past: Sequence[PastVersion]) -> Iterator[OwnFile]:
    """A user's file name never becomes a path: each is called by application, material and version."""
    folder = f"files/{application.number or f'draft-{application.id}'}"
    for material in application.materials:
        ending = material.name.rpartition(".")[2].lower()
        ending = ending if ending.isalnum() and ending.isascii() and len(ending) <= 5 else "bin"
        yield OwnFile(f"{folder}/{material.key}-{material.version}.{ending}", material.sha256)
    for number, paper in papers:
        yield OwnFile(f"{folder}/{number}-{paper.language}.pdf", paper.sha256)
    certificate = application.certificate
    for version in past:
        yield OwnFile(f"{folder}/{version.identifier}.pdf", version.sha256)
    if certificate is not None and certificate.sha256:
        yield OwnFile(f"{folder}/{certificate.number}.pdf", certificate.sha256)
    for copy in certificate.copies if certificate is not None else ():
        if copy.sha256:
            yield OwnFile(f"{folder}/{copy.number}.pdf", copy.sha256)


def as_text(value: datetime | date | None) -> str | None:
    return None if value is None else value.isoformat()


def _certificate(certificate: Certificate, past: Sequence[PastVersion]) -> dict[str, Any]:
    return {
        "number": certificate.number,
        "code": certificate.code,
        "status": str(certificate.status),
        "content": certificate.sheet,
        "acts": [{"act": str(each.act), "at": as_text(each.at), "reason": each.reason} for each in certificate.acts],
        "earlier": [
            {"version": each.version, "ended_at": as_text(each.ended_at), "content": each.sheet} for each in past
        ],
    }


def _correction(correction: Correction) -> dict[str, Any]:
    return {
        "step": correction.step.key,
        "department": correction.step.department_code,
        "round": correction.round,
        "asked_at": as_text(correction.asked_at),
        "answered_at": as_text(correction.answered_at),
        "why_again": correction.why_again,
        "explanation": correction.explanation,
        "items": [{"kind": each.kind, "target": each.target, "text": each.text} for each in correction.entries],
    }


def _may_move(due: date | None, calendar: Calendar) -> bool:
    return due is not None and not calendar.is_official(due)


def _obligation(obligation: Obligation, calendar: Calendar) -> dict[str, Any]:
    return {
        "kind": str(obligation.kind),
        "subject": obligation.subject,
        "text": obligation.text,
        "department": obligation.department_code,
        "due": as_text(obligation.due),
        "provisional": _may_move(obligation.due, calendar),
        "status": str(obligation.status),
        "acts": [{"kind": str(each.kind), "at": as_text(each.at), "note": each.note} for each in obligation.acts],
    }


def _credit_record(record: CreditRecord) -> dict[str, Any]:
    objection = record.objection
    return {
        "kind": str(record.kind),
        "department": record.department_code,
        "starts_on": as_text(record.starts_on),
        "ends_on": as_text(record.ends_on),
        "repaired_at": as_text(record.repaired_at),
        "objection": None
        if objection is None
        else {"at": as_text(objection.at), "reason": objection.reason, "answer": objection.answer}
        | {"is_upheld": objection.is_upheld},
    }
