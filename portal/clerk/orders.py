"""Supervision orders to the department: everybody there reads them, head and lead answer."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue

from portal.clerk.views import blueprint
from portal.guards import allows
from portal.journey.ordering import acting, listed, shown


@blueprint.get("/office/orders")
@allows("supervision:list")
def orders() -> ResponseReturnValue:
    return listed("clerk/orders.html")


@blueprint.get("/office/orders/<int:serial>")
@allows("supervision:list")
def order(serial: int) -> ResponseReturnValue:
    return shown(serial, "clerk/order.html")


@blueprint.post("/office/orders/<int:serial>")
@allows("supervision:reply")
def answer_sent(serial: int) -> ResponseReturnValue:
    return acting(serial, "clerk/order.html", ("answer",), url_for(".order", serial=serial))
