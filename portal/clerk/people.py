"""The page of a department's people: what each has, who is away, and the forms that enter an absence or end it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands.be_absent import be_absent, come_back
from approvals.errors import Refusal
from approvals.queries.colleagues import Colleagues, colleagues
from approvals.queries.orders import orders_waiting
from approvals.queries.ratings import counted
from approvals.queries.supervision import orders_unanswered
from forms.absence import absence_form
from forms.build import clean, strangers
from forms.widgets import params
from portal.asking import asking, day_of
from portal.clerk.views import blueprint
from portal.errors import words_of
from portal.guards import actor, allows
from portal.names import as_written
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from forms.build import SectionForm


@blueprint.get("/office/people")
@allows("absence:record")
def people() -> ResponseReturnValue:
    found = colleagues(reading(), by=actor(), at=now())
    return _page(found, _form(found))


@blueprint.post("/office/people/absences")
@allows("absence:record")
def record_absence() -> ResponseReturnValue:
    by, at = actor(), now()
    found = colleagues(reading(), by=by, at=at)
    form = _form(found, is_posted=True)
    if strangers(form, request.form, ("csrf_token",)) or not form.validate():
        return _page(found, form), 422
    answers = clean(form)
    try:
        with changing(by, at) as session:
            be_absent(
                session,
                int(str(answers.get("account", by.person))),
                int(str(answers["deputy"])),
                day_of(answers["first"]),
                day_of(answers["last"]),
                str(answers.get("note", "")),
                by=by,
                at=at,
            )
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(colleagues(reading(), by=by, at=at), form, words), status
    flash(_("已登记。不在期间，新分派的由代办人接。"), "success")
    return redirect(url_for(".people"), 303)


@blueprint.post("/office/people/absences/<int:record>/end")
@allows("absence:record")
def end_absence(record: int) -> ResponseReturnValue:
    if set(request.form) - {"csrf_token"}:
        abort(422)
    with changing(actor(), now()) as session:
        come_back(session, record, by=actor(), at=now())
    flash(_("已取消登记。"), "success")
    return redirect(url_for(".people"), 303)


def _form(found: Colleagues, *, is_posted: bool = False) -> SectionForm:
    absentees, deputies = (
        [(str(each.account), each.name) for each in group] for group in (found.absentees, found.deputies)
    )
    return absence_form(absentees, deputies, asking(), request.form if is_posted else None)


def _page(found: Colleagues, form: SectionForm, refusal: str = "") -> str:
    return render_template(
        "clerk/people.html",
        found=found,
        drawn=[_drawn(params(field)) for field in form.fields],
        errors=[(field.id, words) for field in form.fields for words in field.errors],
        refusal=refusal,
        unanswered=orders_unanswered(reading(), by=actor()),
        waiting=orders_waiting(reading(), by=actor()),
        followed=counted(reading(), by=actor(), at=now()),
    )


def _drawn(field: dict[str, Any]) -> dict[str, Any]:
    """Names stay as they are written, in whatever language the page is."""
    if field.get("choices"):
        field["choices"] = [(value, as_written(label)) for value, label in field["choices"]]
    return field
