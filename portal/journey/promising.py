"""Commitments on the applicant's side: choose and sign, see what was promised, hand in, report, take back, object."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands import attach as handing_in
from approvals.commands.object import raise_objection
from approvals.commands.rectify import report as report_done
from approvals.commands.sign import sign as sign_promises
from approvals.commands.withdraw_commitment import withdraw_commitment
from approvals.errors import FileRefused, NotFound, NotOffered, Refusal
from approvals.queries import for_change
from approvals.queries.owed import Promised, promised
from approvals.queries.promise import Choice, choice
from portal.errors import words_of
from portal.guards import actor, allows
from portal.journey import blueprint
from portal.journey.files import take_in
from portal.journey.posted import refuse_strangers, too_long, version
from portal.ui import language
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from approvals.clock.moment import Moment
    from approvals.records.application import Application

WHOLE = "all"
"""Stands in addresses and forms for a promise of the whole item, whose key is empty."""


@blueprint.get("/drafts/<token>/promise")
@allows("commitment:sign")
def promise(token: str) -> ResponseReturnValue:
    return _choice_page(_choice(token))


@blueprint.post("/drafts/<token>/promise")
@allows("commitment:sign")
def choose(token: str) -> ResponseReturnValue:
    """The normal procedure is kept at once; what is to be promised is read and signed on the next page."""
    found = _choice(token)
    refuse_strangers("version", *(f"way-{_name(each.key)}" for each in found.promises))
    wanted = [each.key for each in found.promises if request.form.get(f"way-{_name(each.key)}") == "promise"]
    if wanted:
        return redirect(url_for(".letter_of_promise", token=token, of=[_name(key) for key in wanted]), 303)
    return _sign(found, {})


@blueprint.get("/drafts/<token>/promise/sign")
@allows("commitment:sign")
def letter_of_promise(token: str) -> ResponseReturnValue:
    return _letter_page(_choice(token), [])


@blueprint.post("/drafts/<token>/promise/sign")
@allows("commitment:sign")
def sign(token: str) -> ResponseReturnValue:
    """Signs exactly what stood on the page: its digest comes back with the form."""
    found = _choice(token)
    shown = [f"shown-{_name(each.key)}" for each in found.promises]
    refuse_strangers("version", "declared", *shown)
    if request.form.get("declared") != "yes":
        return _letter_page(found, [("declared", _("请先读完告知书，再勾选承诺"))]), 422
    digests = {each.key: request.form.get(f"shown-{_name(each.key)}", "") for each in found.promises}
    return _sign(found, {key: sha256 for key, sha256 in digests.items() if sha256})


@blueprint.get("/applications/<number>/promises")
@allows("application:read")
def promises(number: str) -> ResponseReturnValue:
    return _promises_page(promised(reading(), number, by=actor(), at=now()))


@blueprint.post("/applications/<number>/promises/materials/<key>")
@allows("obligation:report")
def hand_in(number: str, key: str) -> ResponseReturnValue:
    """A material that was allowed to follow."""
    refuse_strangers("files")
    by, moment = actor(), now()
    found = promised(reading(), number, by=by, at=moment)
    if key not in found.may_hand_in:
        raise NotFound
    chosen = [file for file in request.files.getlist("files") if file.filename]
    if not chosen:
        return _promises_page(found, {f"files-{key}": _("请先选择文件，再上传。")}), 422
    kept, refusals = take_in(chosen, found.formats[key])
    for one in kept:
        try:
            with changing(by, moment) as session:
                application = for_change.application(session, number)
                handing_in.attach(application, key, one.file, one.sha256, by=by, at=moment)
        except FileRefused as refusal:
            refusals.append(refusal)
    if refusals:
        words = " ".join(words_of(refusal)[1] for refusal in refusals)
        return _promises_page(promised(reading(), number, by=by, at=moment), {f"files-{key}": words}), 422
    flash(_("材料已补交。"), "success")
    return redirect(url_for(".promises", number=number), 303)


@blueprint.post("/applications/<number>/promises/report/<owed>")
@allows("obligation:report")
def report(number: str, owed: str) -> ResponseReturnValue:
    """What was done about a condition or an order."""
    refuse_strangers("note")

    def tell(application: Application, moment: Moment) -> None:
        obligation = next((each for each in application.obligations if str(each.id) == owed), None)
        if obligation is None:
            raise NotFound
        report_done(obligation, request.form.get("note", ""), by=actor(), at=moment)

    return _do(number, f"note-{owed}", tell, _("已告诉部门，等部门核实。"))


@blueprint.post("/applications/<number>/promises/withdraw/<promise_of>")
@allows("commitment:withdraw")
def take_back(number: str, promise_of: str) -> ResponseReturnValue:
    """Asks first: without `confirmed` nothing is taken back."""
    refuse_strangers("confirmed")
    key = "" if promise_of == WHOLE else promise_of
    found = promised(reading(), number, by=actor(), at=now())
    signed = next((each for each in found.signed if each.key == key), None)
    if signed is None:
        raise NotFound
    if request.form.get("confirmed") != "yes":
        return render_template("journey/take_back.html", promised=found, signed=signed, name=_name(key))

    def withdraw(application: Application, moment: Moment) -> None:
        withdraw_commitment(application, key, by=actor(), at=moment)

    return _do(number, "", withdraw, _("承诺已撤回，改按一般程序办理。"))


@blueprint.post("/applications/<number>/promises/objection")
@allows("commitment:object")
def object_to(number: str) -> ResponseReturnValue:
    refuse_strangers("reason")

    def raise_it(application: Application, moment: Moment) -> None:
        raise_objection(application, request.form.get("reason", ""), by=actor(), at=moment)

    return _do(number, "reason", raise_it, _("异议已提交，部门会答复您。"))


def _do(number: str, field: str, what: Callable[[Application, Moment], None], done: str) -> ResponseReturnValue:
    """Carry it out; what was typed is shown again where it is refused."""
    by, moment = actor(), now()
    found = promised(reading(), number, by=by, at=moment)
    if words := too_long(request.form.get(field.partition("-")[0], "")):
        return _promises_page(found, {field: words}, dict(request.form)), 422
    try:
        with changing(by, moment) as session:
            what(for_change.application(session, number), moment)
    except NotFound:
        raise
    except Refusal as refusal:
        status, words = words_of(refusal)
        again = promised(reading(), found.number, by=by, at=moment)
        return _promises_page(again, {field: words}, dict(request.form)), status
    flash(done, "success")
    return redirect(url_for(".promises", number=number), 303)


def _choice(token: str) -> Choice:
    """What may be promised; where nothing may, or the draft was sent, there is no such page."""
    found = choice(reading(), token, language=language(), by=actor(), at=now())
    if not found.draft.may_promise:
        raise NotFound
    return found


def _sign(found: Choice, shown: dict[str, str]) -> ResponseReturnValue:
    by, moment = actor(), now()
    token = found.draft.token
    try:
        with changing(by, moment) as session:
            application = for_change.application(session, token)
            sign_promises(application, shown, language=language(), version=version(), by=by, at=moment)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _choice_page(_choice(token), words), status
    following = "materials" if found.draft.uploads else "check"
    flash(_("已签署承诺，提交后生效。") if shown else _("按一般程序办理。"), "success")
    return redirect(url_for(f".{following}", token=token), 303)


def _choice_page(found: Choice, refusal: str = "") -> str:
    return render_template("journey/promise.html", choice=found, draft=found.draft, name=_name, refusal=refusal)


def _letter_page(found: Choice, errors: list[tuple[str, str]]) -> str:
    """The letters to sign: those asked for in the address, or sent back with the form."""
    names = set(request.args.getlist("of")) | {name.removeprefix("shown-") for name in request.form}
    letters = [each for each in found.promises if _name(each.key) in names]
    if not letters:
        abort(404)
    if found.barred:
        raise NotOffered
    return render_template(
        "journey/sign.html", choice=found, draft=found.draft, letters=letters, name=_name, errors=errors
    )


def _promises_page(found: Promised, wrong: dict[str, str] | None = None, typed: dict[str, str] | None = None) -> str:
    errors = [(where, words) for where, words in (wrong or {}).items()]
    return render_template(
        "journey/promises.html", promised=found, wrong=wrong or {}, errors=errors, typed=typed or {}, name=_name
    )


def _name(key: str) -> str:
    return key or WHOLE
