"""The department's side of the messages inside an application."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from approvals.queries.talks import waiting_talks
from portal.clerk.views import blueprint
from portal.guards import actor, allows
from portal.journey.talking import marking, page, talks, writing
from portal.unit_of_work import reading


@blueprint.get("/office/messages")
@allows("queue:read")
def messages() -> ResponseReturnValue:
    """What nobody of the department has read yet."""
    wanted = request.args.get("page", 1, type=int)
    return render_template("clerk/messages.html", page=waiting_talks(reading(), page=wanted, by=actor()))


@blueprint.get("/office/messages/<number>")
@allows("message:write")
def talk(number: str) -> ResponseReturnValue:
    return page("clerk/talk.html", talks(number))


@blueprint.post("/office/messages/<number>")
@allows("message:write")
def answer_message(number: str) -> ResponseReturnValue:
    return writing(number, "clerk/talk.html", url_for(".talk", number=number))


@blueprint.post("/office/messages/<number>/read")
@allows("message:write")
def read_talk(number: str) -> ResponseReturnValue:
    return marking(number, url_for(".talk", number=number))
