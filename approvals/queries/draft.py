"""What an applicant is filling in or mending: answers, files, what is missing, what each department asked to mend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from approvals.certificates.content import unprintable
from approvals.certificates.glyphs import spoken
from approvals.chain.mending import Changes
from approvals.clock.moment import Moment
from approvals.commitments.offers import offers
from approvals.commitments.signed import deferrals, signed_keys
from approvals.errors import NotFound
from approvals.permissions import Actor, may
from approvals.queries.applications import bundle_name
from approvals.queries.typed_page import typed_sections
from approvals.records.amending import is_amending
from approvals.records.application import Application, Submission
from approvals.records.correction import Correction
from approvals.records.fold import day_of_judging, item_of
from approvals.records.material import Material
from approvals.records.mended import is_mended
from approvals.records.people import Account, department_names, region_names
from approvals.records.sending import sending, unsent
from approvals.vocabulary import ApplicationStatus, Origin
from services import item as words
from services.answers import Answers, Value, is_asked, load, relevant, required_materials
from services.completeness import is_complete
from services.item import Item, Limit, Source, Text


class TaskState(StrEnum):
    EMPTY = "empty"
    BEGUN = "begun"
    DONE = "done"
    OPTIONAL = "optional"
    """Nothing is there, and nothing must be."""


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One file that is there now. `size` in bytes; `pages` None where there are none; `scan` as in StoredFile."""

    version: int
    name: str
    media_type: str
    size: int
    pages: int | None
    scan: str
    sha256: str
    reused_from: str | None = None
    """Number of the application or certificate it came from."""


@dataclass(frozen=True, slots=True)
class MaterialTask:
    material: words.Material
    is_required: bool
    files: tuple[HandedIn, ...]
    state: TaskState
    follows: Limit | None = None
    """It was promised, and may follow within this time of the decision."""


@dataclass(frozen=True, slots=True)
class SectionTask:
    """`files` are the materials that its page asks for."""

    section: words.Section
    files: tuple[MaterialTask, ...]
    state: TaskState


@dataclass(frozen=True, slots=True)
class Mend:
    """One thing to mend: `section` is where its question stands, none for a material."""

    target: str
    label: Text
    text: str
    section: str | None
    is_mended: bool
    """Whether the answer or the files differ from what was sent before."""


