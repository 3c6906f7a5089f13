"""One line of text."""

from __future__ import annotations

from forms.fields import AnswerField
from forms.rules import TEXT_LENGTH, plain_words


class TextField(AnswerField):
    def read_text(self, typed: str) -> str | None:
        return plain_words(typed, self.question.max_length or TEXT_LENGTH) or None
