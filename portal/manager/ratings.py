"""Bad ratings everywhere: who oversees sees them, the supervising body speaks to who gave them."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from approvals.queries.ratings import follow_ups
from portal.guards import actor, allows
from portal.journey.following import acting, shown
from portal.manager.views import blueprint
from portal.unit_of_work import now, reading


@blueprint.get("/management/ratings")
@allows("rating:oversee")
def ratings() -> ResponseReturnValue:
    is_closed = request.args.get("show") == "closed"
    page = request.args.get("page", 1, type=int)
    found = follow_ups(reading(), is_closed=is_closed, page=page, by=actor(), at=now())
    return render_template("manager/ratings.html", found=found, is_closed=is_closed)


@blueprint.get("/management/ratings/<int:serial>")
@allows("rating:oversee")
def follow_up(serial: int) -> ResponseReturnValue:
    return shown(serial, "manager/follow_up.html")


@blueprint.post("/management/ratings/<int:serial>")
@allows("rating:contact")
def act_on_follow_up(serial: int) -> ResponseReturnValue:
    return acting(serial, "manager/follow_up.html", url_for(".follow_up", serial=serial))
