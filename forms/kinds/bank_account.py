"""A bank account: the number of a card, or of an account at a counter."""

from __future__ import annotations

from forms.fields import AnswerField
from forms.rules import bank_account


class BankAccountField(AnswerField):
    @property
    def inputmode(self) -> str:
        return "numeric"

    def read_text(self, typed: str) -> str:
        return bank_account(typed)
