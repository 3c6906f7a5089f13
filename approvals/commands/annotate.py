"""Annotate a page of a material (批注): for one's department, for those that decide later, and to be mended."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from approvals.audit.append import append, sealed
from approvals.clock.moment import Moment
from approvals.commands.pass_on import require_on_desk
from approvals.errors import (
    NotFound,
    NotYourAnnotation,
    PlaceNotOnPage,
    ReasonMissing,
    TooManyAnnotations,
)
from approvals.events import Event
from approvals.permissions import Actor
from approvals.records.annotation import Annotation
from approvals.records.base import session_of
from approvals.records.fold import item_of
from approvals.records.material import Material
from approvals.records.step import StepRecord

MOST = 200
"""Of one application that stand: a list that nobody would read."""
FINEST = 4
"""Decimals of a place: a ten-thousandth of a page is a dot."""


@dataclass(frozen=True, slots=True)
class Place:
    """In fractions of the page, from its upper left corner; a point has no width and height."""

    x: float
    y: float
    width: float = 0.0
    height: float = 0.0

    @property
    def is_on_page(self) -> bool:
        parts = (self.x, self.y, self.width, self.height)
        is_within = all(0 <= part <= 1 for part in parts)  # which no NaN is
        return is_within and self.x + self.width <= 1.0001 and self.y + self.height <= 1.0001


def annotate(
    step: StepRecord,
    material: str,
    version: int,
    page: int,
    text: str,
    *,
    place: Place | None = None,
    by: Actor,
    at: Moment,
) -> Annotation:
    """On a version that the step sees; NotFound for any other. Anybody of the department may, whoever has the step."""
    require_on_desk(step, "step:decide", by)
    application, session = step.application, session_of(step)
    found = _seen(step, material, version)
    if not text.strip():
        raise ReasonMissing
    pages = found.file.pages or 1
    if not 1 <= page <= pages or (place is not None and not place.is_on_page):
        raise PlaceNotOnPage(pages=pages)
    mine = Annotation.application_id == application.id
    number = (session.scalars(select(func.max(Annotation.number)).where(mine)).one() or 0) + 1
    standing = select(func.count()).select_from(Annotation).where(mine, Annotation.removed_at.is_(None))
    if session.scalars(standing).one() >= MOST:
        raise TooManyAnnotations(most=MOST)
    spot = [round(part, FINEST) for part in (place.x, place.y, place.width, place.height)] if place else None
    x, y, width, height = spot or (None, None, None, None)
    annotation = Annotation(
        application_id=application.id,
        number=number,
        step_id=step.id,
        material_id=found.id,
        page=page,
        x=x,
        y=y,
        width=width,
        height=height,
        text=text.strip(),
        by_account=by.person,
        at=at.instant,
    )
    session.add(annotation)
    append(
        application,
        Event.ANNOTATED,
        by=by,
        at=at.instant,
        step=step.key,
        number=number,
        material=material,
        version=version,
        page=page,
        place=spot,
        text=sealed(annotation.text),
    )
    return annotation


def remove_annotation(step: StepRecord, number: int, *, by: Actor, at: Moment) -> None:
    """By whoever wrote it, and only until the step is decided. It stays in the trail."""
    require_on_desk(step, "step:decide", by)
    session = session_of(step)
    wanted = select(Annotation).where(
        Annotation.step_id == step.id, Annotation.number == number, Annotation.removed_at.is_(None)
    )
    annotation = session.scalars(wanted).one_or_none()
    if annotation is None:
        raise NotFound
    if annotation.by_account != by.person:
        raise NotYourAnnotation
    annotation.removed_at = at.instant
    append(step.application, Event.ANNOTATION_REMOVED, by=by, at=at.instant, step=step.key, number=number)


def _seen(step: StepRecord, material: str, version: int) -> Material:
    """A file as it was sent, of a material that the step needs."""
    application = step.application
    wanted = next((each for each in item_of(application).materials if each.key == material), None)
    last_sent = application.submissions[-1].at
    files = (each for each in application.materials if (each.key, each.version) == (material, version))
    found = next((each for each in files if each.added_at <= last_sent), None)
    if wanted is None or found is None or (wanted.steps and step.key not in wanted.steps):
        raise NotFound
    return found
