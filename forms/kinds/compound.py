"""Questions asked in parts: a person, an organisation, a place on the map; each part is a question of its own kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from wtforms.form import BaseForm
from wtforms.utils import unset_value

from forms.fields import AnswerField, Asking, Posted, Typed
from forms.rules import Wrong, _
from services.answers import Value
from services.compounds import Compound, members
from services.item import Question


class CompoundField(AnswerField):
    """Empty where all parts are; else each required part must be there."""

    def __init__(self, question: Question, asking: Asking, **options: Any) -> None:
        # Imported here: the table of kinds holds this one, too.
        from forms.kinds import KINDS

        inside = {key: options[key] for key in ("_form", "_meta") if key in options}
        self.members: list[AnswerField] = [
            KINDS[each.kind](each, asking, name=f"{options['name']}-{each.key}", **inside) for each in members(question)
        ]
        super().__init__(question, asking, **options)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for member in self.members for name in member.names)

    @property
    def fields(self) -> list[AnswerField]:
        """The parts as they are drawn."""
        return self.members

    @property
    def faults(self) -> list[tuple[str, str]]:
        inner = [fault for member in self.members for fault in member.faults]
        return [(self.target, words) for words in self.own] + inner

    @property
    def target(self) -> str:
        return self.members[0].target

    @property
    def own(self) -> list[str]:
        """Reasons that concern the whole."""
        inner = [words for member in self.members for words in member.errors]
        return [words for words in self.errors if words not in inner]

    def process(
        self, formdata: Posted | None, data: Any = unset_value, extra_filters: Sequence[Any] | None = None
    ) -> None:
        self.process_errors, self.errors, self.data, self.is_incomplete = [], [], None, False
        kept = dict(data.parts) if isinstance(data, Compound) else {}
        for member in self.members:
            member.process(formdata, kept.get(member.question.key, unset_value))
        self.typed = {
            name.removeprefix(f"{self.name}-"): text for member in self.members for name, text in member.as_text()
        }
        if formdata is None:
            self.data = data if isinstance(data, Compound) else None
            return
        if not any(text.strip() for text in self.typed.values()):
            return
        for member in self.members:
            member.errors = list(member.process_errors)
            if not member.errors and member.data is None and member.question.required:
                member.refuse(member.say(Wrong(member.missing, label=member.label.text)))
        self.process_errors = [words for member in self.members for words in member.errors]
        self.is_incomplete = not any(member.is_wrong for member in self.members)
        if not self.process_errors:
            self.data = self.assembled()
            try:
                self.judge()
            except Wrong as wrong:
                self.data, self.process_errors, self.is_incomplete = None, [self.say(wrong)], False

    def assembled(self) -> Value:
        parts = ((member.question.key, member.data) for member in self.members)
        return Compound(tuple((key, value) for key, value in parts if value is not None))

    def judge(self) -> None:
        """Raises Wrong where the parts do not go together."""

    def blank(self) -> Typed:
        return {name.removeprefix(f"{self.name}-"): "" for member in self.members for name in member.names}

    def validate(self, form: BaseForm, extra_validators: Any = ()) -> bool:
        self.errors = list(self.process_errors)
        return not self.errors

    def unjudged(self) -> None:
        super().unjudged()
        for member in self.members:
            member.unjudged()

    @property
    def missing(self) -> str:
        return _("请填写「%(label)s」")


class PeriodField(CompoundField):
    """Two days, the later not before the earlier."""

    def judge(self) -> None:
        start, end = (member.data for member in self.members)
        if isinstance(start, date) and isinstance(end, date) and end < start:
            raise Wrong(_("结束的日期不能早于开始的日期"))


class PointField(CompoundField):
    """Degrees, in the box around the city."""


def entry_question(question: Question) -> Question:
    """One entry of a group or table, as a question in parts."""
    return replace(question, required=False, ask_if=None, hint=None)
