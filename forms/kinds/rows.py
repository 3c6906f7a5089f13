"""Entries of which there may be several: a group one below the other, a table side by side; both without script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from wtforms.form import BaseForm
from wtforms.utils import unset_value

from forms.fields import AnswerField, Asking, Posted, Typed
from forms.kinds.compound import CompoundField, entry_question
from forms.rules import Wrong, _
from services.compounds import MOST_ROWS, Compound, Rows
from services.item import Question

MOST_NUMBER = 999
"""Numbers of entries are small: a larger one was not written by this portal."""


class RowsField(AnswerField):
    """Entries left empty do not count. The next number is that of a new entry: numbers only tell entries apart."""

    def __init__(self, question: Question, asking: Asking, **options: Any) -> None:
        self._inside = {key: options[key] for key in ("_form", "_meta") if key in options}
        self._entry = entry_question(question)
        self.rows: list[CompoundField] = []
        super().__init__(question, asking, **options)

    def _row(self, number: int) -> CompoundField:
        return CompoundField(self._entry, self.asking, name=f"{self.name}-{number}", **self._inside)

    @property
    def most(self) -> int:
        return self.question.most or MOST_ROWS

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for row in self.rows for name in row.names)

    @property
    def target(self) -> str:
        return self.rows[0].target if self.rows else self.id

    @property
    def faults(self) -> list[tuple[str, str]]:
        inner = [fault for row in self.rows for fault in row.faults]
        said = {words for _target, words in inner}
        return [*((self.target, words) for words in self.errors if words not in said), *inner]

    @property
    def own(self) -> list[str]:
        inner = {words for row in self.rows for _target, words in row.faults}
        return [words for words in self.errors if words not in inner]

    @property
    def missing(self) -> str:
        return _("请填写「%(label)s」，至少一项")

    def process(
        self, formdata: Posted | None, data: Any = unset_value, extra_filters: Sequence[Any] | None = None
    ) -> None:
        self.process_errors, self.errors, self.data, self.is_incomplete = [], [], None, False
        if formdata is None:
            entries: tuple[Compound, ...] = data.entries if isinstance(data, Rows) else ()
            self.rows = [self._row(number) for number in range(max(1, len(entries)))]
            for number, row in enumerate(self.rows):
                row.process(None, entries[number] if number < len(entries) else unset_value)
            self.data = data if isinstance(data, Rows) else None
        else:
            self.rows = [self._row(number) for number in self._numbers(formdata) or [0]]
            for row in self.rows:
                row.process(formdata)
                row.errors = list(row.process_errors)
            self.process_errors = [words for row in self.rows for words in row.process_errors]
            self.is_incomplete = not any(row.is_wrong for row in self.rows)
            found = tuple(row.data for row in self.rows if isinstance(row.data, Compound))
            if len(self.rows) > self.most:
                self.is_incomplete = False
                self.process_errors = [self.say(Wrong(_("最多填 %(most)s 项，请删掉多余的"), most=self.most))]
            elif not self.process_errors and found:
                self.data = Rows(found)
        self._spell()

    def _spell(self) -> None:
        prefix = f"{self.name}-"
        self.typed = {
            f"{row.name.removeprefix(prefix)}-{part}": text
            for row in self.rows
            if isinstance(row.typed, dict)
            for part, text in row.typed.items()
        }

    def _numbers(self, formdata: Posted) -> list[int]:
        wanted = re.compile(rf"{re.escape(self.name)}-(0|[1-9]\d{{0,2}})-")
        return sorted({int(found[1]) for name in formdata if (found := wanted.match(name))})

    def change(self, verb: str, number: str) -> bool:
        """Adds an empty entry or takes one away, keeping whatever is typed; whether that could be done."""
        numbers = [int(row.name.rpartition("-")[2]) for row in self.rows]
        if verb == "add" and len(self.rows) < self.most and max(numbers, default=-1) < MOST_NUMBER:
            row = self._row(max(numbers, default=-1) + 1)
            row.process(None)
            self.rows.append(row)
        elif verb == "remove" and number in map(str, numbers):
            self.rows = [row for row in self.rows if row.name != f"{self.name}-{number}"] or [self._row(0)]
            if len(numbers) == 1:
                self.rows[0].process(None)
        else:
            return False
        self._spell()
        return True

    def blank(self) -> Typed:
        return {}

    def validate(self, form: BaseForm, extra_validators: Any = ()) -> bool:
        self.errors = list(self.process_errors)
        return not self.errors

    def unjudged(self) -> None:
        super().unjudged()
        for row in self.rows:
            row.unjudged()
