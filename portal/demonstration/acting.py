"""Act as the demonstration's people do: apply with example answers and real files, then decide step by step."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from approvals.clock.moment import CITY, Moment
from approvals.commands import draft
from approvals.commands.attach import attach
from approvals.commands.decide import decide, is_for_two
from approvals.commands.lateness import WhyLate
from approvals.commands.pause import pause, resume
from approvals.commands.propose import confirm, propose
from approvals.commands.submit import submit
from approvals.commands.ticks import all_met
from approvals.inspection import Inspected, inspect
from approvals.queries import for_change
from approvals.queries.actor import actor_named, clerk_of, second_of
from approvals.queries.profile import first_answers
from approvals.queries.progress import Progress, StepProgress
from approvals.vocabulary import LateReason, Outcome, PauseReason, StepStatus
from portal.demonstration.people import APPLICANTS
from portal.unit_of_work import changing, reading
from services.answers import examples, required_materials
from services.item import Audience, Item, Source, StepKind

if TYPE_CHECKING:
    from approvals.clock.calendar import Calendar
    from approvals.permissions import Actor
    from approvals.records.application import Application
    from approvals.storage import Storage
    from services.answers import Value
    from services.item import Material

FILES = Path(__file__).parent / "files"
SAMPLES = {"pdf": "drawings.pdf", "jpg": "photo.jpg", "dxf": "site.dxf"}

AFFIRMATIVE = {
    StepKind.ACCEPTANCE: Outcome.ACCEPT,
    StepKind.DECISION: Outcome.GRANT,
}
"""How a step ends in a story; every other kind ends in agreement."""


BUSY = WhyLate(LateReason.WORKLOAD)
"""Why whatever is late in a story is late."""


def moment(day: date, calendar: Calendar, hour: int = 9, minute: int = 30) -> Moment:
    """An office hour of that day in the city."""
    return Moment(datetime.combine(day, time(hour, minute), CITY), calendar)


def applicant(item: Item) -> Actor:
    """The demonstration person the item is for."""
    person = next(each for each in APPLICANTS if bool(each.duty) is (item.audience is Audience.BUSINESSES))
    return actor_named(reading(), person.username)


def apply(
    item: Item, storage: Storage, at: Moment, answers: dict[str, Value] | None = None, *, by: Actor | None = None
) -> str:
    """Fill in a draft and submit it, as the person the item is for if no other is named; the application's number."""
    by = by or applicant(item)
    token = fill_in(item, storage, at, answers, by=by)
    with changing(by, at) as session:
        application = for_change.application(session, token)
        submit(application, by=by, at=at)
        return str(application.number)


def fill_in(
    item: Item, storage: Storage, at: Moment, answers: dict[str, Value] | None = None, *, by: Actor | None = None
) -> str:
    """Start, answer and attach as the person the item is for; the draft's token."""
    by = by or applicant(item)
    with changing(by, at) as session:
        organisation = for_change.organisation(session, min(by.organisations)) if by.organisations else None
        given = answers
        if given is None:  # the paper names its holder, not the person of the examples
            own = first_answers(session, item, organisation=organisation.id if organisation else None, by=by, at=at)
            given = {**examples(item, at.today), **own.answers}
        application = draft.start(
            for_change.revision(session, item.code), organisation=organisation, answers=given, by=by, at=at
        )
        session.add(application)
        session.flush()
        for material, is_required in required_materials(item, given):
            if is_required and material.source is Source.UPLOAD:
                hand_in(application, material, sample(material), storage, by=by, at=at)
        return application.token


def sample(material: Material) -> Path:
    """A file of a format that the material takes."""
    return FILES / SAMPLES[next(kind for kind in material.formats if kind in SAMPLES)]


def hand_in(
    application: Application, material: Material, file: Path, storage: Storage, *, by: Actor, at: Moment
) -> None:
    """Attach a file as its applicant does."""
    content = file.read_bytes()
    found = examined(content, file.name, frozenset(material.formats))
    attach(application, material.key, found, storage.put(content), by=by, at=at)


@lru_cache(maxsize=32)
def examined(content: bytes, name: str, formats: frozenset[str]) -> Inspected:
    """One application hands in a dozen copies of the same few samples; each is looked through once."""
    return inspect(content, name=name, formats=formats)


def take(number: str, step: StepProgress, at: Moment) -> None:
    """The department's clerk decides the step; where two people are asked for, a colleague confirms."""
    by = clerk_of(reading(), step.department)
    outcome = AFFIRMATIVE.get(step.kind, Outcome.AGREE)
    with changing(by, at) as session:
        found = for_change.step(session, number, step.key)
        needs_second = is_for_two(found)
        verb, why = propose if needs_second else decide, BUSY if found.is_late(at.today) else None
        verb(found, outcome, "", ticks=all_met(found), late=why, by=by, at=at)
    if needs_second:
        second = second_of(reading(), step.department, by)
        with changing(second, at) as session:
            found = for_change.step(session, number, step.key)
            confirm(found, len(found.proposals), by=second, at=at)


def visit(number: str, step: StepProgress, leaving: Moment, back: Moment) -> None:
    """An on-site check: a special procedure whose days are not counted (Licensing Law art. 45)."""
    by = clerk_of(reading(), step.department)
    with changing(by, leaving) as session:
        found = for_change.step(session, number, step.key)
        note = "现场核查：核对布局、设备与申请材料是否一致。"
        pause(found, PauseReason.ON_SITE, days=2, note=note, by=by, at=leaving)
    with changing(by, back) as session:
        resume(for_change.step(session, number, step.key), by=by, at=back)


def workable(told: Progress) -> list[StepProgress]:
    """Steps a clerk can work on now; issuing is the portal's own."""
    return [step for step in told.steps if step.status is StepStatus.OPEN and step.kind is not StepKind.ISSUE]
