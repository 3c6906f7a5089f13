"""What helps to write an opinion: its draft is kept, and phrases that are used again."""

from __future__ import annotations

import re

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands.keep_opinion import keep_correction, keep_opinion
from approvals.commands.phrase import keep_phrase, throw_away
from approvals.errors import Refusal
from approvals.queries.phrases import phrases
from forms.decision import REASON_LENGTH
from portal.clerk.views import blueprint
from portal.errors import words_of
from portal.formats import instant
from portal.guards import LARGEST_NUMBER, actor, allows
from portal.unit_of_work import changing, now, reading
from services.item import MOST_POINTS

DRAFTED = ("outcome", "reason", "conditions", "late_reason", "late_note")
TICKED = re.compile(r"(point|note)_[a-z][a-z0-9_]{0,59}")
"""What of a checklist is kept with it."""
TARGET = re.compile(r"(question|material)-[a-z][a-z0-9_]{0,59}")
MEND = re.compile(r"what-" + TARGET.pattern)
"""What of a correction request is kept: the points that are ticked, and what is to be done about each."""
MOST_MENDS = 1000
LONGEST = 300
"""Signs of a phrase."""


@blueprint.post("/office/steps/<number>/<key>/draft")
@allows("queue:read")
def keep_draft(number: str, key: str) -> ResponseReturnValue:
    """Half-written as it is; what is too long to be sent is kept, too, so that it can be shortened."""
    typed, round_ = half_written()
    by, at = actor(), now()
    with changing(by, at) as session:
        keep_opinion(session, number, key, typed, round_=round_, by=by, at=at)
    said = _("草稿已存，%(when)s。只有您能看到。", when=instant(at.instant))
    if "HX-Request" in request.headers:
        return said
    flash(said, "success")
    if request.form.get("then") == "mend":
        address = url_for("clerk.desk", number=number, key=key, mend="points", _anchor="correction")
        return redirect(address, 303)
    return redirect(url_for("clerk.desk", number=number, key=key), 303)


@blueprint.post("/office/steps/<number>/<key>/correction")
@allows("queue:read")
def keep_mends(number: str, key: str) -> ResponseReturnValue:
    """A correction request as far as it is ticked and written."""
    texts = {name: request.form.get(name, "") for name in request.form if MEND.fullmatch(name) or name == "why_again"}
    items, round_ = request.form.getlist("items"), request.form.get("round", "")
    if set(request.form) - {"csrf_token", "round", "items", *texts} or not round_.isdigit():
        abort(422)
    if int(round_) > LARGEST_NUMBER or not all(TARGET.fullmatch(each) for each in items):
        abort(422)
    if len(texts) + len(items) > MOST_MENDS or any(len(words) > 10 * REASON_LENGTH for words in texts.values()):
        abort(413)
    written = {name: words for name, words in texts.items() if words.strip()}
    kept: dict[str, object] = {**written, "items": items} if items or written else {}
    by, at = actor(), now()
    with changing(by, at) as session:
        keep_correction(session, number, key, kept, round_=int(round_), by=by, at=at)
    said = _("补正告知的草稿已存，%(when)s。只有您能看到。", when=instant(at.instant))
    if "HX-Request" in request.headers:
        return said
    flash(said, "success")
    return redirect(url_for("clerk.desk", number=number, key=key, _anchor="correction"), 303)


def half_written() -> tuple[dict[str, str], int]:
    """What was typed into the form of a decision, and the round it was made for; anything else ends the request."""
    ticked = {name for name in request.form if TICKED.fullmatch(name)}
    typed = {name: request.form.get(name, "") for name in (*DRAFTED, *sorted(ticked))}
    round_ = request.form.get("round", "")
    if len(ticked) > 2 * MOST_POINTS:
        abort(413)
    if (
        set(request.form) - {"csrf_token", "round", "then", *typed}
        or not round_.isdigit()
        or int(round_) > LARGEST_NUMBER
    ):
        abort(422)
    if any(len(words) > 10 * REASON_LENGTH for words in typed.values()):
        abort(413)
    return typed, int(round_)


@blueprint.get("/office/phrases")
@allows("queue:read")
def phrase_list() -> ResponseReturnValue:
    return _page()


@blueprint.post("/office/phrases")
@allows("queue:read")
def add_phrase() -> ResponseReturnValue:
    words = request.form.get("words", "").strip()
    if set(request.form) - {"csrf_token", "words", "is_shared"}:
        abort(422)
    if not words:
        return _page(_("请写要存的话"))
    if len(words) > LONGEST:
        return _page(_("最多写 %(most)s 个字，现在有 %(now)s 个字", most=LONGEST, now=len(words)))
    try:
        with changing(actor()) as session:
            keep_phrase(session, words, is_shared="is_shared" in request.form, by=actor())
    except Refusal as refusal:
        status, said = words_of(refusal)
        return _page(said, status)
    flash(_("已存为常用语。"), "success")
    return redirect(url_for("clerk.phrase_list"), 303)


@blueprint.post("/office/phrases/<int:record>/forget")
@allows("queue:read")
def forget_phrase(record: int) -> ResponseReturnValue:
    if set(request.form) - {"csrf_token"}:
        abort(422)
    with changing(actor()) as session:
        throw_away(session, record, by=actor())
    flash(_("常用语已删除。"), "success")
    return redirect(url_for("clerk.phrase_list"), 303)


def _page(wrong: str = "", status: int = 422) -> tuple[str, int]:
    page = render_template(
        "clerk/phrases.html",
        phrases=phrases(reading(), by=actor()),
        errors=[("words", wrong)] if wrong else [],
        typed=request.form.get("words", ""),
        longest=LONGEST,
    )
    return page, status if wrong else 200
