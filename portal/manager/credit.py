"""Bad credit published elsewhere: the list, entering it, and its repair."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands.credit_notice import enter_notice, repair_notice
from approvals.errors import NotFound, Refusal
from approvals.queries.credit_notices import credit_notice as notice_of
from approvals.queries.credit_notices import credit_notices as notices_of
from forms.build import SectionForm, clean, strangers
from forms.credit_notice import credit_notice_form, repair_form
from forms.widgets import params
from portal.asking import asking, day_of, office_form, summary
from portal.errors import words_of
from portal.guards import actor, allows
from portal.manager.views import blueprint
from portal.searching import found_at, in_address, searched
from portal.unit_of_work import changing, now, reading


@blueprint.route("/management/credit-notices", methods=["GET", "POST"])
@allows("credit:enter")
def credit_notices() -> ResponseReturnValue:
    if onward := found_at():
        return onward
    search = searched(request.args).strip()[:40]
    page = notices_of(reading(), search=search, page=request.args.get("page", 1, type=int), by=actor(), at=now())
    return render_template("manager/credit_notices.html", page=page, search=search, arguments=in_address(search))


@blueprint.get("/management/credit-notices/new")
@allows("credit:enter")
def new_credit_notice() -> ResponseReturnValue:
    return _new_page(credit_notice_form(asking()))


@blueprint.post("/management/credit-notices/new")
@allows("credit:enter")
def enter_credit_notice() -> ResponseReturnValue:
    form = credit_notice_form(asking(), request.form)
    if strangers(form, request.form) or not form.validate():
        return _new_page(form), 422
    said, by, at = clean(form), actor(), now()
    try:
        with changing(by, at) as session:
            number = enter_notice(
                session,
                str(said["holder"]),
                published_by=str(said["published_by"]),
                reference=str(said["reference"]),
                reason=str(said["reason"]),
                starts_on=day_of(said["begins_on"]),
                ends_on=day_of(said["ends_on"]),
                by=by,
                at=at,
            ).id
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _new_page(form, words), status
    flash(_("已登记。到期或者修复以前，不能承诺办理。"), "success")
    return redirect(url_for(".credit_notice", record=number), 303)


@blueprint.get("/management/credit-notices/<int:record>")
@allows("credit:enter")
def credit_notice(record: int) -> ResponseReturnValue:
    return _page(record, repair_form(asking()))


@blueprint.post("/management/credit-notices/<int:record>")
@allows("credit:enter")
def repair_credit_notice(record: int) -> ResponseReturnValue:
    form = repair_form(asking(), request.form)
    if strangers(form, request.form) or not form.validate():
        return _page(record, form), 422
    by, at = actor(), now()
    try:
        with changing(by, at) as session:
            repair_notice(session, record, str(clean(form)["repair_note"]), by=by, at=at)
    except NotFound:
        raise
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(record, form, words), status
    flash(_("已登记信用修复，可以承诺办理了。"), "success")
    return redirect(url_for(".credit_notice", record=record), 303)


def _new_page(form: SectionForm, refusal: str = "") -> str:
    return office_form(
        form,
        refusal,
        heading=_("登记失信信息"),
        lead=_("照公布的决定填写。只有在本站办过事的人和单位才能登记；本人在选择办理方式的页面能看到。"),
        back=(url_for(".credit_notices"), _("失信信息")),
        action=url_for(".enter_credit_notice"),
        words=_("登记"),
    )


def _page(record: int, form: SectionForm, refusal: str = "") -> str:
    return render_template(
        "manager/credit_notice.html",
        row=notice_of(reading(), record, by=actor(), at=now()),
        drawn=[params(field) for field in form.fields],
        errors=summary(form),
        refusal=refusal,
    )
