"""A telephone number, mobile or with its area code."""

from __future__ import annotations

from forms.fields import AnswerField
from forms.rules import phone


class PhoneField(AnswerField):
    @property
    def inputmode(self) -> str:
        return "tel"

    def read_text(self, typed: str) -> str:
        return phone(typed)
