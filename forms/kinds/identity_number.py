"""The number of a resident's identity card (GB 11643)."""

from __future__ import annotations

from forms.fields import AnswerField
from forms.rules import identity_number


class IdentityNumberField(AnswerField):
    def read_text(self, typed: str) -> str:
        return identity_number(typed, self.asking.today)
