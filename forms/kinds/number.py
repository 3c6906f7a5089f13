"""A number, whole unless its question allows places after the point."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from forms.fields import AnswerField
from forms.rules import HIGHEST, LOWEST, number, within
from services.answers import Value
from services.item import Text


class NumberField(AnswerField):
    usual_decimals: ClassVar[int] = 0
    usual_unit: ClassVar[Text | None] = None

    @property
    def decimals(self) -> int:
        return self.usual_decimals if self.question.decimals is None else self.question.decimals

    @property
    def inputmode(self) -> str:
        return "decimal" if self.decimals else "numeric"

    @property
    def unit(self) -> Text | None:
        return self.question.unit or self.usual_unit

    def read_text(self, typed: str) -> Decimal:
        question = self.question
        value = number(typed, (self.unit.zh, self.unit.en) if self.unit else ())
        least = LOWEST if question.minimum is None else question.minimum
        return within(value, least, HIGHEST if question.maximum is None else question.maximum, self.decimals)

    def spell(self, value: Value) -> str:
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
