"""The office's certificates: the register of a department, and the life of one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from approvals.commands import live
from approvals.errors import EndedAlready, NotInForce, NotSuspendedNow, Refusal
from approvals.queries import for_change
from approvals.queries.certificate_life import Life, life, registered
from approvals.vocabulary import AnnulmentGround
from forms.build import SectionForm, clean, strangers
from forms.certificate import certificate_form, changed_values
from forms.widgets import params
from portal.asking import asking
from portal.clerk.views import blueprint
from portal.errors import words_of
from portal.guards import actor, allows
from portal.searching import found_at, in_address, searched
from portal.terms import ground_words
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from approvals.clock.moment import Moment

CLOSED: dict[str, type[Refusal]] = {
    "suspend": NotInForce,
    "resume": NotSuspendedNow,
    "change": NotInForce,
    "reissue": NotInForce,
    "annul": EndedAlready,
}
"""What stands against each, as it stands now: said before what is missing in a form that could not be sent."""
DONE = {
    "suspend": _l("证照已暂停使用，核验页立即显示，已通知持证人。"),
    "resume": _l("证照已恢复使用，已通知持证人。"),
    "change": _l("变更已登记，新版证照正在制作，旧版已失效。"),
    "reissue": _l("补发已登记，新版证照正在制作，旧版已失效。"),
    "annul": _l("证照已注销，核验页立即显示，已通知持证人。"),
}


@blueprint.route("/office/certificates", methods=["GET", "POST"])
@allows("certificate:register")
def certificates() -> ResponseReturnValue:
    if onward := found_at():
        return onward
    search = searched(request.args).strip().upper()[:40]
    page = registered(reading(), search=search, page=request.args.get("page", 1, type=int), by=actor(), at=now())
    return render_template("clerk/certificates.html", page=page, search=search, arguments=in_address(search))


@blueprint.route("/office/certificates/<number>", methods=["GET", "POST"])
@allows("certificate:register")
def certificate(number: str) -> ResponseReturnValue:
    """Shows its life, or carries out what was posted as `verb`."""
    at = now()
    found = life(reading(), number, by=actor(), at=at)
    if request.method == "GET":
        return _page(found)
    verb = request.form.get("verb", "")
    if verb not in DONE:
        return _page(found, refusal=_("请选择要怎么处理。")), 422
    form = _form(verb, found, posted=True)
    if strangers(form, request.form, ("csrf_token", "verb", "version")) or not form.validate():
        if verb in found.closed and verb in CLOSED:
            status, words = words_of(CLOSED[verb](status=str(found.status)))
            return _page(found, verb=verb, form=form, refusal=words), status
        return _page(found, verb=verb, form=form), 422
    try:
        with changing(actor(), at) as session:
            application = for_change.application(session, found.application)
            _carry_out(verb, application.certificate, form, found, at)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(life(reading(), number, by=actor(), at=at), verb=verb, form=form, refusal=words), status
    flash(str(DONE[verb]), "success")
    return redirect(url_for("clerk.certificate", number=number), 303)


def _carry_out(verb: str, certificate: Any, form: SectionForm, found: Life, at: Moment) -> None:
    answers, by = clean(form), actor()
    reason = str(answers["reason"])
    match verb:
        case "suspend":
            live.suspend(certificate, reason, by=by, at=at)
        case "resume":
            live.resume(certificate, reason, by=by, at=at)
        case "change":
            version = request.form.get("version", 0, type=int)
            live.change(certificate, changed_values(form, found.fields), reason, version=version, by=by, at=at)
        case "reissue":
            live.reissue(certificate, reason, by=by, at=at)
        case _:
            live.annul(certificate, AnnulmentGround(str(answers["ground"])), reason, by=by, at=at)


def _form(verb: str, found: Life, *, posted: bool = False) -> SectionForm:
    grounds = [(str(each), ground_words(each)) for each in AnnulmentGround]
    formdata = request.form if posted else None
    return certificate_form(verb, asking(), formdata, grounds=grounds, fields=found.fields)


def _page(found: Life, *, verb: str = "", form: SectionForm | None = None, refusal: str = "") -> str:
    forms = {each: _form(each, found) for each in found.verbs}
    if form is not None:
        forms[verb] = form
    drawn = {
        each: [{**params(field), "id": f"{each}-{field.id}"} for field in drawn_form.fields]
        for each, drawn_form in forms.items()
    }
    if verb == "change" and refusal:
        for written, (_label, value) in zip(drawn["change"], found.fields, strict=False):
            if written["value"] != value:
                written["hint"] = _("现在登记的是：%(value)s", value=value)
    wrong = form.fields if form and not refusal else ()
    errors = [(f"{verb}-{field.id}", words) for field in wrong for words in field.errors]
    return render_template(
        "clerk/certificate.html", life=found, drawn=drawn, posted=verb, errors=errors, refusal=refusal
    )
