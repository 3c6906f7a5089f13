"""The applicant's path, from starting a draft to its receipt."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands import amend as amending
from approvals.commands import draft as drafting
from approvals.commands import reuse as reusing
from approvals.commands.send_in import send_in
from approvals.commands.withdraw import withdraw as withdraw_application
from approvals.errors import (
    AlreadySubmitted,
    AnswersIncomplete,
    ChangedMeanwhile,
    NoCompetentDepartment,
    NotFound,
    NothingChanged,
    NothingMended,
    TooLateToAmend,
)
from approvals.queries import draft as drafts
from approvals.queries import for_change
from approvals.queries.held import held
from approvals.queries.material_file import material_file
from approvals.queries.profile import first_answers
from approvals.queries.receipt import receipt as receipt_of
from approvals.queries.writs import writs
from approvals.vocabulary import WritKind
from portal.carrying import opened
from portal.errors import words_of
from portal.guards import actor, allows
from portal.journey import blueprint, pages
from portal.journey.files import served
from portal.journey.handing_in import hand_in, open_draft
from portal.journey.pieces import halves
from portal.journey.posted import refuse_strangers, too_long, version
from portal.unit_of_work import changing, now, reading
from services.catalogue import UnknownItem
from services.current import catalogue

__all__ = ["blueprint"]

Errors = list[tuple[str, str]]
"""Where to go (an id of the page, or nothing) and the words, as the error summary takes them."""


@blueprint.post("/services/<slug>/apply")
@allows("application:create")
def start(slug: str) -> ResponseReturnValue:
    """For oneself, or for the organisation that was chosen; answers given before (我能办吗) come along. Where the item
    consists of others it leads to their bundle.
    """
    refuse_strangers("organisation", "carried")
    chosen = request.form.get("organisation", "")
    if chosen and not (chosen.isascii() and chosen.isdigit() and len(chosen) < 18):
        raise NotFound
    try:
        item = catalogue().item(slug)
    except UnknownItem:
        raise NotFound from None
    if (bundle := catalogue().bundle_for(item.code)) is not None:
        return redirect(url_for("public.bundle", slug=bundle.slug), 303)
    by, moment = actor(), now()
    organisation_id = int(chosen) if chosen else None
    with changing(by, moment) as session:
        organisation = for_change.organisation(session, organisation_id) if organisation_id else None
        known = first_answers(session, item, organisation=organisation_id, by=by, at=moment)
        known = known.with_carried(opened(item, request.form.get("carried", ""), item.questions))
        revision = for_change.revision(session, item.code)
        begun = drafting.start(
            revision, organisation=organisation, answers=known.answers, origins=known.origins, by=by, at=moment
        )
        session.add(begun)
        session.flush()
        token = begun.token
    return redirect(url_for(".tasks", token=token), 303)


@blueprint.get("/drafts/<token>")
@allows("application:edit")
def tasks(token: str) -> ResponseReturnValue:
    draft = open_draft(token)
    return render_template(
        "journey/tasks.html",
        draft=draft,
        rows=pages.task_rows(draft),
        mends=pages.mend_groups(draft),
        changes=pages.change_rows(draft.unsent, draft.regions),
        home=pages.home(draft),
    )


@blueprint.get("/drafts/<token>/materials")
@allows("application:edit")
def materials(token: str) -> ResponseReturnValue:
    draft = open_draft(token)
    if not draft.uploads:
        return redirect(url_for(".check", token=token))
    return _materials_page(draft, {})


@blueprint.post("/drafts/<token>/materials/<key>")
@allows("application:edit")
def upload(token: str, key: str) -> ResponseReturnValue:
    """Several files at once; those that are refused do not cost the others."""
    draft = open_draft(token)
    task = draft.upload(key)
    refuse_strangers("files")
    chosen = [file for file in request.files.getlist("files") if file.filename]
    if not chosen:
        return _materials_page(draft, {key: [_("请先选择文件，再上传。")]}), 422
    words = hand_in(token, task, chosen)
    draft = drafts.draft(reading(), token, by=actor(), at=now())
    if not words and pages.is_unmended(draft, key):
        words = [_("这和上次提交的是同一份文件。请上传改好的那一份。")]
    if words:
        return _materials_page(draft, {key: words}), 422
    return redirect(url_for(".materials", token=token, _anchor=f"material-{key}"), 303)


@blueprint.post("/drafts/<token>/materials/<key>/reuse")
@allows("application:edit")
def reuse(token: str, key: str) -> ResponseReturnValue:
    """Take what the portal already holds (免提交); `source` is what was shown: nobody takes another by chance."""
    refuse_strangers("source")
    by, moment = actor(), now()
    open_draft(token).upload(key)
    found = held(reading(), token, by=by, at=moment).get(key)
    if found is None or found.number != request.form.get("source"):
        return _materials_page(open_draft(token), {key: [_("这份材料现在不能沿用了，请上传。")]}), 409
    with changing(by, moment) as session:
        application = for_change.application(session, token)
        reusing.reuse(application, key, found.file, found.sha256, found.number, by=by, at=moment)
    return redirect(url_for(".materials", token=token, _anchor=f"material-{key}"), 303)


@blueprint.post("/drafts/<token>/materials/<key>/remove")
@allows("application:edit")
def remove(token: str, key: str) -> ResponseReturnValue:
    refuse_strangers()
    by, moment = actor(), now()
    number = request.args.get("version", 0, type=int)
    drafts.draft(reading(), token, by=by, at=moment)
    with changing(by, moment) as session:
        reusing.take_back(for_change.application(session, token), key, number, by=by, at=moment)
    return redirect(url_for(".materials", token=token, _anchor=f"material-{key}"), 303)


@blueprint.get("/drafts/<token>/check")
@allows("application:edit")
def check(token: str) -> ResponseReturnValue:
    return _check_page(open_draft(token), [])


@blueprint.post("/drafts/<token>/submit")
@allows("application:submit")
def submit(token: str) -> ResponseReturnValue:
    """Submit, or send what was mended. Sent twice, it leads to the one receipt."""
    refuse_strangers("version", "declared", "explains", "explanation")
    by, moment = actor(), now()
    draft = drafts.draft(reading(), token, by=by, at=moment)
    explanation = request.form.get("explanation", "")
    explains = request.form.get("explains") == "yes"
    if draft.is_editable and request.form.get("declared") != "yes":
        return _check_page(draft, [("declared", _("请先勾选承诺，再提交"))]), 422
    if explains and (words := too_long(explanation)):
        return _check_page(draft, [("explanation", words)]), 422
    if draft.is_mending and explains and not explanation.strip():
        return _check_page(draft, [("explanation", _("请写明为什么不改"))]), 422
    try:
        with changing(by, moment) as session:
            application = for_change.application(session, token)
            words = explanation if explains else ""
            confirmed = pages.declaration()
            number = send_in(application, version=version(), explanation=words, confirmed=confirmed, by=by, at=moment)
    except AlreadySubmitted as refusal:
        number = str(refusal.facts["number"])
    except NothingMended as refusal:
        status, words = words_of(refusal)
        return _check_page(drafts.draft(reading(), token, by=by, at=moment), [("explains", words)]), status
    except TooLateToAmend as refusal:
        status, words = words_of(refusal)
        return _unsent_page(drafts.draft(reading(), token, by=by, at=moment), words), status
    except (AnswersIncomplete, ChangedMeanwhile, NoCompetentDepartment, NothingChanged) as refusal:
        status, words = words_of(refusal)
        draft = drafts.draft(reading(), token, by=by, at=moment)
        return _check_page(draft, [("", words)]), status
    return redirect(url_for(".receipt", number=number), 303)


@blueprint.post("/drafts/<token>/discard")
@allows("application:edit")
def discard(token: str) -> ResponseReturnValue:
    """Asks first: without `confirmed` nothing is deleted. Of an amendment only the changes are given up."""
    refuse_strangers("confirmed")
    by, moment = actor(), now()
    draft = drafts.draft(reading(), token, by=by, at=moment)
    if draft.is_amending or draft.is_too_late:
        if request.form.get("confirmed") != "yes":
            return _unsent_page(draft)
        with changing(by, moment) as session:
            amending.leave_as_sent(for_change.application(session, token), by=by, at=moment)
        flash(_("修改没有送出，部门按您原来提交的内容办理。"), "success")
        return redirect(url_for(".tracker", number=draft.number), 303)
    if request.form.get("confirmed") != "yes" and draft.is_editable and not draft.number:
        return render_template("journey/discard.html", draft=draft)
    with changing(by, moment) as session:
        drafting.discard(for_change.application(session, token), by=by, at=moment)
    return redirect(pages.home(draft)[1], 303)


@blueprint.post("/applications/<number>/amend")
@allows("application:amend")
def amend(number: str) -> ResponseReturnValue:
    """Opens what was sent in to be changed; it is sent like a draft."""
    refuse_strangers()
    by, moment = actor(), now()
    found = receipt_of(reading(), number, by=by, at=moment)
    with changing(by, moment) as session:
        amending.open_amendment(for_change.application(session, number), by=by, at=moment)
    return redirect(url_for(".tasks", token=found.token), 303)


@blueprint.get("/drafts/<token>/unsent")
@allows("application:edit")
def unsent(token: str) -> ResponseReturnValue:
    """What an amendment would have changed when it came too late."""
    draft = drafts.draft(reading(), token, by=actor(), at=now())
    if not draft.is_too_late:
        return redirect(url_for(".tasks", token=token))
    return _unsent_page(draft)


@blueprint.get("/applications/<number>/receipt")
@allows("application:read")
def receipt(number: str) -> ResponseReturnValue:
    by, moment = actor(), now()
    found = receipt_of(reading(), number, by=by, at=moment)
    drawn_up = writs(reading(), number, by=by, at=moment)
    paper = next((row for row in drawn_up if row.kind is WritKind.RECEIPT), None)
    return render_template("journey/receipt.html", receipt=found, paper=paper)


@blueprint.post("/applications/<number>/withdraw")
@allows("application:withdraw")
def withdraw(number: str) -> ResponseReturnValue:
    """Asks first: without `confirmed` nothing is withdrawn."""
    refuse_strangers("confirmed", "reason")
    by, moment = actor(), now()
    found = receipt_of(reading(), number, by=by, at=moment)
    reason = request.form.get("reason", "")
    wrong = too_long(reason)
    if request.form.get("confirmed") != "yes" or wrong:
        errors = [("reason", wrong)] if wrong else []
        page = render_template("journey/withdraw.html", receipt=found, reason=reason, errors=errors)
        return page, 422 if wrong else 200
    with changing(by, moment) as session:
        application = for_change.application(session, number)
        withdraw_application(application, reason, by=by, at=moment)
    return redirect(url_for(".tracker", number=number), 303)


@blueprint.get("/applications/<reference>/materials/<key>/<int:version>")
@allows("material:read")
def file(reference: str, key: str, version: int) -> ResponseReturnValue:
    """A file as it was handed in; `reference` is a number, or the token of a draft."""
    return served(material_file(reading(), reference, key, version, by=actor()))


def _materials_page(draft: drafts.Draft, refused: dict[str, list[str]]) -> str:
    return render_template(
        "journey/materials.html",
        draft=draft,
        refused=refused,
        held=held(reading(), draft.token, by=actor(), at=now()),
        halves=halves(draft.token),
        errors=[(f"material-{key}", words) for key, said in refused.items() for words in said],
        files=pages.file_rows,
        mends=pages.mends_of_material,
        is_unmended=pages.is_unmended,
    )


def _check_page(draft: drafts.Draft, errors: Errors) -> str:
    return render_template(
        "journey/check.html",
        draft=draft,
        errors=errors,
        gaps=pages.gaps(draft),
        unsaved=pages.unsaved(draft),
        unmended=pages.unmended(draft) if request.method == "POST" else [],
        typed=request.form,
        declaration=pages.declaration(),
        groups=pages.answer_groups(draft),
        materials=pages.material_rows(draft),
        mends=pages.mend_groups(draft),
        changes=pages.change_rows(draft.unsent, draft.regions),
    )


def _unsent_page(draft: drafts.Draft, refusal: str = "") -> str:
    return render_template(
        "journey/unsent.html", draft=draft, changes=pages.change_rows(draft.unsent, draft.regions), refusal=refusal
    )
