"""What a clerk has read: the desk says that it stands open, and a page of the queue is marked as read."""

from __future__ import annotations

import re

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands.look import look, look_at
from approvals.queries.desk import desk as desk_of
from approvals.queries.live_desk import live_desk
from portal.clerk.filters import NAMES, chosen, queue_address
from portal.clerk.views import blueprint
from portal.guards import LARGEST_NUMBER, actor, allows
from portal.unit_of_work import changing, now, reading

MARK = re.compile(r"[0-9]{1,10}-[0-9]{1,10}")
MOST = 500


@blueprint.post("/office/steps/<number>/<key>/open")
@allows("queue:read")
def open_desk(number: str, key: str) -> ResponseReturnValue:
    """The page says what of the trail it shows; one that came with htmx says so every ten seconds, and is told what has
    happened since: nothing where all is as it says (`state`).
    """
    seen = request.form.get("seen", "")
    if set(request.form) - {"csrf_token", "seen", "state"} or not _is_number(seen):
        abort(422)
    by, at = actor(), now()
    is_live = "HX-Request" in request.headers
    with changing(by, at) as session:
        look_at(session, number, key, int(seen), is_open=is_live, by=by, at=at)
    if not is_live:
        return redirect(url_for("clerk.desk", number=number, key=key), 303)
    live = live_desk(reading(), number, key, int(seen), by=by, at=at)
    if live.state == request.form.get("state", ""):
        return "", 204
    desk = desk_of(reading(), number, key, by=by, at=at) if live.news else None
    return render_template("clerk/others.html", number=number, key=key, seen=seen, live=live, desk=desk)


@blueprint.post("/office/queue/looked")
@allows("queue:read")
def mark_read() -> ResponseReturnValue:
    """What stands on the page is read; the same page is shown again."""
    marks = request.form.getlist("mark")
    if set(request.form) - {"csrf_token", "mark", "page", *NAMES} or len(marks) > MOST:
        abort(422)
    if not all(MARK.fullmatch(each) and all(map(_is_number, each.split("-"))) for each in marks):
        abort(422)
    seen = {int(step): int(length) for step, length in (each.split("-") for each in marks)}
    by, at = actor(), now()
    with changing(by, at) as session:
        look(session, seen, by=by, at=at)
    wanted, _known = chosen(request.form)
    flash(_("已标为已读。"), "success")
    page = {"page": str(wanted.page)} if wanted.page > 1 else {}
    return redirect(queue_address(wanted.as_arguments() | page), 303)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text[:11]) <= LARGEST_NUMBER
