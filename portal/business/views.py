"""The workspace of an organisation: applications of all its handlers, and its certificates."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from approvals.queries import applications as asked
from approvals.queries import certificates as held
from portal.guards import actor, allows, visitor
from portal.ui import workspace
from portal.unit_of_work import now, reading

blueprint = Blueprint("business", __name__)


@blueprint.get("/business/applications")
@allows("application:list")
def applications() -> ResponseReturnValue:
    """Who acts for no organisation at the moment has applications of their own."""
    space = workspace()
    if space is None:
        return redirect(url_for("citizen.applications"))
    chosen = _chosen()
    moment = now()
    page = request.args.get("page", 1, type=int)
    found = asked.applications(reading(), organisation=space.id, chosen=chosen, page=page, by=actor(), at=moment)
    papers = held.certificates(reading(), organisation=space.id, page=1, by=actor(), at=moment)
    return render_template(
        "business/applications.html",
        found=found,
        chosen=chosen,
        papers=papers,
        spaces=visitor().workspaces,
        people=visitor().people,
        space=space,
    )


def _chosen() -> asked.Filter:
    return asked.Filter(
        shown=request.args.get("show", asked.Shown.ALL, type=asked.Shown),
        words=request.args.get("q", "").replace("\0", " ").strip()[:100],
        item=request.args.get("item", "").replace("\0", "")[:64],
        is_mine="mine" in request.args,
    )
