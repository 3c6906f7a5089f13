"""Everything the portal keeps of one person, for the person to take along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from approvals.clock.moment import Moment
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.certificate import Certificate
from approvals.records.feed import Feed
from approvals.records.letter import Letter
from approvals.records.message import Message
from approvals.records.people import Account, SignIn
from approvals.records.person_event import PersonEventRecord
from approvals.records.rating import Rating

FORMAT = 1


@dataclass(frozen=True, slots=True)
class OwnFile:
    """Where it lies in what is taken along, and the digest under which it is stored."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class OwnData:
    content: dict[str, Any]
    files: tuple[OwnFile, ...]


def own_data(session: Session, *, by: Actor, at: Moment) -> OwnData:
    """Of the account itself, and of what it applied for in its own name; what belongs to an organisation is not its."""
    check(by, "account:close")
    account = session.get_one(Account, by.person)
    own = select(Application).where(Application.applicant_id == account.id, Application.organisation_id.is_(None))
    applications = session.scalars(
        own.order_by(Application.id).options(
            undefer(Application.draft),
            selectinload(Application.submissions),
            selectinload(Application.materials),
            joinedload(Application.certificate).selectinload(Certificate.copies),
        )
    ).all()
    letters = session.scalars(select(Letter).where(Letter.recipient_id == account.id).order_by(Letter.id)).all()
    sessions = session.scalars(select(SignIn).where(SignIn.account_id == account.id).order_by(SignIn.id)).all()
    feeds = session.scalars(select(Feed).where(Feed.account_id == account.id).order_by(Feed.id)).all()
    events = session.scalars(
        select(PersonEventRecord).where(PersonEventRecord.account_id == account.id).order_by(PersonEventRecord.id)
    ).all()
    ids = [each.id for each in applications]
    messages = session.scalars(select(Message).where(Message.application_id.in_(ids)).order_by(Message.id)).all()
    ratings = session.scalars(select(Rating).where(Rating.application_id.in_(ids)).order_by(Rating.id)).all()
    content = {
        "format": FORMAT,
        "made_at": _text(at.instant),
        "account": {
            "username": account.username,
            "name": account.name,
            "identity_number": account.identity_number,
            "phone": account.phone,
            "email": account.email,
            "language": account.language,
            "wants_text_messages": account.wants_texts,
            "proof": str(account.proof),
            "proved_at": _text(account.proved_at),
        },
        "organisations": [
            {
                "name": each.organisation.name,
                "credit_code": each.organisation.credit_code,
                "duty": each.duty,
                "ended_at": _text(each.ended_at),
            }
            for each in account.memberships
        ],
        "sessions": [
            {"began_at": _text(each.created_at), "ended_at": _text(each.ended_at), "device": each.device}
            for each in sessions
        ],
        "calendar_addresses": [
            {"organisation": each.organisation_id, "made_at": _text(each.created_at)}
            | {"revoked_at": _text(each.revoked_at)}
            for each in feeds
        ],
        "account_events": [{"kind": each.kind, "at": _text(each.at), **each.data} for each in events],
        "applications": [_application(each) for each in applications],
        "letters": [
            {"application": each.application_id, "kind": each.kind, "sent_at": _text(each.sent_at)}
            | {"read_at": _text(each.read_at)}
            for each in letters
        ],
        "messages": [
            {"application": each.application_id, "department": each.department_code, "is_office": each.is_office}
            | {"at": _text(each.at), "text": each.text}
            for each in messages
        ],
        "ratings": [
            {"application": each.application_id, "at": _text(each.at), "level": str(each.level)}
            | {"reasons": each.reasons, "text": each.text}
            for each in ratings
        ],
    }
    return OwnData(content, tuple(file for each in applications for file in _files(each)))


def _application(application: Application) -> dict[str, Any]:
    return {
        "id": application.id,
        "number": application.number,
        "item": application.item_code,
        "title": application.title,
        "status": str(application.status),
        "created_at": _text(application.created_at),
        "submitted_at": _text(application.submitted_at),
        "decided_at": _text(application.decided_at),
        "promised_due": _text(application.promised_due),
        "draft": application.draft,
        "submissions": [
            {"version": sent.version, "at": _text(sent.at), "sha256": sent.sha256, "answers": sent.answers}
            for sent in application.submissions
        ],
        "certificate": application.certificate.number if application.certificate else None,
        "certificate_copies": [
            {"number": each.number, "language": each.language, "purpose": each.purpose, "recipient": each.recipient}
            | {"asked_at": _text(each.asked_at), "valid_until": _text(each.valid_until)}
            | {"revoked_at": _text(each.revoked_at)}
            for each in (application.certificate.copies if application.certificate else ())
        ],
        "files": [file.path for file in _files(application)],
    }


def _files(application: Application) -> Iterator[OwnFile]:
    """A user's file name never becomes a path: each is called by application, material and version."""
    folder = f"files/{application.number or f'draft-{application.id}'}"
    for material in application.materials:
        ending = material.name.rpartition(".")[2].lower()
        ending = ending if ending.isalnum() and ending.isascii() and len(ending) <= 5 else "bin"
        yield OwnFile(f"{folder}/{material.key}-{material.version}.{ending}", material.sha256)
    certificate = application.certificate
    if certificate is not None and certificate.sha256:
        yield OwnFile(f"{folder}/{certificate.number}.pdf", certificate.sha256)
    for copy in certificate.copies if certificate is not None else ():
        if copy.sha256:
            yield OwnFile(f"{folder}/{copy.number}.pdf", copy.sha256)


def _text(value: datetime | date | None) -> str | None:
    return None if value is None else value.isoformat()
