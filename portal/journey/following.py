"""The follow-up of bad ratings, as department and supervision work on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands.follow_up import contact, mend, verify
from approvals.errors import Refusal
from approvals.queries import for_change
from approvals.queries.ratings import FollowUpRow
from approvals.queries.ratings import follow_up as follow_up_of
from approvals.vocabulary import Finding, FollowUpStage
from portal.errors import words_of
from portal.guards import actor
from portal.journey.rating import limits
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from approvals.clock.moment import Moment

LONGEST = 2000


def shown(serial: int, layout: str) -> str:
    return _page(layout, follow_up_of(reading(), serial, by=actor(), at=now()))


def acting(serial: int, layout: str, onward: str) -> ResponseReturnValue:
    """Carry out the stage it is in; what was typed is shown again where it is refused."""
    if any(name not in {"csrf_token", "stage", "finding", "words"} for name in request.form):
        abort(422)
    by, moment = actor(), now()
    found = follow_up_of(reading(), serial, by=by, at=moment)
    stage, words = request.form.get("stage", ""), request.form.get("words", "").strip()
    if stage not in set(FollowUpStage) - {FollowUpStage.CLOSED}:
        abort(422)
    wrong = {}
    if not words or len(words) > LONGEST:
        wrong["words"] = _("请写明") if not words else _("最多 %(most)s 字", most=LONGEST)
    if stage == FollowUpStage.VERIFY and request.form.get("finding", "") not in set(Finding):
        wrong["finding"] = _("请选择结果")
    if wrong:
        return _page(layout, found, wrong), 422
    try:
        _carry_out(serial, FollowUpStage(stage), words, moment)
    except Refusal as refusal:
        status, said = words_of(refusal)
        return _page(layout, follow_up_of(reading(), serial, by=by, at=moment), {}, said), status
    flash(_("已记录。"), "success")
    return redirect(onward, 303)


def _carry_out(serial: int, stage: FollowUpStage, words: str, at: Moment) -> None:
    by = actor()
    with changing(by, at) as session:
        found, application = for_change.follow_up(session, serial)
        if stage is FollowUpStage.CONTACT:
            contact(found, application, words, limits=limits(), by=by, at=at)
        elif stage is FollowUpStage.VERIFY:
            finding = Finding(request.form["finding"])
            verify(found, application, finding, words, limits=limits(), by=by, at=at)
        else:
            mend(found, application, words, by=by, at=at)


def _page(layout: str, found: FollowUpRow, wrong: dict[str, str] | None = None, refusal: str = "") -> str:
    return render_template(
        layout,
        row=found,
        findings=tuple(Finding),
        wrong=wrong or {},
        errors=[(where, words) for where, words in (wrong or {}).items()],
        typed=dict(request.form),
        refusal=refusal,
    )
