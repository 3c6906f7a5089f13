"""Supervision orders of whoever oversees: sending one, the list, and what follows on an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from approvals.commands.supervise import send_order
from approvals.errors import Refusal
from approvals.queries import for_change
from approvals.queries.orders import orderable
from forms.build import clean, strangers
from forms.order import new_order_form
from forms.widgets import params
from portal.asking import asking, day_of
from portal.errors import words_of
from portal.guards import actor, allows
from portal.journey.ordering import acting, listed, shown
from portal.manager.views import blueprint
from portal.names import in_full
from portal.ui import text
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from approvals.queries.orders import Orderable
    from forms.build import SectionForm


@blueprint.get("/management/orders")
@allows("application:oversee")
def orders() -> ResponseReturnValue:
    return listed("manager/orders.html")


@blueprint.get("/management/orders/<int:serial>")
@allows("application:oversee")
def order(serial: int) -> ResponseReturnValue:
    return shown(serial, "manager/order.html")


@blueprint.post("/management/orders/<int:serial>")
@allows("supervision:order")
def act_on_order(serial: int) -> ResponseReturnValue:
    return acting(serial, "manager/order.html", ("send_back", "close"), url_for(".order", serial=serial))


@blueprint.get("/management/applications/<number>/order")
@allows("supervision:order")
def new_order(number: str) -> ResponseReturnValue:
    """`step` in the address is what is chosen at first."""
    found = orderable(reading(), number, by=actor())
    return _page(found, _form(found, chosen=request.args.get("step", "")))


@blueprint.post("/management/applications/<number>/order")
@allows("supervision:order")
def send(number: str) -> ResponseReturnValue:
    by, at = actor(), now()
    found = orderable(reading(), number, by=by)
    form = _form(found, is_posted=True)
    if strangers(form, request.form, ("csrf_token",)) or not form.validate():
        return _page(found, form), 422
    said = clean(form)
    try:
        with changing(by, at) as session:
            step = for_change.step(session, number, str(said["step"]))
            sent = send_order(step, str(said["words"]), day_of(said["due"]), by=by, at=at)
            serial = sent.id
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(orderable(reading(), number, by=by), form, words), status
    flash(_("督办单已发出。"), "success")
    return redirect(url_for(".order", serial=serial), 303)


def _form(found: Orderable, *, chosen: str = "", is_posted: bool = False) -> SectionForm:
    steps = [(key, f"{text(department)} · {text(title)}") for key, (department, title) in found.steps.items()]
    return new_order_form(steps, asking(), request.form if is_posted else None, chosen if chosen in found.steps else "")


def _page(found: Orderable, form: SectionForm, refusal: str = "") -> str:
    fields: list[Any] = list(form.fields)
    return render_template(
        "manager/new_order.html",
        found=found,
        drawn=[_drawn(params(field), found) for field in fields],
        errors=[(field.id, words) for field in fields for words in field.errors],
        refusal=refusal,
    )


def _drawn(field: dict[str, Any], found: Orderable) -> dict[str, Any]:
    """Departments are named as everywhere: in English with their Chinese name where the page names them first."""
    if field.get("choices"):
        field["choices"] = [
            (key, Markup("{} · {}").format(in_full(department), text(title)))
            for key, (department, title) in found.steps.items()
        ]
    return field
