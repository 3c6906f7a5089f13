"""One of several."""

from __future__ import annotations

from forms.fields import AnswerField
from forms.rules import Wrong, _


class ChoiceField(AnswerField):
    @property
    def missing(self) -> str:
        return _("请选择「%(label)s」")

    def read_text(self, typed: str) -> str:
        if typed not in {value for value, _label in self.choices()}:
            raise Wrong(_("请从列出的选项里选"))
        return typed
