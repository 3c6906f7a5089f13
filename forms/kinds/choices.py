"""Any number of several."""

from __future__ import annotations

from forms.fields import AnswerField, Posted, Typed
from forms.rules import Wrong, _
from services.answers import Value


class ChoicesField(AnswerField):
    takes_many = True

    @property
    def missing(self) -> str:
        return _("请选择「%(label)s」")

    def blank(self) -> tuple[str, ...]:
        return ()

    def take(self, formdata: Posted) -> tuple[str, ...]:
        return tuple(dict.fromkeys(formdata.getlist(self.name)))

    def read(self, typed: Typed) -> tuple[str, ...] | None:
        """What was chosen, in the order of the choices; None for nothing."""
        offered = [value for value, _label in self.choices()]
        if set(typed) - set(offered):
            raise Wrong(_("请从列出的选项里选"))
        return tuple(value for value in offered if value in typed) or None

    def spell(self, value: Value) -> tuple[str, ...]:
        return value if isinstance(value, tuple) else ()
