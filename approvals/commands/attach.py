"""Hand in a file for a material, or take it back; every version is kept."""

from __future__ import annotations

from sqlalchemy import case, func, select

from approvals.clock.moment import Moment
from approvals.commands.draft import require_editable, touch
from approvals.commands.note_act import note_act
from approvals.commands.obligation import Filed, handed_in
from approvals.commitments.owing import is_owed
from approvals.errors import FileRefused, NotFound
from approvals.events import PersonEvent
from approvals.inspection import MEGABYTE, Inspected
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.base import session_of, upsert
from approvals.records.fold import item_of
from approvals.records.material import Material, StoredFile
from approvals.vocabulary import FileProblem
from services.item import Source

MOST_FILES = 20
"""Handed in at one time for one material."""
MOST_BYTES = 300 * MEGABYTE
"""Of one application, everything ever handed in counted: nothing is thrown away."""


def attach(
    application: Application,
    key: str,
    file: Inspected,
    sha256: str,
    *,
    by: Actor,
    at: Moment,
    most_unsent: int | None = None,
) -> Material:
    """Add an inspected file, already in the storage under `sha256`, to the material `key`.

    `most_unsent` are the bytes that one account may have in drafts that were never sent.

    The same bytes handed in twice for one material are one file: a repeated upload does no harm.
    """
    check(by, "application:edit", application)
    is_late_arrival = application.number is not None and is_owed(application, key)
    if not is_late_arrival:
        require_editable(application)
    asked = next((one for one in item_of(application).materials if one.key == key), None)
    if asked is None or asked.source is not Source.UPLOAD:
        raise NotFound
    if file.extension not in asked.formats:
        raise _refused(FileProblem.NOT_WANTED, file, asked.formats)
    own = [material for material in application.materials if material.key == key]
    present = [material for material in own if material.removed_at is None]
    same = next((material for material in present if material.sha256 == sha256), None)
    if same is not None:
        return same
    total = sum(material.file.size for material in application.materials)
    if len(present) >= MOST_FILES or total + file.size > MOST_BYTES:
        raise _refused(FileProblem.TOO_MANY_FILES, file, asked.formats)
    if most_unsent is not None and application.number is None and _unsent(application, by) + file.size > most_unsent:
        raise _refused(FileProblem.TOO_MUCH_UNSENT, file, asked.formats, limit=most_unsent)

    register_file(application, file, sha256, at=at)
    material = Material(
        key=key,
        sha256=sha256,
        name=file.name,
        version=1 + max((material.version for material in own), default=0),
        by_account=by.account,
        added_at=at.instant,
    )
    application.materials.append(material)
    touch(application, at=at)
    session = session_of(application)
    session.flush()  # its file is known by digest only until then
    note_act(application, PersonEvent.FILE_ADDED, by=by, at=at)
    if is_late_arrival:
        handed_in(application, key, Filed(sha256, file.name), by=by, at=at)
    return material


def detach(application: Application, key: str, version: int, *, by: Actor, at: Moment) -> None:
    """Take a file back. It stays in the history; taking it back twice is the same as once."""
    check(by, "application:edit", application)
    require_editable(application)
    found = next((one for one in application.materials if one.key == key and one.version == version), None)
    if found is None:
        raise NotFound
    found.removed_at = found.removed_at or at.instant
    note_act(application, PersonEvent.FILE_REMOVED, by=by, at=at)


def register_file(application: Application, file: Inspected, sha256: str, *, at: Moment) -> None:
    """Enter a file of the storage in the register of files."""
    session = session_of(application)
    # Somebody else may hand in the same bytes at the same moment: the first row stays, but held until this one is
    # through and as young as this one, so that it is not forgotten as a file nobody wants (commands.forget_files).
    row = upsert(session, StoredFile).values(
        sha256=sha256,
        size=file.size,
        media_type=file.media_type,
        pages=file.pages,
        scan=file.scan,
        created_at=at.instant,
    )
    known = case((row.excluded.scan.in_(("not_scanned", "refused")), StoredFile.scan), else_=row.excluded.scan)
    changed = {"created_at": row.excluded.created_at, "scan": known}
    session.execute(row.on_conflict_do_update(index_elements=["sha256"], set_=changed))


def _unsent(application: Application, by: Actor) -> int:
    """Bytes in all drafts, what was taken back included: it lies there until the draft is sent or deleted."""
    total = (
        select(func.coalesce(func.sum(StoredFile.size), 0))
        .join(Material, Material.sha256 == StoredFile.sha256)
        .join(Material.application)
        .where(Material.by_account == by.person, Application.number.is_(None))
    )
    return int(session_of(application).scalars(total).one())


def _refused(why: FileProblem, file: Inspected, formats: tuple[str, ...], *, limit: int = MOST_BYTES) -> FileRefused:
    return FileRefused(
        why=why,
        name=file.name,
        formats=tuple(one.upper() for one in formats),
        files=MOST_FILES,
        limit=limit // MEGABYTE,
    )
