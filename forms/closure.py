"""The form of an order that closes the city's offices: first and last day, and why."""

from __future__ import annotations

from forms.build import SectionForm, ask
from forms.fields import Asking, Posted
from forms.rules import _
from services.item import Kind, Question, Section, Text

REASON_LENGTH = 200


def closure_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    def text(words: str) -> Text:
        return Text(asking.translate(words))

    questions = (
        Question("first", Kind.DATE, text(_("从哪天起"))),
        Question("last", Kind.DATE, text(_("到哪天为止"))),
        Question("reason", Kind.TEXT, text(_("停办的原因")), max_length=REASON_LENGTH),
    )
    return ask(Section("closure", text(_("登记停办")), questions), asking, formdata)
