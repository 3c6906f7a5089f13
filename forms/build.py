"""A section of the catalogue becomes a form; a form becomes clean answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm

from forms.fields import AnswerField, Asking, Posted, Translate, untranslated
from forms.kinds import KINDS
from forms.kinds.rows import RowsField
from forms.rules import Wrong
from services.answers import Value, computed, is_asked
from services.item import Question, Rule, Section, Text


class SectionForm(BaseForm):
    """The questions of one section. CSRF is the portal's."""

    def __init__(
        self,
        section: Section,
        answers: Mapping[str, Value],
        asking: Asking,
        special: Mapping[str, type[AnswerField]] | None = None,
    ) -> None:
        self.section = section
        self.asking = asking
        own = {question.key for question in section.questions}
        self.answers_before = {key: value for key, value in answers.items() if key not in own}
        """Answers to other sections: conditions and rules look at them."""
        fields: dict[str, UnboundField[Any]] = {
            question.key: UnboundField((special or {}).get(question.key, KINDS[question.kind]), question, asking)
            for question in section.questions
            if question.computed is None and self._may_be_asked(question, own)
        }
        super().__init__(fields)

    def _may_be_asked(self, question: Question, own: set[str]) -> bool:
        """A question that depends on an answer of this page stands on it: without script nobody could reach it."""
        return is_asked(question, self.answers_before) or bool(question.ask_if and question.ask_if.names & own)

    @property
    def fields(self) -> list[AnswerField]:
        return [field for field in self if isinstance(field, AnswerField)]

    def unjudged(self) -> None:
        for field in self.fields:
            field.unjudged()

    @property
    def asked(self) -> frozenset[str]:
        """Keys of the questions that the answers given so far call for."""
        return frozenset(question.key for question in self._asked())

    def _asked(self) -> list[Question]:
        """Questions that are asked, each judged by right answers to those before it."""
        known = dict(self.answers_before)
        asked: list[Question] = []
        fields = {field.question.key: field for field in self.fields}
        for question in self.section.questions:
            if question.computed is not None:
                self._compute(question, known)
            elif question.key in fields and is_asked(question, known):
                asked.append(question)
                if (given := fields[question.key].data) is not None:
                    known[question.key] = given
        return asked

    def _compute(self, question: Question, known: dict[str, Any]) -> None:
        value = computed(question, known) if is_asked(question, known) else None
        if value is not None:
            known[question.key] = value

    def validate(self, extra_validators: object = None) -> bool:
        """Every question that is asked answered rightly, then the rules between them."""
        asked = self.asked
        for field in self.fields:
            field.errors = []
            if field.name not in asked:
                continue
            if field.validate(self) and field.data is None and field.question.required:
                field.refuse(field.say(Wrong(field.missing, label=field.label.text)))
        for rule in self.section.rules:
            self._apply(rule, asked)
        return not any(field.errors for field in self.fields)

    def _apply(self, rule: Rule, asked: Collection[str]) -> None:
        """Judges a rule where every answer it needs is there.

        An optional question left empty counts as an answer (None). One that is not asked, or is wrong already, leaves
        nothing to judge.
        """
        known: dict[str, Value | None] = dict(self.answers_before)
        for field in self.fields:
            if field.name in asked and not field.errors:
                known[field.name] = field.data
        for question in self.section.questions:
            if question.computed is not None:
                self._compute(question, known)
        at = next((field for field in self.fields if field.name == rule.at and not field.errors), None)
        if at is not None and rule.is_broken(known, self.asking.today):
            at.refuse(rule.message.in_language(self.asking.language))


def form_for(
    section: Section,
    *,
    answers: Mapping[str, Value],
    language: str,
    today: date,
    regions: Mapping[str, Text] | None = None,
    translate: Translate = untranslated,
    formdata: Posted | None = None,
) -> SectionForm:
    """The form of one section: from what was posted, or else from the answers kept so far.

    `answers` are those of the whole application; `regions` the districts an address may lie in (Catalogue.districts);
    `translate` turns the Chinese words of a mistake into the reader's language.
    """
    return ask(section, Asking(language, today, regions or {}, translate), formdata, answers)


def ask(
    section: Section,
    asking: Asking,
    formdata: Posted | None = None,
    answers: Mapping[str, Value] | None = None,
    special: Mapping[str, type[AnswerField]] | None = None,
) -> SectionForm:
    """Likewise, for sections written by hand; `special` gives fields of their own to some questions."""
    form = SectionForm(section, answers or {}, asking, special)
    form.process(formdata, data=dict(answers or {}))
    return form


def change_rows(form: SectionForm, step: str) -> bool:
    """`add:owners` and `remove:owners:2`, as the buttons of a group are named; whether it was such a step."""
    verb, _colon, rest = step.partition(":")
    key, _colon, number = rest.partition(":")
    field = next((each for each in form.fields if isinstance(each, RowsField) and each.name == key), None)
    return field is not None and field.change(verb, number)


def clean(form: SectionForm) -> dict[str, Value]:
    """The right answers to what is asked: all of them after `validate`, or as many as there are, to keep a draft."""
    return {
        field.name: field.data
        for field in form.fields
        if field.name in form.asked and field.data is not None and not field.process_errors
    }


def typed_in(form: SectionForm) -> list[tuple[str, str]]:
    """Everything the form holds, right or wrong, under the names it is posted with; posted again it is the same. What
    was in a file comes as the answer that it gave, or not at all.
    """
    return [pair for field in form.fields for pair in field.as_text()]


def strangers(form: SectionForm, formdata: Posted, known: Collection[str] = ("csrf_token",)) -> tuple[str, ...]:
    """Names that were posted but are no part of the form, or stand there twice though they may only once."""
    once = {name for field in form.fields if not field.takes_many for name in field.names}
    many = {name for field in form.fields if field.takes_many for name in field.names}
    return tuple(
        name
        for name in dict.fromkeys(formdata)
        if name not in known and name not in many and not (name in once and len(formdata.getlist(name)) == 1)
    )
