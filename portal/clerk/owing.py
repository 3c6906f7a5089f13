"""The clerk's doors to what is owed: the department's list, the desk of one, and what may be done about it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands.attach import register_file
from approvals.commands.object import answer_objection
from approvals.commands.object_to_decision import answer_objection_to_decision
from approvals.commands.obligation import Filed
from approvals.commands.rectify import close, order
from approvals.commands.revoke import revoke
from approvals.commands.verify import Evidence, verify
from approvals.errors import EvidenceMissing, NotFound, Refusal
from approvals.queries import for_change
from approvals.queries.owed import OwedDesk, evidence_file, owed_by_department, owed_desk, owed_file
from approvals.vocabulary import Act, ObligationKind
from portal.clerk.views import blueprint
from portal.errors import words_of
from portal.guards import actor, allows
from portal.journey.files import Kept, served, take_in
from portal.terms import evidence_words
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from approvals.clock.moment import Moment
    from approvals.records.application import Application
    from approvals.records.obligation import Obligation

FIELDS = {
    "verify": ("outcome", "words", "reference", "officer", "seen_on", "document"),
    "close": ("outcome", "words"),
    "order": ("words", "days"),
    "revoke": ("words",),
    "answer": ("outcome", "words"),
}
"""What each form may post beside its verb."""
OUTCOMES = {
    "verify": {"fulfil", "fall_due", "disprove"},
    "close": {"fulfil", "send_back"},
    "answer": {"upheld", "dismissed"},
}
FORMATS = ("pdf", "jpg", "png")
LONGEST = 2000
MOST_DAYS = 90
"""Working days in which something may be ordered to be put right."""


@blueprint.get("/office/obligations")
@allows("obligation:list")
def owing() -> ResponseReturnValue:
    is_closed = request.args.get("show") == "closed"
    page = request.args.get("page", 1, type=int)
    found = owed_by_department(reading(), is_closed=is_closed, page=page, by=actor(), at=now())
    return render_template("clerk/owing.html", found=found, is_closed=is_closed)


@blueprint.get("/office/obligations/<owed>")
@allows("obligation:list")
def owed(owed: str) -> ResponseReturnValue:
    return _page(owed_desk(reading(), _id(owed), by=actor(), at=now()))


@blueprint.post("/office/obligations/<owed>")
@allows("obligation:list")
def act_on_owed(owed: str) -> ResponseReturnValue:
    """What was posted as `verb`, by whoever may; what was typed is shown again where it is refused."""
    by, moment = actor(), now()
    desk = owed_desk(reading(), _id(owed), by=by, at=moment)
    verb = request.form.get("verb", "")
    known = {"csrf_token", "verb", *FIELDS.get(verb, ())}
    if verb not in FIELDS or any(name not in known or len(sent) != 1 for name, sent in request.form.lists()):
        abort(422)
    if any(name not in known for name in request.files):
        abort(422)
    wrong = _wrong(verb)
    kept: Kept | None = None
    chosen = [file for file in request.files.getlist("document") if file.filename]
    if chosen and not wrong:
        taken, refusals = take_in(chosen[:1], FORMATS)
        kept = taken[0] if taken else None
        if refusals:
            wrong["document"] = words_of(refusals[0])[1]
    if wrong:
        return _page(desk, verb, wrong), 422
    try:
        with changing(by, moment) as session:
            application = for_change.application(session, desk.row.number)
            obligation = next(each for each in application.obligations if each.id == desk.row.id)
            _act(verb, application, obligation, kept, moment)
    except EvidenceMissing as refusal:
        return _page(desk, verb, _missing(refusal)), 422
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(owed_desk(reading(), desk.row.id, by=by, at=moment), verb, {}, words), status
    flash(_("已记录。"), "success")
    return redirect(url_for(".owed", owed=owed), 303)


@blueprint.get("/office/obligations/<owed>/materials/<material>/<int:version>")
@allows("obligation:list")
def owed_material(owed: str, material: str, version: int) -> ResponseReturnValue:
    return served(owed_file(reading(), _id(owed), material, version, by=actor()))


@blueprint.get("/office/obligations/<owed>/evidence/<int:version>")
@allows("obligation:list")
def evidence(owed: str, version: int) -> ResponseReturnValue:
    """The document of a finding; `version` numbers the act."""
    return served(evidence_file(reading(), _id(owed), version, by=actor()))


def _id(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotFound
    return int(text)


def _typed(name: str) -> str:
    return request.form.get(name, "").strip()[:LONGEST]


def _wrong(verb: str) -> dict[str, str]:
    """Words by field for what cannot even be tried."""
    wrong = {}
    if verb in OUTCOMES and _typed("outcome") not in OUTCOMES[verb]:
        wrong["outcome"] = _("请选择结果")
    if not _typed("words"):
        wrong["words"] = _("请写明")
    days = _typed("days")
    if verb == "order" and not (days.isascii() and days.isdigit() and len(days) < 3 and 1 <= int(days) <= MOST_DAYS):
        wrong["days"] = _("请写 1 到 90 的整数")
    if verb == "verify" and _typed("seen_on") and _day(_typed("seen_on")) is None:
        wrong["seen_on"] = _("请写成年-月-日，例如 2026-05-12")
    return wrong


def _missing(refusal: EvidenceMissing) -> dict[str, str]:
    """Words by field for the evidence that is not there."""
    missing = refusal.facts.get("missing")
    names = [str(name) for name in missing] if isinstance(missing, tuple) else []
    fields = {name: "words" if name == "finding" else name for name in names}
    return {fields[name]: _("请填写%(what)s", what=evidence_words(name)) for name in names}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _act(verb: str, application: Application, obligation: Obligation, kept: Kept | None, at: Moment) -> None:
    by, words = actor(), _typed("words")
    match verb:
        case "verify":
            document = None
            if kept is not None:
                register_file(application, kept.file, kept.sha256, at=at)
                document = Filed(kept.sha256, kept.file.name)
            seen = _day(_typed("seen_on"))
            evidence = Evidence(words, _typed("reference"), _typed("officer"), seen, document)
            verify(obligation, Act(_typed("outcome")), evidence, by=by, at=at)
        case "close":
            close(obligation, Act(_typed("outcome")), words, by=by, at=at)
        case "order":
            order(obligation, words, int(_typed("days")), by=by, at=at)
        case "revoke":
            revoke(application, words, by=by, at=at)
        case _:
            is_upheld = _typed("outcome") == "upheld"
            if obligation.kind is ObligationKind.OBJECTION:
                answer_objection_to_decision(obligation, words, is_upheld=is_upheld, by=by, at=at)
            else:
                answer_objection(application, words, is_upheld=is_upheld, by=by, at=at)


def _page(desk: OwedDesk, verb: str = "", wrong: dict[str, str] | None = None, refusal: str = "") -> str:
    ids = {"words": f"{verb}-words", "outcome": "answer-outcome" if verb == "answer" else "outcome"}
    return render_template(
        "clerk/owed.html",
        desk=desk,
        verb=verb,
        wrong=wrong or {},
        errors=[(ids.get(name, name), words) for name, words in (wrong or {}).items()],
        typed=dict(request.form),
        refusal=refusal,
    )
