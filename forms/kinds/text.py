"""One line of text."""

from __future__ import annotations

from forms.fields import AnswerField
from forms.rules import TEXT_LENGTH, normalised, within_length, without_look_alikes


class TextField(AnswerField):
    def read_text(self, typed: str) -> str | None:
        text = within_length(normalised(typed), self.question.max_length or TEXT_LENGTH)
        return without_look_alikes(text) or None
