"""The tracker of one application, for the applicant and for whoever works on it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from approvals.queries.tracker import Tracker
from approvals.queries.tracker import tracker as tracker_of
from portal.guards import actor, allows
from portal.journey import blueprint
from portal.journey.lanes import boards, brocade, rows_only, single, stage_facts, stage_state, stage_words
from portal.unit_of_work import now, reading


@blueprint.get("/applications/<number>")
@allows("application:read")
def tracker(number: str) -> ResponseReturnValue:
    """`dates` in the address names the step whose due date is explained."""
    found = tracker_of(reading(), number, dates=request.args.get("dates", ""), by=actor(), at=now())
    return render_template("journey/tracker.html", **told(found, "journey.tracker"))


def told(tracker: Tracker, endpoint: str) -> dict[str, Any]:
    """What journey/tracker_parts.html shows; `endpoint` is the page it stands on."""
    return {
        "tracker": tracker,
        "endpoint": endpoint,
        "single": single(tracker),
        "brocade": brocade(tracker),
        "stages": [
            {
                "view": stage,
                "board": board,
                "rows": board or rows_only(stage, tracker),
                "facts": stage_facts(stage),
                "state": stage_state(stage),
                "words": stage_words(stage, tracker.today),
            }
            for stage, board in zip(tracker.stages, boards(tracker), strict=True)
        ],
    }
