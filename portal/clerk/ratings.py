"""What people said of the department, without their names, and the follow-up of the bad ratings."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from approvals.queries.ratings import department_ratings, follow_ups
from portal.clerk.views import blueprint
from portal.guards import actor, allows
from portal.journey.following import acting, shown
from portal.unit_of_work import now, reading


@blueprint.get("/office/ratings")
@allows("rating:list")
def ratings() -> ResponseReturnValue:
    page = request.args.get("page", 1, type=int)
    return render_template(
        "clerk/ratings.html",
        page=department_ratings(reading(), page=page, by=actor()),
        found=follow_ups(reading(), by=actor(), at=now()),
    )


@blueprint.get("/office/ratings/<int:serial>")
@allows("rating:list")
def follow_up(serial: int) -> ResponseReturnValue:
    return shown(serial, "clerk/follow_up.html")


@blueprint.post("/office/ratings/<int:serial>")
@allows("rating:mend")
def act_on_follow_up(serial: int) -> ResponseReturnValue:
    return acting(serial, "clerk/follow_up.html", url_for(".follow_up", serial=serial))
