"""Copies of my certificates, for one purpose and one recipient, and their English translation: asked for, fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands.copy import LONGEST, make_copy, revoke_copy
from approvals.commands.translate import translate as ask_for_translation
from approvals.errors import NotFound, Refusal
from approvals.queries import for_change
from approvals.queries.copies import Copies, copy_file
from approvals.queries.copies import copies as copies_of
from approvals.storage import Folder
from portal.citizen.sharing import verification_address
from portal.citizen.views import SANDBOX, blueprint
from portal.errors import words_of
from portal.guards import actor, allows
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from approvals.records.certificate import Certificate

DAYS = (7, 30, 90, 180, 365)
"""For how long a copy may be used, to choose from."""


@blueprint.get("/my/certificates/<number>/copies")
@allows("certificate:copy")
def copies(number: str) -> ResponseReturnValue:
    return _page(copies_of(reading(), number, by=actor(), at=now()))


@blueprint.post("/my/certificates/<number>/copies")
@allows("certificate:copy")
def copy(number: str) -> ResponseReturnValue:
    """What was typed is shown again where it is refused."""
    if any(name not in {"csrf_token", "purpose", "recipient", "days"} for name in request.form):
        abort(422)
    by, at = actor(), now()
    found = copies_of(reading(), number, by=by, at=at)
    wrong = {}
    for name in ("purpose", "recipient"):
        length = len(" ".join(request.form.get(name, "").split()))
        if length == 0:
            wrong[name] = _("请写明给谁用") if name == "recipient" else _("请写明做什么用")
        elif length > LONGEST:
            wrong[name] = _("最多 %(most)s 字，现在有 %(count)s 字", most=LONGEST, count=length)
    days = request.form.get("days", "")
    if days not in {str(each) for each in DAYS}:
        wrong["days"] = _("请选择有效多久")
    if wrong:
        return _page(found, wrong), 422
    try:
        with changing(by, at) as session:
            certificate = _locked(session, found)
            make_copy(certificate, request.form["purpose"], request.form["recipient"], int(days), by=by, at=at)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(copies_of(reading(), number, by=by, at=at), {}, words), status
    flash(_("副本正在制作，一般一分钟内可以下载。"), "success")
    return redirect(url_for(".copies", number=number), 303)


@blueprint.post("/my/certificates/<number>/copies/<int:serial>/revoke")
@allows("certificate:copy")
def revoke(number: str, serial: int) -> ResponseReturnValue:
    by, at = actor(), now()
    found = copies_of(reading(), number, by=by, at=at)
    with changing(by, at) as session:
        revoke_copy(_locked(session, found), serial, by=by, at=at)
    flash(_("副本已作废，核验页立即显示。"), "success")
    return redirect(url_for(".copies", number=number), 303)


@blueprint.post("/my/certificates/<number>/translation")
@allows("certificate:copy")
def translate(number: str) -> ResponseReturnValue:
    """Asked for twice, it is made once."""
    by, at = actor(), now()
    found = copies_of(reading(), number, by=by, at=at)
    with changing(by, at) as session:
        ask_for_translation(_locked(session, found), by=by, at=at)
    flash(_("英文译本正在制作，一般一分钟内可以下载。"), "success")
    return redirect(url_for(".certificate", number=number, _anchor="translation"), 303)


@blueprint.get("/my/certificates/<number>/copies/<int:serial>/pdf")
@allows("certificate:copy")
def copy_pdf(number: str, serial: int) -> ResponseReturnValue:
    called, digest = copy_file(reading(), number, serial, by=actor())
    try:
        content = Folder(current_app.extensions["settings"].files).get(digest)
    except FileNotFoundError:
        raise NotFound from None
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{called}.pdf")
    answer.headers["Content-Security-Policy"] = SANDBOX
    return answer


def _locked(session: Session, found: Copies) -> Certificate:
    certificate = for_change.application(session, found.application).certificate
    if certificate is None:
        raise NotFound
    return certificate


def _page(found: Copies, wrong: dict[str, str] | None = None, refusal: str = "") -> str:
    return render_template(
        "citizen/copies.html",
        found=found,
        days=DAYS,
        addresses={row.id: verification_address(row.number, row.code) for row in found.rows},
        wrong=wrong or {},
        errors=[(where, words) for where, words in (wrong or {}).items()],
        typed=request.form,
        refusal=refusal,
    )
