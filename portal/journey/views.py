"""The applicant's path, from starting a draft to its receipt."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage, MultiDict

from approvals.commands import amend as amending
from approvals.commands import attach as handing_in
from approvals.commands import draft as drafting
from approvals.commands import reuse as reusing
from approvals.commands.send_in import send_in
from approvals.commands.withdraw import withdraw as withdraw_application
from approvals.errors import (
    AlreadySubmitted,
    AnswersIncomplete,
    ChangedMeanwhile,
    FileRefused,
    NoCompetentDepartment,
    NotADraft,
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
from forms.build import SectionForm, change_rows, clean, form_for, strangers
from forms.widgets import all_params
from portal.asking import words_of_strangers
from portal.carrying import opened
from portal.errors import words_of
from portal.guards import actor, allows
from portal.journey import blueprint, pages
from portal.journey.asked_files import AskedFiles, asked_files, field_name, without
from portal.journey.files import most_unsent, served, take_in
from portal.journey.origins import with_origins
from portal.journey.pieces import unfinished
from portal.journey.posted import refuse_strangers, version, with_outlines
from portal.ui import language
from portal.unit_of_work import changing, now, reading
from services.catalogue import UnknownItem
from services.current import catalogue

__all__ = ["blueprint"]

LONGEST_EXPLANATION = 2000
Errors = list[tuple[str, str]]
"""Where to go (an id of the page, or nothing) and the words, as the error summary takes them."""


@blueprint.post("/services/<slug>/apply")
@allows("application:create")
def start(slug: str) -> ResponseReturnValue:
    """For oneself, or for the organisation that was chosen; answers given before (我能办吗) come along."""
    refuse_strangers("organisation", "carried")
    chosen = request.form.get("organisation", "")
    if chosen and not (chosen.isascii() and chosen.isdigit() and len(chosen) < 18):
        raise NotFound
    try:
        item = catalogue().item(slug)
    except UnknownItem:
        raise NotFound from None
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
    draft = _open(token)
    return render_template(
        "journey/tasks.html",
        draft=draft,
        rows=pages.task_rows(draft),
        mends=pages.mend_groups(draft),
        changes=pages.change_rows(draft.unsent, draft.regions),
        home=pages.home(draft),
    )


@blueprint.get("/drafts/<token>/sections/<key>")
@allows("application:edit")
def section(token: str, key: str) -> ResponseReturnValue:
    draft = _open(token)
    return _section_page(draft, _form(draft, key), [])


@blueprint.post("/drafts/<token>/sections/<key>")
@allows("application:edit")
def save_section(token: str, key: str) -> ResponseReturnValue:
    """Save one page; what was typed is shown again whenever it cannot be saved."""
    draft = _open(token)
    files = asked_files(draft.section(key))
    posted = with_outlines(request.form, without(request.files, files.names))
    form = _form(draft, key, posted)
    if unknown := strangers(form, posted, known=("csrf_token", "version", "next_step", *files.takes_back)):
        words = words_of_strangers(form, unknown)
        return _section_page(draft, form, [("", words)]), 422
    refused = _hand_in_asked(token, files)  # before anything else is judged: a file that was sent is not sent again
    mistakes = [(field_name(material), words) for material, words in refused.items()]
    step = request.form.get("next_step", "")
    if change_rows(form, step):
        return _section_page(_open(token), form, mistakes)
    leaving = step == "save_and_leave"
    if not form.validate() and not (leaving and _is_only_unfinished(form)):
        return _section_page(_open(token), form, [*_mistakes(form), *mistakes]), 422
    by, moment = actor(), now()
    asked = {question.key for question in form.section.questions}
    try:
        with changing(by, moment) as session:
            application = for_change.application(session, token)
            drafting.save(application, clean(form), asked=asked, version=version(), by=by, at=moment)
    except ChangedMeanwhile as refusal:
        status, words = words_of(refusal)
        return _section_page(drafts.draft(reading(), token, by=by, at=moment), form, [("", words)]), status
    if mistakes:
        return _section_page(_open(token), form, mistakes), 422
    return redirect(_onward(token, key, leaving=leaving), 303)


@blueprint.get("/drafts/<token>/materials")
@allows("application:edit")
def materials(token: str) -> ResponseReturnValue:
    draft = _open(token)
    if not draft.uploads:
        return redirect(url_for(".check", token=token))
    return _materials_page(draft, {})


@blueprint.post("/drafts/<token>/materials/<key>")
@allows("application:edit")
def upload(token: str, key: str) -> ResponseReturnValue:
    """Several files at once; those that are refused do not cost the others."""
    draft = _open(token)
    task = draft.upload(key)
    refuse_strangers("files")
    chosen = [file for file in request.files.getlist("files") if file.filename]
    if not chosen:
        return _materials_page(draft, {key: [_("请先选择文件，再上传。")]}), 422
    words = _hand_in(token, task, chosen)
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
    _open(token).upload(key)
    found = held(reading(), token, by=by, at=moment).get(key)
    if found is None or found.number != request.form.get("source"):
        return _materials_page(_open(token), {key: [_("这份材料现在不能沿用了，请上传。")]}), 409
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
        handing_in.detach(for_change.application(session, token), key, number, by=by, at=moment)
    return redirect(url_for(".materials", token=token, _anchor=f"material-{key}"), 303)


@blueprint.get("/drafts/<token>/check")
@allows("application:edit")
def check(token: str) -> ResponseReturnValue:
    return _check_page(_open(token), [])


@blueprint.post("/drafts/<token>/submit")
@allows("application:submit")
def submit(token: str) -> ResponseReturnValue:
    """Submit, or send what was mended. Sent twice, it leads to the one receipt."""
    refuse_strangers("version", "declared", "explains", "explanation")
    by, moment = actor(), now()
    draft = drafts.draft(reading(), token, by=by, at=moment)
    explanation = request.form.get("explanation", "")[:LONGEST_EXPLANATION]
    explains = request.form.get("explains") == "yes"
    if draft.is_editable and request.form.get("declared") != "yes":
        return _check_page(draft, [("declared", _("请先勾选承诺，再提交"))]), 422
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
    return render_template("journey/receipt.html", receipt=receipt_of(reading(), number, by=actor(), at=now()))


@blueprint.post("/applications/<number>/withdraw")
@allows("application:withdraw")
def withdraw(number: str) -> ResponseReturnValue:
    """Asks first: without `confirmed` nothing is withdrawn."""
    refuse_strangers("confirmed", "reason")
    by, moment = actor(), now()
    found = receipt_of(reading(), number, by=by, at=moment)
    if request.form.get("confirmed") != "yes":
        return render_template("journey/withdraw.html", receipt=found, reason=request.form.get("reason", ""))
    with changing(by, moment) as session:
        application = for_change.application(session, number)
        withdraw_application(application, request.form.get("reason", "")[:2000], by=by, at=moment)
    return redirect(url_for(".tracker", number=number), 303)


@blueprint.get("/applications/<reference>/materials/<key>/<int:version>")
@allows("material:read")
def file(reference: str, key: str, version: int) -> ResponseReturnValue:
    """A file as it was handed in; `reference` is a number, or the token of a draft."""
    return served(material_file(reading(), reference, key, version, by=actor()))


def _open(token: str) -> drafts.Draft:
    """The draft, where it can still be edited: what was sent is looked at on its tracker."""
    draft = drafts.draft(reading(), token, by=actor(), at=now())
    if not draft.is_editable:
        if request.method != "GET":
            raise (TooLateToAmend if draft.is_too_late else NotADraft)(number=draft.number)
        later = url_for(".unsent", token=token) if draft.is_too_late else url_for(".tracker", number=draft.number)
        abort(redirect(later, 303))
    return draft


def _hand_in(token: str, task: drafts.MaterialTask, chosen: Sequence[FileStorage]) -> list[str]:
    """Each file on its own; the words about those that are refused."""
    key = task.material.key
    kept, refusals = take_in(chosen, task.material.formats)
    by, moment = actor(), now()
    for one in kept:
        try:
            with changing(by, moment) as session:
                application = for_change.application(session, token)
                handing_in.attach(application, key, one.file, one.sha256, by=by, at=moment, most_unsent=most_unsent())
        except FileRefused as refusal:
            refusals.append(refusal)
    return [words_of(refusal)[1] for refusal in refusals]


def _hand_in_asked(token: str, files: AskedFiles) -> dict[str, str]:
    """What was chosen on the page of a section is handed in, what was ticked there is taken back; the words about what
    is refused, by material.
    """
    by, moment = actor(), now()
    for material, number in files.taken_back(request.form):
        with changing(by, moment) as session:
            handing_in.detach(for_change.application(session, token), material, number, by=by, at=moment)
    chosen = files.chosen(request.files)
    said = {task.material.key: _hand_in(token, task, uploads) for task, uploads in chosen}
    return {key: " ".join(words) for key, words in said.items() if words}


def _form(draft: drafts.Draft, key: str, posted: MultiDict[str, str] | None = None) -> SectionForm:
    return form_for(
        draft.section(key).section,
        answers=draft.answers,
        language=language(),
        today=draft.today,
        regions=catalogue().districts,
        translate=_,
        formdata=posted,
    )


def _mistakes(form: SectionForm) -> Errors:
    return [fault for field in form.fields for fault in field.faults]


def _is_only_unfinished(form: SectionForm) -> bool:
    """Nothing is wrong but what was not filled in yet: that may wait, what is wrong may not be lost."""
    return not any(field.process_errors or (field.errors and field.data is not None) for field in form.fields)


def _section_page(draft: drafts.Draft, form: SectionForm, errors: Errors) -> str:
    keys = [task.section.key for task in draft.sections]
    key = form.section.key
    back = "check" if request.args.get("back") == "check" else None
    return render_template(
        "journey/section.html",
        draft=draft,
        section=form.section,
        fields=[*with_origins(draft, all_params(form)), *pages.file_params(draft, key, dict(errors))],
        errors=errors,
        back=url_for(".check", token=draft.token) if back else pages.before(draft, key),
        action=url_for(".save_section", token=draft.token, key=key, back=back),
        position=keys.index(key) + 1,
        total=len(keys) + bool(draft.uploads),
        mends=pages.mend_groups(draft, key),
    )


def _materials_page(draft: drafts.Draft, refused: dict[str, list[str]]) -> str:
    halves = unfinished(draft.token)
    return render_template(
        "journey/materials.html",
        draft=draft,
        refused=refused,
        held=held(reading(), draft.token, by=actor(), at=now()),
        halves={key: [each for each in halves if each[0].key == key] for key in {one.key for one, _ in halves}},
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


def _onward(token: str, key: str, *, leaving: bool) -> str:
    if leaving:
        return url_for(".tasks", token=token)
    if request.args.get("back") == "check":
        return url_for(".check", token=token)
    return pages.following(drafts.draft(reading(), token, by=actor(), at=now()), key)
