"""Several lines of text."""

from __future__ import annotations

from forms.fields import AnswerField
from forms.rules import LONG_TEXT_LENGTH, normalised, within_length, without_look_alikes


class LongTextField(AnswerField):
    def read_text(self, typed: str) -> str | None:
        text = within_length(normalised(typed, several_lines=True), self.question.max_length or LONG_TEXT_LENGTH)
        return without_look_alikes(text) or None
