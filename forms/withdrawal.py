"""The form to withdraw an application."""

from __future__ import annotations

from forms.build import SectionForm, ask
from forms.fields import Asking, Posted
from forms.rules import _
from services.item import Kind, Question, Section, Text

REASON_LENGTH = 500


def withdrawal_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Field `reason`: nobody has to give one."""
    label = Text(asking.translate(_("为什么撤回")))
    question = Question("reason", Kind.LONG_TEXT, label, required=False, max_length=REASON_LENGTH)
    return ask(Section("withdrawal", Text(asking.translate(_("撤回申请"))), (question,)), asking, formdata)
