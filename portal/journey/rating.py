"""How was it: the applicant rates a finished application, and reads what came of a bad rating."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands.follow_up import Limits
from approvals.commands.rate import rate as rate_it
from approvals.errors import Refusal
from approvals.queries import for_change
from approvals.queries.ratings import OwnRatings, own_ratings
from approvals.vocabulary import RATING_REASONS, RatingLevel, RatingReason
from portal.errors import words_of
from portal.guards import actor, allows
from portal.journey import blueprint
from portal.unit_of_work import changing, now, reading

LONGEST = 1000


@blueprint.get("/applications/<number>/rating")
@allows("rating:give")
def rating(number: str) -> ResponseReturnValue:
    """`level` in the address chooses the level, which brings its reasons."""
    return _page(own_ratings(reading(), number, by=actor()), request.args.get("level", ""))


@blueprint.post("/applications/<number>/rating")
@allows("rating:give")
def rate(number: str) -> ResponseReturnValue:
    """What was typed is shown again where it is refused."""
    fields = {"csrf_token", "level", "reasons", "text"}
    if any(name not in fields or (name != "reasons" and len(sent) > 1) for name, sent in request.form.lists()):
        abort(422)
    by, moment = actor(), now()
    found = own_ratings(reading(), number, by=by)
    level = request.form.get("level", "")
    text = request.form.get("text", "").replace("\r\n", "\n")
    if level not in set(RatingLevel):
        return _page(found, "", {"level": _("请选择一项")}), 422
    if len(text) > LONGEST:
        words = _("最多 %(most)s 字，现在有 %(count)s 字", most=LONGEST, count=len(text))
        return _page(found, level, {"text": words}), 422
    chosen = RatingLevel(level)
    reasons = [each for each in RATING_REASONS[chosen] if each in request.form.getlist("reasons")]
    try:
        with changing(by, moment) as session:
            application = for_change.application(session, number)
            rate_it(application, chosen, reasons, text, limits=limits(), by=by, at=moment)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(own_ratings(reading(), number, by=by), level, {}, words), status
    flash(_("谢谢您的评价。"), "success")
    return redirect(url_for(".rating", number=number), 303)


def limits() -> Limits:
    settings = current_app.extensions["settings"]
    return Limits(settings.contact_days, settings.verify_days, settings.mend_days, settings.mend_complex_days)


def _page(found: OwnRatings, level: str, wrong: dict[str, str] | None = None, refusal: str = "") -> str:
    chosen = RatingLevel(level) if level in set(RatingLevel) else None
    reasons: tuple[RatingReason, ...] = RATING_REASONS[chosen] if chosen else ()
    return render_template(
        "journey/rating.html",
        ratings=found,
        levels=tuple(RatingLevel),
        chosen=chosen,
        reasons=reasons,
        marked=request.form.getlist("reasons"),
        typed=request.form.get("text", ""),
        wrong=wrong or {},
        errors=[(where, words) for where, words in (wrong or {}).items()],
        refusal=refusal,
    )
