"""The workspace of an organisation: applications of all its handlers, and its certificates."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from approvals.queries import certificates as held
from approvals.vocabulary import ApplicationStatus
from portal.guards import actor, allows, visitor
from portal.journey.listing import listed
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
    papers = held.certificates(reading(), organisation=space.id, page=1, by=actor(), at=now())
    return render_template(
        "business/applications.html",
        **listed(space.id),
        states=tuple(ApplicationStatus),
        papers=papers,
        spaces=visitor().workspaces,
        people=visitor().people,
        space=space,
        is_manager=space.id in actor().manages,
    )
