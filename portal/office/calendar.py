"""The page of the calendar, the same for every office: official years, closed days, and the orders that close them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import gettext as _

from approvals.commands.close_offices import close_offices, open_offices
from approvals.commands.load_calendar import load_calendar
from approvals.errors import Refusal
from approvals.queries.office_calendar import office_calendar
from forms.build import clean, strangers
from forms.calendar_year import calendar_year_form, year_read
from forms.closure import closure_form
from forms.rules import Wrong
from forms.widgets import params
from portal.asking import asking, day_of, office_form, summary
from portal.errors import words_of
from portal.guards import actor, allows
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from forms.build import SectionForm

blueprint = Blueprint("office", __name__)


@blueprint.get("/office/calendar")
@allows("calendar:read")
def calendar() -> ResponseReturnValue:
    return _page(closure_form(asking()))


@blueprint.post("/office/calendar/closures")
@allows("calendar:close")
def close() -> ResponseReturnValue:
    form = closure_form(asking(), request.form)
    if strangers(form, request.form) or not form.validate():
        return _page(form), 422
    answers, at = clean(form), now()
    try:
        with changing(actor(), at) as session:
            first, last = day_of(answers["first"]), day_of(answers["last"])
            close_offices(session, first, last, str(answers["reason"]), by=actor(), at=at)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(form, words), status
    flash(_("已登记停办。在办的期限随即重新计算，受影响的人会收到消息。"), "success")
    return redirect(url_for(".calendar"), 303)


@blueprint.post("/office/calendar/closures/<int:record>/lift")
@allows("calendar:close")
def lift(record: int) -> ResponseReturnValue:
    if set(request.form) - {"csrf_token"}:
        abort(422)
    at = now()
    with changing(actor(), at) as session:
        open_offices(session, record, by=actor(), at=at)
    flash(_("已取消停办，这些天照常计算。"), "success")
    return redirect(url_for(".calendar"), 303)


@blueprint.get("/office/calendar/year")
@allows("calendar:load")
def year() -> ResponseReturnValue:
    return _year_page(calendar_year_form(asking()))


@blueprint.post("/office/calendar/year")
@allows("calendar:load")
def load_year() -> ResponseReturnValue:
    """An official year as its notice says it; it wins over what was recorded before."""
    form = calendar_year_form(asking(), request.form)
    if strangers(form, request.form) or not form.validate():
        return _year_page(form), 422
    answers, at = clean(form), now()
    lines = {key: str(answers.get(key, "")) for key in ("rest_days", "work_days")}
    try:
        read = year_read(int(str(answers["year"])), str(answers["source"]), **lines)
    except Wrong as wrong:
        return _year_page(form, gettext(wrong.words) % wrong.values), 422
    with changing(actor(), at) as session:
        load_calendar(session, read, by=actor(), at=at)
    flash(
        _("已录入 %(year)s 年的放假安排。在办的期限随即重新计算，受影响的人会收到消息。", year=str(read.year)),
        "success",
    )
    return redirect(url_for(".calendar", _anchor=f"year-{read.year}"), 303)


def _page(form: SectionForm, refusal: str = "") -> str:
    return render_template(
        "office/calendar.html",
        found=office_calendar(reading(), by=actor(), at=now()),
        drawn=[params(field) for field in form.fields],
        errors=summary(form),
        refusal=refusal,
    )


def _year_page(form: SectionForm, refusal: str = "") -> str:
    return office_form(
        form,
        refusal,
        heading=_("录入放假安排"),
        lead=_("照国务院办公厅的通知填写。同一年再录一次，以后录的为准；在办的期限随即重新计算。"),
        back=(url_for(".calendar"), _("工作日历")),
        action=url_for(".load_year"),
        words=_("录入"),
    )
