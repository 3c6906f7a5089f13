"""What a department writes on its certificates: texts and the seal, with a preview, let into force by two people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from approvals.certificates.press import press_sample
from approvals.commands.write_paper import decline_paper, publish_paper, write_paper
from approvals.errors import Refusal
from approvals.queries import for_change
from approvals.queries.papers import PaperSeen
from approvals.queries.papers import paper as paper_seen
from approvals.queries.papers import papers as papers_of
from approvals.spawned import Jammed
from forms.build import strangers
from forms.paper import read_seal, read_text, reason_form, reason_of, rows, seal_form, text_form
from forms.widgets import params
from portal.asking import asking, summary
from portal.clerk.views import blueprint
from portal.errors import error_page, words_of
from portal.guards import actor, allows
from portal.ui import language, text
from portal.unit_of_work import changing, now, reading
from services.current import catalogue
from services.item import Item
from services.papers import Seal, seal_content, text_content
from services.places import HOLDER, ISSUED_ON, ISSUER, VALID_UNTIL, places

if TYPE_CHECKING:
    from forms.build import SectionForm

log = structlog.get_logger()
COMMON = {HOLDER: _l("持证人"), ISSUER: _l("发证机关"), ISSUED_ON: _l("发证日期"), VALID_UNTIL: _l("有效期至")}
MARKS = ("csrf_token", "version")
"""What the form posts beside its fields: `version` is the newest version when it was opened."""


@blueprint.get("/office/papers")
@allows("paper:edit")
def papers() -> ResponseReturnValue:
    return render_template("clerk/papers.html", found=papers_of(reading(), by=actor()))


@blueprint.get("/office/papers/<slug>")
@allows("paper:edit")
def paper(slug: str) -> ResponseReturnValue:
    """The form, filled with what is in force, or with an older or waiting version (`from`)."""
    found = paper_seen(reading(), slug, shown=request.args.get("from", type=int), by=actor())
    return _page(found, _form(found))


@blueprint.post("/office/papers/<slug>")
@allows("paper:edit")
def write(slug: str) -> ResponseReturnValue:
    """A new version, which waits for a second person."""
    found = paper_seen(reading(), slug, by=actor())
    form = _form(found, is_posted=True)
    content = _content(found, form)
    if content is None:
        return _page(found, form), 422
    after = request.form.get("version", type=int)
    try:
        return _wrote(slug, found, content, reason_of(form), after)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(paper_seen(reading(), slug, by=actor()), form, words), status


@blueprint.post("/office/papers/<slug>/catalogue")
@allows("paper:edit")
def write_as_catalogue(slug: str) -> ResponseReturnValue:
    """Likewise, back to what the catalogue says."""
    found = paper_seen(reading(), slug, by=actor())
    form = reason_form(asking(), request.form)
    if strangers(form, request.form, MARKS) or not form.validate():
        return _page(found, _form(found), _("请写明为什么这样改。")), 422
    try:
        return _wrote(slug, found, "", reason_of(form), request.form.get("version", type=int))
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(paper_seen(reading(), slug, by=actor()), _form(found), words), status


@blueprint.post("/office/papers/<slug>/preview")
@allows("paper:edit")
def preview_form(slug: str) -> ResponseReturnValue:
    """What was typed, as a page; nothing is kept."""
    found = paper_seen(reading(), slug, by=actor())
    form = _form(found, is_posted=True, is_preview=True)
    content = _content(found, form)
    if content is None:
        return _page(found, form), 422
    seal = read_seal(form) if found.item is None else found.seal
    return _previewed(found, content if found.item else "", seal or found.seal)


@blueprint.get("/office/papers/<slug>/<int:version>/preview")
@allows("paper:edit")
def preview_version(slug: str, version: int) -> ResponseReturnValue:
    """A version as a page; version 0 is what the catalogue has."""
    found = paper_seen(reading(), slug, shown=version or None, by=actor())
    spec = found.item.certificate if found.item and not version else found.spec
    return _previewed(found, text_content(spec) if spec else "", found.seal)


@blueprint.post("/office/papers/<slug>/<int:version>/decide")
@allows("paper:edit")
def decide_on_paper(slug: str, version: int) -> ResponseReturnValue:
    """Published by a second person, or declined."""
    verb = request.form.get("verb")
    if verb not in ("publish", "decline") or set(request.form) - {"csrf_token", "verb"}:
        abort(422)
    by, at = actor(), now()
    found = paper_seen(reading(), slug, by=by)
    try:
        with changing(by, at) as session:
            written = for_change.paper(session, by.department, found.subject, version)
            (publish_paper if verb == "publish" else decline_paper)(session, written, by=by, at=at)
    except Refusal as refusal:
        status, words = words_of(refusal)
        found = paper_seen(reading(), slug, by=by)
        return _page(found, _form(found), words), status
    flash(
        _("已发布。从现在起核准的证照按这一版制作。") if verb == "publish" else _("已退回，这一版不会使用。"), "success"
    )
    return redirect(url_for(".paper", slug=slug), 303)


def _wrote(slug: str, found: PaperSeen, content: str, reason: str, after: int | None) -> ResponseReturnValue:
    by, at = actor(), now()
    with changing(by, at) as session:
        write_paper(session, found.department_code, found.subject, content, reason, after=after, by=by, at=at)
    flash(_("已提交，由另一位负责人审核发布后使用。"), "success")
    return redirect(url_for(".paper", slug=slug), 303)


def _form(found: PaperSeen, *, is_posted: bool = False, is_preview: bool = False) -> SectionForm:
    formdata = request.form if is_posted else None
    if found.item is None or found.spec is None:
        return seal_form(found.seal, asking(), formdata, needs_reason=not is_preview)
    return text_form(found.item, found.spec, asking(), formdata, needs_reason=not is_preview)


def _content(found: PaperSeen, form: SectionForm) -> str | None:
    """None, and reasons at the fields, where something of what was typed cannot stand."""
    if strangers(form, request.form, MARKS):
        abort(422)
    if not form.validate():
        return None
    if found.item is not None and found.spec is not None:
        return read_text(form, found.item, found.spec)
    seal = read_seal(form)
    return seal_content(seal) if seal else None


def _previewed(found: PaperSeen, content: str, seal: Seal) -> ResponseReturnValue:
    shown, on = language(), now().today
    reading().rollback()
    try:
        pdf = press_sample(
            found.item or _any_item(),
            found.department,
            found.issuer_code,
            catalogue().region_names,
            text=content,
            seal=seal,
            public_url=current_app.extensions["settings"].public_url,
            language=shown,
            on=on,
        )
    except Jammed as jam:
        log.error("preview not made", why=str(jam))
        return *error_page(503, _("预览这会儿做不出来，请过一分钟再试。")), {"Retry-After": "60"}
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "inline", filename="preview.pdf")
    answer.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _any_item() -> Item:
    """On what the seal is shown."""
    return catalogue().item("construction-permit")


def _page(found: PaperSeen, form: SectionForm, refusal: str = "") -> str:
    drawn = {field.name: params(field) for field in form.fields}
    shown: dict[str, Any] = {
        "today": now().today,
        "rows": (),
        "places": (),
        "is_demonstration": bool(current_app.extensions["settings"].demonstration),
    }
    if found.item is not None and found.spec is not None:
        lines = rows(found.item, found.spec)
        shown["rows"] = [
            (key, drawn[f"place-{number}"], drawn[f"label-{number}"], drawn[f"english-{number}"])
            for number, (key, _label, _place) in enumerate(lines)
        ]
        said = {key: text(label) for key, label, _place in lines} | {key: str(words) for key, words in COMMON.items()}
        shown["places"] = [(place, said[place]) for place in places(found.item)]
    return render_template("clerk/paper.html", found=found, drawn=drawn, errors=summary(form), refusal=refusal, **shown)