@dataclass(frozen=True, slots=True)
class AskedToMend:
    """What one department asked for, in one go (Licensing Law art. 32)."""

    department: Text
    asked_at: datetime
    why_again: str
    """Why it did not ask in an earlier round, where it could have."""
    entries: tuple[Mend, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that says otherwise than last sent: of a question its two answers, of a material (`question` None) the
    names of its files.
    """

    key: str
    label: Text
    question: words.Question | None
    before: object
    now: object


@dataclass(frozen=True, slots=True)
class Draft:
    """`number` once it was submitted; `version` is what a page sends back so that two tabs are noticed."""

    token: str
    number: str | None
    status: ApplicationStatus
    version: int
    item: Item
    title: str
    """What it will be called, from the answer that names it; empty until that is given."""
    begun_at: datetime
    applicant: str
    """Whose it will be: the name of the organisation, or of the person."""
    organisation: str | None
    answers: Mapping[str, Value]
    today: date
    """The day on which its answers are judged (records.fold.day_of_judging)."""
    sections: tuple[SectionTask, ...]
    materials: tuple[MaterialTask, ...]
    asked: tuple[AskedToMend, ...]
    regions: Mapping[str, Text]
    may_promise: bool = False
    """There is something that may be promised instead of proved first (告知承诺)."""
    promised: frozenset[str] = frozenset()
    """Keys of the promises that are signed."""
    origins: Mapping[str, Origin] = field(default_factory=dict)
    """Of the answers that nobody typed here and nobody changed: where they come from."""
    is_amending: bool = False
    """It was sent in, and the applicant changes it unasked before it is accepted."""
    is_too_late: bool = False
    """It was being amended when a department said whether it is accepted: what was changed was not sent."""
    unsent: tuple[Change, ...] = ()
    """What an amendment changes."""
    unprintable: str = ""
    """Characters of the answers that its certificate cannot show, named."""
    bundle: tuple[str, Text] | None = None
    """Token and name of the bundle it was started with."""
    typed: frozenset[str] = frozenset()
    """Sections on whose pages something was typed and not saved."""

    @property
    def is_mending(self) -> bool:
        return bool(self.asked)

    @property
    def is_editable(self) -> bool:
        return self.status is ApplicationStatus.DRAFT or self.is_mending or self.is_amending

    @property
    def uploads(self) -> tuple[MaterialTask, ...]:
        return tuple(task for task in self.materials if task.material.source is Source.UPLOAD)

    @property
    def is_complete(self) -> bool:
        states = [*(task.state for task in self.sections), *(task.state for task in self.materials)]
        return all(state in (TaskState.DONE, TaskState.OPTIONAL) for state in states)

    def section(self, key: str) -> SectionTask:
        """A section that is asked; NotFound for any other."""
        found = next((task for task in self.sections if task.section.key == key), None)
        if found is None:
            raise NotFound
        return found

    def upload(self, key: str) -> MaterialTask:
        """A material that is handed in as a file; NotFound for any other."""
        found = next((task for task in self.uploads if task.material.key == key), None)
        if found is None:
            raise NotFound
        return found


def draft(session: Session, token: str, *, by: Actor, at: Moment) -> Draft:
    """NotFound for an application that is not the actor's, as for none."""
    application = session.scalar(
        select(Application)
        .where(Application.token == token)
        .options(
            undefer(Application.draft),
            joinedload(Application.revision),
            joinedload(Application.organisation),
            joinedload(Application.applicant).raiseload(Account.memberships),
            joinedload(Application.bundle),
            selectinload(Application.materials),
            selectinload(Application.steps),
            selectinload(Application.corrections).selectinload(Correction.entries),
            selectinload(Application.corrections).joinedload(Correction.step),
        )
    )
    if application is None or not may(by, "application:edit", application):
        raise NotFound
    item = item_of(application)
    answers = relevant(item, load(item, application.draft["answers"]))
    today, regions = day_of_judging(application, at), region_names(session)
    holder = application.organisation.name if application.organisation else ""
    asked, amends = _asked(session, application, item), is_amending(application, item)
    materials = _materials(item, answers, application)
    return Draft(
        token=application.token,
        number=application.number,
        status=application.status,
        version=application.draft_version,
        item=item,
        title=str(answers.get(item.title_from or "", "")),
        begun_at=application.created_at,
        applicant=(application.organisation or application.applicant).name,
        organisation=application.organisation.name if application.organisation else None,
        answers=answers,
        today=today,
        sections=_sections(item, answers, materials, today),
        materials=materials,
        may_promise=application.status is ApplicationStatus.DRAFT
        and may(by, "commitment:sign", application)
        and bool(offers(item, answers)),
        promised=signed_keys(application),
        origins={key: Origin.of(data) for key, data in application.draft.get("origins", {}).items()},
        bundle=(application.bundle.token, bundle_name(application.bundle.slug)) if application.bundle else None,
        asked=asked,
        is_amending=amends,
        is_too_late=application.amending_since is not None and not amends and not asked,
        unsent=_unsent(application, item, answers) if application.amending_since else (),
        regions=regions,
        typed=typed_sections(session, application.id),
        unprintable=spoken(unprintable(item, answers, holder=holder, regions=regions)),
    )


def _unsent(application: Application, item: Item, answers: Mapping[str, Value]) -> tuple[Change, ...]:
    last = application.submissions[-1]
    return changes_told(
        application,
        unsent(application, answers),
        (sending(application, last).answers, answers),
        (lambda one: one.lay_with(last.at), lambda one: one.removed_at is None),
    )


def changes_told(
    application: Application,
    changed: Changes,
    answers: tuple[Answers, Answers],
    there: tuple[Callable[[Material], bool], Callable[[Material], bool]],
) -> tuple[Change, ...]:
    """What is different, with what it said before and says then: `there` tells which files lay with each."""
    item = item_of(application)
    said = [
        Change(key, item.questions[key].label, item.questions[key], *(each.get(key) for each in answers))
        for key in changed.questions
    ]
    files = [
        Change(
            key,
            words.label(item, key),
            None,
            *(tuple(one.name for one in application.materials if one.key == key and lay(one)) for lay in there),
        )
        for key in changed.materials
    ]
    return (*said, *files)


def handed_in(one: Material) -> HandedIn:
    file = one.file
    return HandedIn(
        one.version, one.name, file.media_type, file.size, file.pages, file.scan, one.sha256, one.reused_from
    )


def _sections(
    item: Item, answers: Mapping[str, Value], materials: Sequence[MaterialTask], today: date
) -> tuple[SectionTask, ...]:
    tasks = []
    for section in item.sections:
        if is_asked(section, answers):
            files = tuple(task for task in materials if task.material.asked_in == section.key)
            tasks.append(SectionTask(section, files, _state(section, answers, files, today)))
    return tuple(tasks)


def _state(
    section: words.Section, answers: Mapping[str, Value], files: Sequence[MaterialTask], today: date
) -> TaskState:
    if is_complete(section, answers, today) and all(task.state is not TaskState.EMPTY for task in files):
        return TaskState.DONE
    is_begun = any(question.key in answers for question in section.questions) or any(task.files for task in files)
    return TaskState.BEGUN if is_begun else TaskState.EMPTY


def _materials(item: Item, answers: Mapping[str, Value], application: Application) -> tuple[MaterialTask, ...]:
    tasks = []
    may_follow, kept = deferrals(application, answers), application.materials
    for material, is_required in required_materials(item, answers):
        files = tuple(handed_in(one) for one in kept if one.key == material.key and one.removed_at is None)
        there = any(one.scan != "infected" for one in files) or material.source is not Source.UPLOAD
        is_due = is_required and material.key not in may_follow
        state = TaskState.DONE if there else TaskState.EMPTY if is_due else TaskState.OPTIONAL
        tasks.append(MaterialTask(material, is_due, files, state, may_follow.get(material.key)))
    return tuple(tasks)


def _asked(session: Session, application: Application, item: Item) -> tuple[AskedToMend, ...]:
    open_ones = [one for one in application.corrections if one.is_open]
    if not open_ones:
        return ()
    names = department_names(session)
    newest = select(Submission.answers).where(Submission.application_id == application.id)
    sent = session.scalars(newest.order_by(Submission.version.desc()).limit(1)).first() or {}
    sections = {question.key: section.key for section in item.sections for question in section.questions}
    labels = {key: question.label for key, question in item.questions.items()} | {
        material.key: material.name for material in item.materials
    }

    return tuple(
        AskedToMend(
            names.get(one.step.department_code, Text(one.step.department_code)),
            one.asked_at,
            one.why_again,
            tuple(
                Mend(
                    entry.target,
                    labels.get(entry.target, Text(entry.target)),
                    entry.text,
                    sections.get(entry.target),
                    is_mended(application, one, entry.target, sent),
                )
                for entry in one.entries
            ),
        )
        for one in open_ones
    )
