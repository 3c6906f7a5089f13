"""What was handed in, as the desk shows it: the files of each material as last sent, and the notes on their pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from approvals.permissions import Actor
from approvals.queries.case import Case
from approvals.queries.reuse import withdrawn_from
from approvals.queries.signature import Signature
from approvals.records.annotation import Annotation
from approvals.records.application import Submission
from approvals.records.material import Material as MaterialRecord
from approvals.records.material import StoredFile
from approvals.records.step import StepRecord
from services.answers import Answers, required_materials
from services.item import Item, Material, Source, Text


@dataclass(frozen=True, slots=True)
class Note:
    """An annotation on a page. `place` is x, y, width and height in fractions of it; None: the whole page."""

    number: int
    page: int
    place: tuple[float, float, float, float] | None
    text: str
    by: Signature | None
    step: Text
    at: datetime
    is_ours: bool
    """Of this very step: it may go into a correction request."""
    may_remove: bool


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One file as it was last sent."""

    version: int
    name: str
    size: int
    media_type: str
    pages: int | None
    scan: str
    added_at: datetime
    is_new: bool
    """It came with the answers to a correction."""
    reused_from: str | None = None
    """Number of the application or certificate that the file came from, where it was not uploaded for this one."""
    notes: tuple[Note, ...] = ()
    is_withheld: bool = False
    """A certificate whose holder has taken back the consent to use it."""


@dataclass(frozen=True, slots=True)
class DeskMaterial:
    key: str
    name: Text
    source: Source
    is_required: bool
    files: tuple[HandedIn, ...]
    earlier: tuple[Note, ...] = ()
    """On versions that were replaced."""


def annotations_of(session: Session, case: Case) -> Sequence[Annotation]:
    """What stands, by page, with the materials they are on."""
    wanted = select(Annotation).where(Annotation.application_id == case.application.id, Annotation.removed_at.is_(None))
    in_order = wanted.order_by(Annotation.page, Annotation.y.nulls_first(), Annotation.number)
    return session.scalars(in_order.options(joinedload(Annotation.material))).all()


def notes_of(
    case: Case, step: StepRecord, by: Actor, annotations: Sequence[Annotation], clerks: dict[int, Signature]
) -> list[tuple[MaterialRecord, Note]]:
    return [
        (
            each.material,
            Note(
                each.number,
                each.page,
                (each.place[0], each.place[1], each.place[2], each.place[3]) if each.place else None,
                each.text,
                clerks.get(each.by_account),
                case.item.steps[each.step.key].title,
                each.at,
                each.step_id == step.id,
                each.step_id == step.id and each.by_account == by.account,
            ),
        )
        for each in annotations
    ]


def _materials_of(item: Item, key: str, answers: Answers) -> list[tuple[Material, bool]]:
    """What this step needs to see, and whether the application is incomplete without it."""
    return [pair for pair in required_materials(item, answers) if not pair[0].steps or key in pair[0].steps]


def materials_on(
    session: Session,
    case: Case,
    key: str,
    answers: Answers,
    sent: list[Submission],
    notes: list[tuple[MaterialRecord, Note]],
) -> tuple[DeskMaterial, ...]:
    """As last sent: what the applicant adds or removes while mending is seen only when it is sent."""
    wanted = _materials_of(case.item, key, answers)
    rows = session.scalars(
        select(MaterialRecord)
        .where(
            MaterialRecord.application_id == case.application.id,
            MaterialRecord.key.in_([material.key for material, _ in wanted]),
            MaterialRecord.added_at <= sent[-1].at,
        )
        .order_by(MaterialRecord.id)
    ).all()
    is_open = any(row.reused_from for row in rows) and case.application.decided_at is None
    withheld = withdrawn_from(session, case.application.id) if is_open else frozenset()
    files: dict[str, list[HandedIn]] = {}
    shown: set[int] = set()
    first_sent = sent[0].at if len(sent) > 1 else None
    for row in rows:
        if row.lay_with(sent[-1].at):
            shown.add(row.id)
            is_new = first_sent is not None and row.added_at > first_sent
            on_it = tuple(note for material, note in notes if material.id == row.id)
            files.setdefault(row.key, []).append(_handed_in(row, row.file, on_it, withheld, is_new=is_new))
    return tuple(
        DeskMaterial(
            material.key,
            material.name,
            material.source,
            is_required,
            tuple(files.get(material.key, ())),
            tuple(note for row, note in notes if row.key == material.key and row.id not in shown),
        )
        for material, is_required in wanted
    )


def _handed_in(
    row: MaterialRecord, file: StoredFile, notes: tuple[Note, ...], withheld: frozenset[str], *, is_new: bool
) -> HandedIn:
    return HandedIn(
        row.version,
        row.name,
        file.size,
        file.media_type,
        file.pages,
        file.scan,
        row.added_at,
        is_new,
        row.reused_from,
        notes,
        row.reused_from in withheld,
    )
