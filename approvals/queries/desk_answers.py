"""What was answered, as the desk shows it: section by section, and what says something else than the round before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.chain.mending import changes, relied_on
from approvals.queries.case import Case
from approvals.records.application import Application, Submission
from approvals.records.sending import compared, sending
from approvals.records.step import StepRecord
from services.answers import PERSONAL, Answers, is_asked
from services.item import Item, Question, Section, StepKind, Text, label


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `before` is what it said in the round before, where the applicant changed it."""

    question: Question
    value: object
    before: object
    is_changed: bool
    is_personal: bool


@dataclass(frozen=True, slots=True)
class Change:
    """Something the step's opinion rests on, or that it asked for, that says something else than in its round before.

    Of a question its two answers; of a material (`question` None) the names of its files.
    """

    label: Text
    question: Question | None
    before: object
    now: object

    @property
    def is_personal(self) -> bool:
        return self.question is not None and self.question.kind in PERSONAL


@dataclass(frozen=True, slots=True)
class AnswerSection:
    title: Text
    answers: tuple[Answer, ...]


def submissions_of(session: Session, application_id: int) -> list[Submission]:
    """The last two, older first."""
    query = select(Submission).where(Submission.application_id == application_id)
    return list(session.scalars(query.order_by(Submission.version.desc()).limit(2)))[::-1]


def sections_of(item: Item, answers: Answers, before: Answers | None) -> Iterator[AnswerSection]:
    for section in item.sections:
        if is_asked(section, answers):
            told = tuple(_answers(section, answers, before))
            if told:
                yield AnswerSection(section.title, told)


def _answers(section: Section, answers: Answers, before: Answers | None) -> Iterator[Answer]:
    for question in section.questions:
        if question.key in answers:
            value = answers[question.key]
            earlier = before.get(question.key) if before is not None else None
            is_changed = before is not None and earlier != value
            yield Answer(question, value, earlier, is_changed, question.kind in PERSONAL)


def changes_of(case: Case, step: StepRecord) -> Iterator[Change]:
    """What happened to the ground of the step's opinion since its round before; whoever accepts judges all of it."""
    application, item = case.application, case.item
    judges_all = item.steps[step.key].kind is StepKind.ACCEPTANCE
    examined = compared(application, step)
    if examined is None:
        return
    latest = application.submissions[-1]
    before, now = sending(application, examined), sending(application, latest)
    asked = {
        entry.target
        for each in application.corrections
        if each.step_id == step.id and each.round == step.round - 1
        for entry in each.entries
    }
    changed = changes(item, before, now)
    ground = relied_on(item, item.steps[step.key], changed)
    for key in changed.questions:
        if judges_all or key in ground.questions or key in asked:
            question = item.questions[key]
            yield Change(question.label, question, before.answers.get(key), now.answers.get(key))
    for key in changed.materials:
        if judges_all or key in ground.materials or key in asked:
            old, new = (_file_names(application, key, sent) for sent in (examined, latest))
            yield Change(label(item, key), None, old, new)


def _file_names(application: Application, key: str, sent: Submission) -> tuple[str, ...]:
    return tuple(file.name for file in application.materials if file.key == key and file.lay_with(sent.at))
