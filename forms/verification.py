"""The form to verify a certificate by its number and code."""

from __future__ import annotations

from forms.build import SectionForm, ask
from forms.fields import Asking, Posted
from forms.rules import _
from services.item import Kind, Question, Section, Text


def verification_form(asking: Asking, formdata: Posted | None = None) -> SectionForm:
    """Fields `number` and `code`, as they are printed on the certificate."""
    questions = (
        Question("number", Kind.TEXT, Text(asking.translate(_("证照编号"))), max_length=100),
        Question("code", Kind.TEXT, Text(asking.translate(_("核验码"))), max_length=40),
    )
    return ask(Section("verification", Text(asking.translate(_("核验证照"))), questions), asking, formdata)
