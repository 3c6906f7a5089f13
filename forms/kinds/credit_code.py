"""The unified social credit code of an organisation (GB 32100)."""

from __future__ import annotations

from forms.fields import AnswerField
from forms.rules import credit_code


class CreditCodeField(AnswerField):
    def read_text(self, typed: str) -> str:
        return credit_code(typed)
