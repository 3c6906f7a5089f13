"""The page of who intervenes in an application as a whole: the head of an authority, or of the government."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from approvals.commands.extend import decline_extension, extend
from approvals.commands.reopen import reopen
from approvals.commands.suspend import resume, suspend
from approvals.commands.terminate import terminate
from approvals.errors import Refusal
from approvals.queries import for_change
from approvals.queries.whole import whole
from forms.build import clean, strangers
from forms.intervention import intervention_form
from forms.widgets import params
from portal.asking import asking
from portal.errors import words_of
from portal.guards import actor
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from approvals.clock.moment import Moment
    from services.answers import Value

DONE = {
    "extend": _l("延期已记录，已通知申请人。"),
    "decline": _l("已告诉经办人不延期。"),
    "suspend": _l("办理已中止，所有部门停止计时。"),
    "resume": _l("办理已恢复，从明天起继续计时。"),
    "terminate": _l("办理已终止，已通知申请人。"),
    "reopen": _l("已重新办理，由原环节重新作出决定。"),
}


def intervening(number: str, home: tuple[str, str], onward: str) -> ResponseReturnValue:
    """Shows the page, or carries out what was posted as `verb` and leads `onward`. `home` is the list the application
    came from: label and address.
    """
    at = now()
    found = whole(reading(), number, by=actor(), at=at)
    if request.method == "GET":
        return _page(found, home)
    verb = request.form.get("verb", "")
    if verb not in DONE:
        return _page(found, home, refusal=_("请选择要怎么处理。")), 422
    form = intervention_form(verb, asking(), request.form, most=found.most_days)
    if strangers(form, request.form, ("csrf_token", "verb")) or not form.validate():
        return _page(found, home, verb=verb, form=form), 422
    try:
        with changing(actor(), at) as session:
            _carry_out(verb, for_change.application(session, number), clean(form), at)
    except Refusal as refusal:
        status, words = words_of(refusal)
        again = whole(reading(), number, by=actor(), at=at)
        return _page(again, home, verb=verb, form=form, refusal=words), status
    flash(str(DONE[verb]), "success")
    return redirect(onward, 303)


def _carry_out(verb: str, application: Any, answers: Mapping[str, Value], at: Moment) -> None:
    reason, by = str(answers["reason"]), actor()
    match verb:
        case "extend":
            extend(application, int(str(answers["days"])), reason, by=by, at=at)
        case "decline":
            decline_extension(application, reason, by=by, at=at)
        case "suspend":
            suspend(application, reason, by=by, at=at)
        case "resume":
            resume(application, reason, by=by, at=at)
        case "terminate":
            terminate(application, reason, by=by, at=at)
        case _:
            reopen(application, str(answers["reference"]), reason, by=by, at=at)


def _page(found: Any, home: tuple[str, str], *, verb: str = "", form: Any = None, refusal: str = "") -> str:
    asked = {"days": Decimal(found.asked.days), "reason": found.asked.reason} if found.asked else {}
    forms = {
        each: intervention_form(each, asking(), most=found.most_days, answers=asked if each == "extend" else None)
        for each in found.verbs
    }
    if form is not None:
        forms[verb] = form
    drawn = {
        each: [{**params(field), "id": f"{each}-{field.id}"} for field in drawn_form.fields]
        for each, drawn_form in forms.items()
    }
    errors = [(f"{verb}-{field.id}", words) for field in (form.fields if form else ()) for words in field.errors]
    return render_template(
        "journey/whole.html", whole=found, home=home, drawn=drawn, posted=verb, errors=errors, refusal=refusal
    )
