"""Which stored file a version of a material is, for whoever may read it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from approvals.errors import FileShutAway, NotFound
from approvals.permissions import Actor, may
from approvals.records.application import Application
from approvals.records.material import Material, StoredFile


@dataclass(frozen=True, slots=True)
class MaterialFile:
    """`name` is what the applicant called it; `sha256` is where it lies in the storage."""

    sha256: str
    name: str
    media_type: str
    size: int


def opened(name: str, file: StoredFile) -> MaterialFile:
    """Raises FileShutAway where the virus scanner found something in it."""
    if file.scan == "infected":
        raise FileShutAway(name=name)
    return MaterialFile(file.sha256, name, file.media_type, file.size)


def material_file(session: Session, reference: str, key: str, version: int, *, by: Actor) -> MaterialFile:
    """`reference` is an application's number, or a draft's token. NotFound also for what the actor may not read."""
    found = session.scalar(
        select(Material)
        .join(Material.application)
        .where(
            (Application.number == reference) | (Application.token == reference),
            Material.key == key,
            Material.version == version,
        )
        .options(
            contains_eager(Material.application).selectinload(Application.steps),
            joinedload(Material.file),
        )
    )
    if found is None or not may(by, "material:read", found.application):
        raise NotFound
    return opened(found.name, found.file)
