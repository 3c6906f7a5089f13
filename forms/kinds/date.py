"""A date typed as year, month and day: no picker opens, nothing depends on the device's idea of a date."""

from __future__ import annotations

from datetime import date

from forms.fields import AnswerField, Posted, Typed
from forms.rules import day
from services.answers import Value

PARTS = ("year", "month", "day")


class DateField(AnswerField):
    parts = tuple(f"-{part}" for part in PARTS)

    def blank(self) -> dict[str, str]:
        return dict.fromkeys(PARTS, "")

    def take(self, formdata: Posted) -> dict[str, str]:
        return {part: next(iter(formdata.getlist(f"{self.name}-{part}")), "") for part in PARTS}

    def read(self, typed: Typed) -> date | None:
        return day(typed) if isinstance(typed, dict) else None

    def spell(self, value: Value) -> dict[str, str]:
        if not isinstance(value, date):
            return self.blank()
        return {"year": str(value.year), "month": str(value.month), "day": str(value.day)}
