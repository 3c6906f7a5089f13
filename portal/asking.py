"""Who is asked by a form written by hand, and what its page needs to show its mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import render_template
from flask_babel import gettext
from flask_babel import gettext as _

from forms.build import SectionForm
from forms.fields import Asking
from forms.widgets import params
from portal.errors import typed
from portal.ui import language
from portal.unit_of_work import now
from services.answers import Value


def asking() -> Asking:
    return Asking(language(), now().today, translate=gettext)


def summary(form: SectionForm) -> list[tuple[str, str]]:
    """The error summary of a page: the id each mistake leads to, and its words."""
    return [fault for field in form.fields for fault in field.faults]


def day_of(value: Value) -> date:
    return value  # type: ignore[return-value]  # a question of this kind gives a date


def words_of_strangers(form: SectionForm, unknown: Sequence[str]) -> str:
    """Why a form with these fields is not taken, under the labels of whatever page has them."""
    labels = {name: field.label.text for field in form.fields for name in field.names}
    names = _("、").join(dict.fromkeys(labels.get(name) or typed(name, "")[0] or name for name in unknown))[:200]
    return _("表单里有这一页没有的内容，或同一项出现了两次：%(names)s。没有保存。", names=names)


def office_form(
    form: SectionForm, refusal: str, *, heading: str, lead: str, back: tuple[str, str], action: str, words: str
) -> str:
    """A page of the office that is this form; `words` stand on the button, `back` is an address and its words."""
    return render_template(
        "office/form.html",
        drawn=[params(field) for field in form.fields],
        errors=summary(form),
        refusal=refusal,
        heading=heading,
        lead=lead,
        back=back,
        action=action,
        words=words,
    )
