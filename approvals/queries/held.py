"""What the portal already holds of the same applicant, to be reused instead of uploaded again (免提交)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from approvals.clock.moment import Moment, local_date
from approvals.errors import NotFound
from approvals.inspection import EXTENSIONS, MEDIA_TYPES, Inspected
from approvals.permissions import Actor, may
from approvals.records.application import Application
from approvals.records.certificate import Certificate
from approvals.records.fold import item_of
from approvals.records.material import Material, StoredFile
from approvals.vocabulary import ApplicationStatus, CertificateStatus
from services.item import Item, Source, Text, label

GRANTED = (ApplicationStatus.GRANTED, ApplicationStatus.ISSUED)
FRESH = timedelta(days=730)
"""How long a file that was accepted is offered again."""
MOST = 200
"""Looked at: the newest."""
SUFFIXES = {media: extension for extension, media in MEDIA_TYPES.items()}


@dataclass(frozen=True, slots=True)
class Held:
    """A file that was accepted with an application, or a certificate; `number` is that of the one or the other.

    `on` is the day of the decision that rests on it, or on which the certificate was granted.
    """

    number: str
    file: Inspected
    sha256: str
    source: Text
    on: date
    is_certificate: bool


def held(session: Session, token: str, *, by: Actor, at: Moment) -> dict[str, Held]:
    """By the key of a material that is uploaded for this draft: the newest that the same applicant has, if any."""
    application = session.scalar(
        select(Application).where(Application.token == token).options(joinedload(Application.revision))
    )
    if application is None or not may(by, "application:edit", application):
        raise NotFound
    item = item_of(application)
    certificates = _certificates(session, application, by, at)
    accepted = _accepted(session, application, by, at)
    found: dict[str, Held] = {}
    for material in item.materials:
        if material.source is Source.UPLOAD:
            one = _certificate_for(material.name, certificates) or accepted.get(material.name.zh)
            if one is not None and one.file.extension in material.formats:
                found[material.key] = one
    return found


def _same_applicant(application: Application) -> ColumnElement[bool]:
    if application.organisation_id is not None:
        return Application.organisation_id == application.organisation_id
    return (Application.applicant_id == application.applicant_id) & Application.organisation_id.is_(None)


def _accepted(session: Session, application: Application, by: Actor, at: Moment) -> Mapping[str, Held]:
    """By the name of the material: one kind has one name in the whole catalogue."""
    others = _same_applicant(application) & (Application.id != application.id)
    return {kind: _held(row, item) for kind, (row, item) in accepted(session, others, by=by, at=at).items()}


def accepted(
    session: Session, whose: ColumnElement[bool], *, by: Actor, at: Moment
) -> Mapping[str, tuple[Material, Item]]:
    """What would be offered again of these applications, the newest of each kind, with the item it was handed in for.

    A mandate for one matter opens no other.
    """
    rows = session.scalars(
        select(Material)
        .join(Material.application)
        .where(
            whose,
            Application.status.in_(GRANTED),
            Application.decided_at >= at.instant - FRESH,
            Material.removed_at.is_(None),
            or_(Application.amending_since.is_(None), Material.added_at < Application.amending_since),  # else unsent
        )
        .order_by(Material.id.desc())
        .limit(MOST)
        .options(joinedload(Material.application).joinedload(Application.revision))
    )
    found: dict[str, tuple[Material, Item]] = {}
    for row in rows:
        item = item_of(row.application)
        if not may(by, "application:read", row.application):
            continue
        if row.file.scan != "infected" and row.application.decided_at is not None:
            found.setdefault(_kind(item, row.key), (row, item))
    return found


def _kind(item: Item, key: str) -> str:
    return label(item, key).zh


def _held(row: Material, item: Item) -> Held:
    decided = row.application.decided_at or row.added_at
    return Held(
        number=str(row.application.number),
        file=_inspected(row.name, row.file.media_type, row.file.size, row.file.pages),
        sha256=row.sha256,
        source=item.name,
        on=local_date(decided),
        is_certificate=False,
    )


def _certificates(
    session: Session, application: Application, by: Actor, at: Moment
) -> list[tuple[Certificate, StoredFile]]:
    """In force today and made, of matters that the actor may look at."""
    return [
        (certificate, file)
        for certificate, file in session.execute(
            select(Certificate, StoredFile)
            .join(Certificate.application)
            .join(StoredFile, StoredFile.sha256 == Certificate.sha256)
            .where(
                _same_applicant(application),
                Certificate.status == CertificateStatus.IN_FORCE,
                Certificate.is_unsound.is_(False),
                (Certificate.valid_until.is_(None)) | (Certificate.valid_until >= at.today),
            )
            .order_by(Certificate.id.desc())
            .limit(MOST)
            .options(contains_eager(Certificate.application))
        )
        if may(by, "application:read", certificate.application)
        and may(by, "certificate:consent", certificate.application)
    ]


def _certificate_for(name: Text, certificates: list[tuple[Certificate, StoredFile]]) -> Held | None:
    """The certificate whose title the material names: 居住证 is 居住证（电子）."""
    for one, file in certificates:
        title = one.title.partition("（")[0]
        if name.zh.partition("（")[0] == title:
            return Held(
                number=one.number,
                file=_inspected(f"{one.number}.pdf", file.media_type, file.size, file.pages),
                sha256=file.sha256,
                source=Text(one.title),
                on=local_date(one.granted_at),
                is_certificate=True,
            )
    return None


def _inspected(name: str, media_type: str, size: int, pages: int | None) -> Inspected:
    extension = SUFFIXES.get(media_type, EXTENSIONS.get(name.rpartition(".")[2].lower(), "pdf"))
    return Inspected(name, extension, media_type, size, pages)
