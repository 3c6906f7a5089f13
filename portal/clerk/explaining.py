"""The door to why a step is past its due date, said before it is decided."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands.give_late_reason import give_late_reason
from approvals.commands.keep_opinion import keep_opinion
from approvals.errors import Refusal
from approvals.queries import for_change
from portal.clerk.desk_page import DeskPage, why_late, wrong_late
from portal.clerk.views import blueprint
from portal.clerk.writing import half_written
from portal.guards import actor, allows
from portal.unit_of_work import changing


@blueprint.post("/office/steps/<number>/<key>/late-reason")
@allows("step:decide")
def explain(number: str, key: str) -> ResponseReturnValue:
    """What else stands in the form is kept as a draft."""
    page = DeskPage.of(number, key, "decision")
    typed, round_ = half_written()
    late = why_late(request.form)
    page.blamed = wrong_late(late)
    if page.blamed or late is None:
        return page.render(422)
    try:
        with changing(by=actor(), at=page.at) as session:
            step = page.same_round(for_change.step(session, number, key))
            give_late_reason(step, late, by=actor(), at=page.at)
            page.note_read(session)
            keep_opinion(session, number, key, typed, round_=round_, by=actor(), at=page.at)
    except Refusal as refusal:
        return page.refused(refusal)
    flash(_("超时原因已记下。"), "success")
    return redirect(url_for("clerk.desk", number=number, key=key), 303)
