"""Several lines of text."""

from __future__ import annotations

from forms.fields import AnswerField
from forms.rules import LONG_TEXT_LENGTH, plain_words


class LongTextField(AnswerField):
    def read_text(self, typed: str) -> str | None:
        return plain_words(typed, self.question.max_length or LONG_TEXT_LENGTH, several_lines=True) or None
