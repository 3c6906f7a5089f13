"""An e-mail address."""

from __future__ import annotations

from forms.fields import AnswerField
from forms.rules import email


class EmailField(AnswerField):
    @property
    def inputmode(self) -> str:
        return "email"

    def read_text(self, typed: str) -> str:
        return email(typed)
