"""Object to a refusal, from the tracker."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands.object_to_decision import object_to_decision
from approvals.errors import Refusal
from approvals.queries import for_change
from approvals.queries.objections import Objections, objections
from portal.errors import words_of
from portal.guards import actor, allows
from portal.journey import blueprint
from portal.journey.posted import refuse_strangers
from portal.unit_of_work import changing, now, reading

LONGEST = 2000


@blueprint.get("/applications/<number>/objection")
@allows("objection:raise")
def objection(number: str) -> ResponseReturnValue:
    return _page(objected(number))


@blueprint.post("/applications/<number>/objection")
@allows("objection:raise")
def object_to_refusal(number: str) -> ResponseReturnValue:
    """What was typed is shown again where it is refused."""
    refuse_strangers("reason")
    by, moment = actor(), now()
    found = objected(number)
    reason = request.form.get("reason", "").replace("\r\n", "\n").strip()
    if not reason or len(reason) > LONGEST:
        words = _("最多 %(most)s 字，现在有 %(count)s 字", most=LONGEST, count=len(reason))
        return _page(found, words if reason else _("请写明为什么认为不对")), 422
    settings = current_app.extensions["settings"]
    try:
        with changing(by, moment) as session:
            application = for_change.application(session, number)
            within, answer_in = settings.objection_days, settings.objection_answer_days
            object_to_decision(application, reason, within=within, answer_in=answer_in, by=by, at=moment)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(objected(number), "", words), status
    flash(_("异议已提交，部门会答复您。"), "success")
    return redirect(url_for(".objection", number=number), 303)


def objected(number: str) -> Objections:
    within: int = current_app.extensions["settings"].objection_days
    return objections(reading(), number, within=within, by=actor(), at=now())


def _page(found: Objections, wrong: str = "", refusal: str = "") -> str:
    return render_template(
        "journey/objection.html",
        found=found,
        wrong=wrong,
        errors=[("reason", wrong)] if wrong else [],
        typed=request.form.get("reason", ""),
        refusal=refusal,
        answer_in=current_app.extensions["settings"].objection_answer_days,
    )
