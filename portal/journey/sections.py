"""One topic, one page: shown, kept while somebody types on it, and saved."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands import draft as drafting
from approvals.commands.keep_typed import Kept, forget_typed, settle_typed
from approvals.errors import ChangedMeanwhile, NotFound, Refusal, TypedElsewhere
from approvals.queries import draft as drafts
from approvals.queries import for_change
from approvals.queries.typed_page import Writing
from forms.build import SectionForm, change_rows, clean, strangers, typed_in
from forms.widgets import all_params
from portal.asking import words_of_strangers
from portal.errors import typed as called
from portal.errors import words_of
from portal.formats import clock
from portal.guards import actor, allows
from portal.journey import blueprint, pages
from portal.journey.asked_files import asked_files, field_name, without
from portal.journey.handing_in import hand_in_asked, open_draft
from portal.journey.origins import with_origins
from portal.journey.pieces import halves
from portal.journey.posted import refuse_strangers, version, with_outlines
from portal.looks import LOOKS, choose_looks
from portal.signed_out import not_put_back
from portal.typed import (
    LARGEST,
    OWN_FIELDS,
    Mark,
    as_typed,
    bring_back,
    keep,
    posted_mark,
    sealed_mark,
    section_form,
    whose,
    writing_of,
)
from portal.unit_of_work import changing, now, reading

Errors = list[tuple[str, str]]
"""Where to go (an id of the page, or nothing) and the words, as the error summary takes them."""
AWAY = frozenset({"then", *LOOKS})
"""What the buttons post that lead away from the page without saving it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the page stands to what is kept: the newest writing of its section; whether what is on the page is kept, be
    it saved or not; what waits from another page and says otherwise, as label and text.
    """

    writing: Writing | None
    is_kept: bool = True
    is_restored: bool = False
    elsewhere: tuple[tuple[str, str], ...] = ()


@blueprint.get("/drafts/<token>/sections/<key>")
@allows("application:edit")
def section(token: str, key: str) -> ResponseReturnValue:
    """With what was typed here before and not saved, if there is anything."""
    draft = open_draft(token)
    draft.section(key)
    writing = writing_of(draft, key, by=actor())
    if writing is None or not writing.typed:
        return _page(draft, section_form(draft, key), [], Standing(writing))
    return _page(draft, as_typed(draft, key, writing.typed), [], Standing(writing, is_restored=True))


@blueprint.post("/drafts/<token>/sections/<key>")
@allows("application:edit")
def save_section(token: str, key: str) -> ResponseReturnValue:
    """Save one page; what cannot be saved is kept as it was typed, and shown again."""
    draft = open_draft(token)
    files = asked_files(draft.section(key))
    posted = with_outlines(request.form, without(request.files, files.names))
    form, mark = section_form(draft, key, posted), posted_mark(token, key)
    if unknown := strangers(form, posted, known=(*OWN_FIELDS, *files.takes_back)):
        words = words_of_strangers(form, unknown)
        return _page(draft, form, [("", words)], Standing(writing_of(draft, key, by=actor()), is_kept=False)), 422
    refused = hand_in_asked(token, files)  # before anything else is judged: a file that was sent is not sent again
    mistakes = [(field_name(material), words) for material, words in refused.items()]
    step = request.form.get("next_step", "")
    if change_rows(form, step):
        return _again(token, form, mark, mistakes, 200)
    leaving = step == "save_and_leave"
    is_right = form.validate()
    if not is_right and not (leaving and not any(field.is_wrong for field in form.fields)):
        wrong = [field for field in form.fields if field.is_wrong or not leaving]
        return _again(token, form, mark, [*(fault for field in wrong for fault in field.faults), *mistakes], 422)
    by, moment = actor(), now()
    asked = {question.key for question in form.section.questions}
    left = typed_in(form) if not is_right and _has_more(form) else []
    try:
        with changing(by, moment) as session:
            application = for_change.application(session, token)
            settle_typed(application, key, left, page=mark.page if mark else None, by=by, at=moment)
            drafting.save(application, clean(form), asked=asked, version=version(), by=by, at=moment)
    except (ChangedMeanwhile, TypedElsewhere) as refusal:
        return _met(token, form, mark, refusal)
    if mistakes:
        return _again(token, form, None, mistakes, 422)
    return redirect(_onward(token, key, leaving=leaving), 303)


@blueprint.post("/drafts/<token>/sections/<key>/typed")
@allows("application:edit")
def keep_page(token: str, key: str) -> ResponseReturnValue:
    """By the page itself while somebody types, answered in a few words; by what leads away from it without saving (the
    step before, another language or look), which goes on there.
    """
    draft = open_draft(token)
    files, mark = asked_files(draft.section(key)), posted_mark(token, key)
    posted = with_outlines(request.form, without(request.files, files.names))
    form = section_form(draft, key, posted)
    if mark is None or strangers(form, posted, known=(*OWN_FIELDS, *AWAY, *files.takes_back)):
        abort(422)
    is_away = any(name in request.form for name in AWAY)
    if not is_away:
        if sum(len(name) + len(text) for name, text in posted.items(multi=True)) > LARGEST:
            return _said(_("这一页写得太长，不能边写边存。请按「保存」。"), 413)
        return _said(*_told(keep(draft, key, form, mark.page, by=actor())))
    refused = [(field_name(material), words) for material, words in hand_in_asked(token, files).items()]
    if refused:
        return _again(token, form, mark, refused, 422)
    if keep(draft, key, form, mark.page, by=actor(), asked_for=True) is not Kept.YES:
        return _met(token, form, mark, ChangedMeanwhile())
    back = (
        _way_back(draft, key)
        if request.form.get("then") == "back"
        else url_for(".section", token=token, key=key, back=_from_check())
    )
    response = redirect(back, 303)
    choose_looks(response, request.form)
    return response


@blueprint.post("/drafts/<token>/sections/<key>/typed/forget")
@allows("application:edit")
def forget_page(token: str, key: str) -> ResponseReturnValue:
    """The page is again as it was last saved."""
    refuse_strangers()
    open_draft(token).section(key)
    by, moment = actor(), now()
    with changing(by, moment) as session:
        forget_typed(for_change.application(session, token), key, by=by, at=moment)
    flash(_("没有保存的内容已经删除，下面是上次保存的。"), "success")
    return redirect(url_for(".section", token=token, key=key, back=_from_check()), 303)


@blueprint.post("/typed")
@allows("application:edit")
def put_back() -> ResponseReturnValue:
    """What was typed before one signed in anew, by whoever typed it."""
    refuse_strangers("carried")
    brought = bring_back(request.form.get("carried", ""), by=actor())
    if brought is None:
        raise NotFound
    return redirect(brought.address, 303) if brought.is_back else not_put_back(brought)


def _has_more(form: SectionForm) -> bool:
    """Whether something was typed that is no answer: not all of it, or to a question that nothing calls for yet."""
    asked = form.asked
    return any(
        field.process_errors or (field.name not in asked and any(text.strip() for _name, text in field.as_text()))
        for field in form.fields
    )


def _told(kept: Kept) -> tuple[str, int]:
    if kept is Kept.BEHIND:
        return _(
            "这一页在别的窗口或者设备上又填过或者保存过。这里写下的没有自动保存，还在这一页；按「保存」时会请您核对。"
        ), 409
    if kept is Kept.TOO_OFTEN:
        return _("保存得太频繁，过一会儿再存。写下的内容还在这一页。"), 429
    return _("写下的内容保存于 %(when)s，还要按「保存」才算填好。", when=clock(now().instant)), 200


def _said(words: str, status: int) -> ResponseReturnValue:
    return words, status, {"Content-Type": "text/plain; charset=utf-8"}


def _again(token: str, form: SectionForm, mark: Mark | None, errors: Errors, status: int) -> ResponseReturnValue:
    """The page with what was typed, which is kept as it is."""
    draft, key = open_draft(token), form.section.key
    kept = keep(draft, key, form, mark.page, by=actor(), asked_for=True) if mark else Kept.YES
    writing = writing_of(draft, key, by=actor())
    if kept is Kept.YES:
        return _page(draft, form, errors, Standing(writing)), status
    return _met(token, form, mark, ChangedMeanwhile(), errors)


def _met(
    token: str, form: SectionForm, mark: Mark | None, refusal: Refusal, errors: Errors | None = None
) -> ResponseReturnValue:
    """The page has met with another one of the same section: both are shown, and nothing is written over."""
    draft, key = drafts.draft(reading(), token, by=actor(), at=now()), form.section.key
    writing = writing_of(draft, key, by=actor())
    elsewhere = _differing(draft, form, writing) if writing and mark and writing.page != mark.name else ()
    met: set[type[Refusal]] = {TypedElsewhere if elsewhere else type(refusal)}
    if request.form.get("version", "") != str(draft.version):
        met.add(ChangedMeanwhile)
    said: Errors = [("", words_of(kind())[1]) for kind in sorted(met, key=lambda kind: kind.__name__)]
    standing = Standing(writing, is_kept=False, elsewhere=elsewhere)
    return _page(draft, form, [*said, *(errors or [])], standing), 409


def _differing(draft: drafts.Draft, form: SectionForm, writing: Writing) -> tuple[tuple[str, str], ...]:
    here = set(typed_in(form))
    there = typed_in(as_typed(draft, form.section.key, writing.typed)) if writing.typed else []
    return tuple(called(*pair) for pair in there if pair not in here and pair[1].strip())


def _page(draft: drafts.Draft, form: SectionForm, errors: Errors, standing: Standing) -> str:
    keys = [task.section.key for task in draft.sections]
    key = form.section.key
    return render_template(
        "journey/section.html",
        draft=draft,
        section=form.section,
        fields=[
            *with_origins(draft, all_params(form)),
            *pages.file_params(draft, key, dict(errors), halves(draft.token)),
        ],
        errors=errors,
        standing=standing,
        mark=sealed_mark(draft, key, standing.writing, by=actor()),
        whose=whose(actor()),
        action=url_for(".save_section", token=draft.token, key=key, back=_from_check()),
        keeping=url_for(".keep_page", token=draft.token, key=key, back=_from_check()),
        forgetting=url_for(".forget_page", token=draft.token, key=key, back=_from_check()),
        position=keys.index(key) + 1,
        total=len(keys) + bool(draft.uploads),
        mends=pages.mend_groups(draft, key),
    )


def _from_check() -> str | None:
    return "check" if request.args.get("back") == "check" else None


def _way_back(draft: drafts.Draft, key: str) -> str:
    return url_for(".check", token=draft.token) if _from_check() else pages.before(draft, key)


def _onward(token: str, key: str, *, leaving: bool) -> str:
    if leaving:
        return url_for(".tasks", token=token)
    if _from_check():
        return url_for(".check", token=token)
    return pages.following(drafts.draft(reading(), token, by=actor(), at=now()), key)
