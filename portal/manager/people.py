"""The supervisor's desk: who has how much, who is away, and what waits for an answer or for supervision."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from approvals.queries.open_steps import open_steps
from approvals.queries.orders import orders
from approvals.queries.ratings import counted
from approvals.queries.supervision import orders_unanswered
from approvals.queries.workloads import workloads
from portal.arguments import Arguments
from portal.guards import actor, allows
from portal.manager.views import blueprint
from portal.unit_of_work import now, reading
from services.current import catalogue


@blueprint.get("/management/people")
@allows("application:oversee")
def people() -> ResponseReturnValue:
    asked = Arguments(request.args)
    department = asked.among("department", catalogue().departments)
    page = asked.number("page", range(1, 100_000)) or 1
    by, at = actor(), now()
    return render_template(
        "manager/people.html",
        found=workloads(reading(), department=department, page=page, by=by, at=at),
        steps=open_steps(reading(), department=department, by=by, at=at).counts,
        sent=orders(reading(), department=department, by=by, at=at).counts,
        unanswered=orders_unanswered(reading(), by=by),
        followed=counted(reading(), by=by, at=at),
        department=department,
        departments=catalogue().departments,
        arguments={"department": department} if department else {},
        is_known=not asked.unknown,
    )
