"""A declaration: a box to tick under the words that are declared."""

from __future__ import annotations

from forms.fields import AnswerField
from forms.rules import Wrong, _
from services.answers import Value


class DeclarationField(AnswerField):
    @property
    def missing(self) -> str:
        return _("请读完「%(label)s」，再勾选")

    def read_text(self, typed: str) -> bool:
        if typed != "yes":
            raise Wrong(_("请勾选，或者不选"))
        return True

    def spell(self, value: Value) -> str:
        return "yes" if value else ""
