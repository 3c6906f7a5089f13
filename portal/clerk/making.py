"""How far the making of a department's certificates is, and another try for those that could not be made."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from approvals.commands.deliver import make_again
from approvals.commands.review import order_remaking
from approvals.queries.making import making as making_of
from approvals.queries.signed_by import unsound as unsound_of
from portal.clerk.views import blueprint
from portal.guards import actor, allows
from portal.terms import trouble_words
from portal.unit_of_work import changing, now, reading


@blueprint.get("/office/certificates/making")
@allows("certificate:register")
def making() -> ResponseReturnValue:
    found = making_of(reading(), page=request.args.get("page", 1, type=int), by=actor(), at=now())
    failed = [(row, *trouble_words(row.trouble)) for row in found.failed.rows]
    return render_template("clerk/making.html", making=found, failed=failed)


@blueprint.get("/office/certificates/unsound")
@allows("certificate:register")
def unsound() -> ResponseReturnValue:
    """Certificates in force whose key was revoked: their signature is believed no more."""
    found = unsound_of(reading(), page=request.args.get("page", 1, type=int), by=actor(), at=now())
    return render_template("clerk/unsound.html", page=found)


@blueprint.post("/office/certificates/unsound")
@allows("certificate:remake")
def remake() -> ResponseReturnValue:
    """All of them, by parcels."""
    if set(request.form) - {"csrf_token"}:
        abort(422)
    at = now()
    with changing(actor(), at) as session:
        ordered = order_remaking(session, by=actor(), at=at)
    if ordered:
        flash(ngettext("%(num)s 张证照开始重新制作。", "%(num)s 张证照开始重新制作。", ordered), "success")
    else:
        flash(_("没有要重新制作的证照，可能已经在做了。"), "info")
    return redirect(url_for("clerk.unsound"), 303)


@blueprint.post("/office/certificates/making")
@allows("certificate:make")
def try_again() -> ResponseReturnValue:
    """All that failed, or the one that is named."""
    if set(request.form) - {"csrf_token", "number"}:
        abort(422)
    at = now()
    with changing(actor(), at) as session:
        again = make_again(session, request.form.get("number") or None, by=actor(), at=at)
    if again:
        flash(ngettext("%(num)s 张证照马上重新制作。", "%(num)s 张证照马上重新制作。", again), "success")
    else:
        flash(_("没有要重新制作的证照，可能已经做成了。"), "info")
    return redirect(url_for("clerk.making"), 303)
