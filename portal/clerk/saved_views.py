"""Saved views of the queue: kept under a name, made the default, forgotten."""

from __future__ import annotations

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from approvals.commands.save_view import forget_view, save_view, set_default
from portal.clerk.filters import EVERYTHING, NAMES, chosen, queue_address
from portal.clerk.views import blueprint
from portal.guards import actor, allows
from portal.unit_of_work import changing

LONGEST_NAME = 40
DONE = {
    "default": _l("以后打开待办，先看这个视图。"),
    "no_default": _l("以后打开待办，先看全部。"),
    "forget": _l("视图已删除。"),
}


@blueprint.post("/office/queue/views")
@allows("queue:read")
def keep_view() -> ResponseReturnValue:
    """The filters that were posted beside the name; the queue is shown with them."""
    if set(request.form) - {"csrf_token", "name", "is_default", *NAMES}:
        abort(422)
    wanted, is_known = chosen(request.form)
    arguments = wanted.as_arguments() or {"show": "all"}
    name = " ".join(request.form.get("name", "").split())
    if not is_known or not 0 < len(name) <= LONGEST_NAME:
        flash(_("没有存：视图的名称要写，最多 %(most)s 个字。", most=LONGEST_NAME), "error")
        return redirect(queue_address(arguments), 303)
    by = actor()
    with changing(by) as session:
        save_view(session, name, wanted.as_kept() or EVERYTHING, is_default="is_default" in request.form, by=by)
    flash(_("已存为视图「%(name)s」。", name=name), "success")
    return redirect(queue_address(arguments), 303)


@blueprint.post("/office/queue/views/<int:record>")
@allows("queue:read")
def change_view(record: int) -> ResponseReturnValue:
    """What was posted as `verb`."""
    verb = request.form.get("verb", "")
    if set(request.form) - {"csrf_token", "verb"} or verb not in DONE:
        abort(422)
    by = actor()
    with changing(by) as session:
        if verb == "forget":
            forget_view(session, record, by=by)
        else:
            set_default(session, record if verb == "default" else None, by=by)
    flash(str(DONE[verb]), "success")
    return redirect(queue_address({"show": "all"}), 303)
