"""The tracker of one application, for the applicant and for whoever works on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from approvals.queries.owed import owed_in
from approvals.queries.ratings import own_ratings
from approvals.queries.talks import unread_by_applicant
from approvals.queries.tracker import Holder, Tracker
from approvals.queries.tracker import tracker as tracker_of
from approvals.queries.tracker_version import tracker_version
from approvals.queries.writs import writs
from portal.guards import actor, allows
from portal.journey import blueprint
from portal.journey.lanes import boards, brocade, rows_only, single, stage_facts, stage_state, stage_words
from portal.journey.objecting import objected
from portal.unit_of_work import now, reading

if TYPE_CHECKING:
    from approvals.clock.moment import Moment


@blueprint.get("/applications/<number>")
@allows("application:read")
def tracker(number: str) -> ResponseReturnValue:
    """`dates` in the address names the step whose due date is explained."""
    return _page("journey/tracker.html", number, now())


@blueprint.get("/applications/<number>/news")
@allows("application:read")
def tracker_news(number: str) -> ResponseReturnValue:
    """What an open tracker asks for by itself: 204 while nothing is new since the `version` it shows."""
    moment = now()
    if request.args.get("version") == tracker_version(reading(), number, by=actor(), at=moment):
        return "", 204
    return _page("journey/tracker_news.html", number, moment)


def _page(template: str, number: str, moment: Moment) -> str:
    """The version is read first: what changes in between is then shown twice and not missed."""
    version = tracker_version(reading(), number, by=actor(), at=moment)
    found = tracker_of(reading(), number, dates=request.args.get("dates", ""), by=actor(), at=moment)
    return render_template(
        template,
        **told(found, "journey.tracker"),
        version=None if found.turn.holder is Holder.NOBODY else version,
        asked_at=moment.instant,
        writs=writs(reading(), number, by=actor(), at=moment),
        owed=owed_in(reading(), number, by=actor(), at=moment),
        objections=objected(number) if found.is_own else None,
        unread=unread_by_applicant(reading(), number) if found.is_own else 0,
        ratings=own_ratings(reading(), number, by=actor()) if found.is_own and found.status.is_final else None,
    )


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
