"""What was sent, as it was sent: the answers and files of one version, and what it changed, for whoever sent it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from approvals.chain.mending import changes
from approvals.errors import NotFound
from approvals.permissions import Actor, may
from approvals.queries.draft import Change, HandedIn, changes_told, handed_in
from approvals.records.application import Application, Submission
from approvals.records.fold import item_of
from approvals.records.people import Account, region_names
from approvals.records.sending import sending
from services.answers import Answers, is_asked, required_materials
from services.item import Item, Material, Section, Text


@dataclass(frozen=True, slots=True)
class SentMaterial:
    material: Material
    files: tuple[HandedIn, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """One version; `versions` are the numbers and instants of all, oldest first. `changes` is what it says otherwise
    than the one before, `explanation` why something that was to be mended was left as it was.
    """

    number: str
    item: Item
    title: str
    applicant: str
    version: int
    at: datetime
    versions: tuple[tuple[int, datetime], ...]
    sections: tuple[Section, ...]
    answers: Answers
    materials: tuple[SentMaterial, ...]
    changes: tuple[Change, ...]
    explanation: str
    regions: Mapping[str, Text]


def sent(session: Session, number: str, version: int | None, *, by: Actor) -> Sent:
    """The newest where no version is named. NotFound for what the actor may not read, was never sent, or is no version
    of it.
    """
    application = session.scalar(
        select(Application)
        .where(Application.number == number)
        .options(
            joinedload(Application.revision),
            joinedload(Application.organisation),
            joinedload(Application.applicant).raiseload(Account.memberships),
            selectinload(Application.steps),
            selectinload(Application.submissions),
            selectinload(Application.materials),
            selectinload(Application.corrections),
        )
    )
    if application is None or not may(by, "material:read", application) or not application.submissions:
        raise NotFound
    every = application.submissions
    shown = every[-1] if version is None else next((each for each in every if each.version == version), None)
    if shown is None:
        raise NotFound
    item, now = item_of(application), sending(application, shown)
    explained = (each.explanation for each in application.corrections if each.answered_at == shown.at)
    return Sent(
        number=number,
        item=item,
        title=application.title,
        applicant=(application.organisation or application.applicant).name,
        version=shown.version,
        at=shown.at,
        versions=tuple((each.version, each.at) for each in every),
        sections=tuple(section for section in item.sections if is_asked(section, now.answers)),
        answers=now.answers,
        materials=_materials(application, item, now.answers, shown),
        changes=_changes(application, shown),
        explanation=next(filter(None, explained), ""),
        regions=region_names(session),
    )


def _materials(application: Application, item: Item, answers: Answers, shown: Submission) -> tuple[SentMaterial, ...]:
    """Those that the answers call for, and whatever else lay with them."""
    lying = [one for one in application.materials if one.lay_with(shown.at)]
    wanted = {material.key for material, _ in required_materials(item, answers)} | {one.key for one in lying}
    return tuple(
        SentMaterial(material, tuple(handed_in(one) for one in lying if one.key == material.key))
        for material in item.materials
        if material.key in wanted
    )


def _changes(application: Application, shown: Submission) -> tuple[Change, ...]:
    before = next((each for each in application.submissions if each.version == shown.version - 1), None)
    if before is None:
        return ()
    was, then = sending(application, before), sending(application, shown)
    return changes_told(
        application,
        changes(item_of(application), was, then),
        (was.answers, then.answers),
        (lambda one: one.lay_with(before.at), lambda one: one.lay_with(shown.at)),
    )
