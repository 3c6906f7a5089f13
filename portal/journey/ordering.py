"""Supervision orders that are sent by hand, as departments and whoever oversees work on them: the list, and one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from approvals.commands.supervise import answer_sent_order, close_order, send_back_order
from approvals.errors import Refusal
from approvals.queries import for_change
from approvals.queries.orders import OrderRow, order_in_full, orders
from approvals.vocabulary import OrderStatus
from forms.build import SectionForm, clean, strangers
from forms.order import order_form
from forms.widgets import params
from portal.arguments import Arguments
from portal.asking import asking, day_of
from portal.errors import words_of
from portal.guards import actor
from portal.unit_of_work import changing, now, reading
from services.current import catalogue

if TYPE_CHECKING:
    from approvals.clock.moment import Moment
    from services.answers import Value

DONE = {"answer": _l("已答复。"), "send_back": _l("已退回，请部门再答复。"), "close": _l("督办单已办结。")}


def listed(layout: str) -> str:
    asked = Arguments(request.args)
    status = asked.word("show", OrderStatus)
    department = asked.among("department", catalogue().departments)
    page = asked.number("page", range(1, 100_000)) or 1
    found = orders(reading(), status=status, department=department, page=page, by=actor(), at=now())
    kept = {"show": str(status or ""), "department": department}
    return render_template(
        layout,
        found=found,
        status=status,
        statuses=OrderStatus,
        department=department,
        departments=catalogue().departments,
        arguments={name: value for name, value in kept.items() if value},
        is_known=not asked.unknown,
    )


def shown(serial: int, layout: str) -> str:
    return _page(layout, order_in_full(reading(), serial, by=actor(), at=now()))


def acting(serial: int, layout: str, verbs: tuple[str, ...], onward: str) -> ResponseReturnValue:
    """Carry out what was posted as `verb`; what was typed is shown again where it is refused."""
    by, at = actor(), now()
    found = order_in_full(reading(), serial, by=by, at=at)
    verb = request.form.get("verb", "")
    if verb not in verbs:
        abort(422)
    form = order_form(verb, asking(), request.form)
    if strangers(form, request.form, ("csrf_token", "verb")) or not form.validate():
        return _page(layout, found, verb, form), 422
    try:
        _carry_out(serial, verb, clean(form), at)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(layout, order_in_full(reading(), serial, by=by, at=at), verb, form, words), status
    flash(str(DONE[verb]), "success")
    return redirect(onward, 303)


def _carry_out(serial: int, verb: str, said: Mapping[str, Value], at: Moment) -> None:
    by, words = actor(), str(said["words"])
    with changing(by, at) as session:
        order, application = for_change.sent_order(session, serial)
        match verb:
            case "answer":
                answer_sent_order(order, application, words, by=by, at=at)
            case "close":
                close_order(order, application, words, by=by, at=at)
            case _:
                send_back_order(order, application, words, day_of(said["due"]), by=by, at=at)


def _page(layout: str, row: OrderRow, verb: str = "", form: SectionForm | None = None, refusal: str = "") -> str:
    possible = {"answer": row.may_answer, "send_back": row.may_send_back, "close": row.may_close}
    forms = {each: order_form(each, asking()) for each, is_possible in possible.items() if is_possible}
    if form is not None:
        forms[verb] = form
    return render_template(
        layout,
        row=row,
        drawn={each: [_drawn(each, field) for field in one.fields] for each, one in forms.items()},
        posted=verb,
        errors=[(f"{verb}-{field.id}", words) for field in (form.fields if form else ()) for words in field.errors],
        refusal=refusal,
        titles={"answer": _("答复"), "send_back": _("退回再答"), "close": _("办结督办单")},
    )


def _drawn(verb: str, field: Any) -> dict[str, Any]:
    return {**params(field), "id": f"{verb}-{field.id}"}
