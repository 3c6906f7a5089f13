"""Who is asked by a form written by hand, and what its page needs to show its mistakes."""

from __future__ import annotations

from flask_babel import gettext

from forms.build import SectionForm
from forms.fields import Asking
from portal.ui import language
from portal.unit_of_work import now


def asking() -> Asking:
    return Asking(language(), now().today, translate=gettext)


def summary(form: SectionForm) -> list[tuple[str, str]]:
    """The error summary of a page: the id each mistake leads to, and its words."""
    return [fault for field in form.fields for fault in field.faults]
