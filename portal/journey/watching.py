"""The supervision list: what came near its due date or passed it; heads of departments answer the orders."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands.answer_order import answer_order
from approvals.errors import Refusal
from approvals.queries import for_change
from approvals.queries.supervision import supervision
from forms.build import clean, strangers
from forms.intervention import intervention_form
from portal.asking import asking
from portal.errors import words_of
from portal.guards import actor
from portal.unit_of_work import changing, now, reading


def watched(layout: str, *, typed: tuple[int, str] = (0, ""), refusal: str = "", status: int = 200) -> tuple[str, int]:
    """`typed` is what was written into the answer of a record, kept where it was refused."""
    page = request.args.get("page", "")
    found = supervision(
        reading(),
        orders_only=request.args.get("show") == "orders",
        page=int(page[:6]) if page.isascii() and page.isdigit() else 1,
        by=actor(),
    )
    return render_template(layout, supervision=found, typed=typed, refusal=refusal), status


def answering(record: int, layout: str, onward: str) -> ResponseReturnValue:
    form = intervention_form("answer", asking(), request.form)
    typed = (record, request.form.get("reason", ""))
    if strangers(form, request.form, ("csrf_token",)) or not form.validate():
        words = next((words for field in form.fields for words in field.errors), _("请重新打开这一页再办。"))
        return watched(layout, typed=typed, refusal=words, status=422)
    at = now()
    try:
        with changing(actor(), at) as session:
            order, application = for_change.order(session, record)
            answer_order(order, application, str(clean(form)["reason"]), by=actor(), at=at)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return watched(layout, typed=typed, refusal=words, status=status)
    flash(_("说明已提交。"), "success")
    return redirect(onward, 303)
