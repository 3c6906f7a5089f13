"""Yes or no: never assumed, a person says which."""

from __future__ import annotations

from forms.fields import AnswerField
from forms.rules import Wrong, _
from services.answers import NO, YES, Value


class YesNoField(AnswerField):
    @property
    def missing(self) -> str:
        return _("请选择「%(label)s」")

    def choices(self) -> tuple[tuple[str, str], ...]:
        language = self.asking.language
        return ("yes", YES.in_language(language)), ("no", NO.in_language(language))

    def read_text(self, typed: str) -> bool:
        if typed not in {"yes", "no"}:
            raise Wrong(_("请选「是」或「否」"))
        return typed == "yes"

    def spell(self, value: Value) -> str:
        return "yes" if value else "no"
