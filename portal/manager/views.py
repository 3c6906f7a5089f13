"""The manager's doors: the board, and one application in full."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from approvals.queries.board import board as board_of
from approvals.queries.tracker import tracker
from portal.guards import actor, allows
from portal.journey.tracker import told
from portal.manager.filters import chosen
from portal.unit_of_work import now, reading

blueprint = Blueprint("manager", __name__)


@blueprint.get("/management/board")
@allows("application:oversee")
def board() -> ResponseReturnValue:
    wanted, is_known = chosen(request.args)
    found = board_of(
        reading(),
        lights=wanted.lights,
        department=wanted.department,
        search=wanted.search,
        page=wanted.page,
        by=actor(),
        at=now(),
    )
    return render_template("manager/board.html", board=found, chosen=wanted, is_known=is_known)


@blueprint.get("/management/applications/<number>")
@allows("application:oversee")
def application(number: str) -> ResponseReturnValue:
    found = tracker(reading(), number, dates=request.args.get("dates", ""), by=actor(), at=now())
    return render_template("manager/application.html", **told(found, "manager.application"))
