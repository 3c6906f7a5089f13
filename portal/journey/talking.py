"""Messages inside an application: the applicant's page, and what it shares with the department's."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands.write_message import mark_read, write_message
from approvals.errors import NotFound, Refusal
from approvals.queries import for_change
from approvals.queries.talks import Talks, message_file
from approvals.queries.talks import talks as talks_of
from portal.errors import words_of
from portal.guards import LARGEST_NUMBER, actor, allows
from portal.journey import blueprint
from portal.journey.files import Kept, served, take_in
from portal.unit_of_work import changing, now, reading

LONGEST = 10_000
MOST_FILES = 5
FORMATS = ("pdf", "jpg", "png")


@blueprint.get("/applications/<number>/messages")
@allows("message:write")
def messages(number: str) -> ResponseReturnValue:
    return page("journey/messages.html", talks(number))


@blueprint.post("/applications/<number>/messages")
@allows("message:write")
def write(number: str) -> ResponseReturnValue:
    return writing(number, "journey/messages.html", url_for(".messages", number=number))


@blueprint.post("/applications/<number>/messages/read")
@allows("message:write")
def read_messages(number: str) -> ResponseReturnValue:
    return marking(number, url_for(".messages", number=number))


@blueprint.get("/applications/<number>/messages/files/<int:serial>")
@allows("message:write")
def sent_file(number: str, serial: int) -> ResponseReturnValue:
    return served(message_file(reading(), number, serial, by=actor()))


def talks(number: str) -> Talks:
    return talks_of(reading(), number, open_days=_open_days(), by=actor(), at=now())


def writing(number: str, layout: str, onward: str) -> ResponseReturnValue:
    """Send what was written; it is shown again where it is refused."""
    by, moment = actor(), now()
    found = talks(number)
    if set(request.form) - {"csrf_token", "department", "text"} or set(request.files) - {"files"}:
        abort(422)
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    department = request.form.get("department", "") or (found.talks[0].code if len(found.talks) == 1 else "")
    wrong = {}
    if department not in {each.code for each in found.talks}:
        wrong["department"] = _("请选择部门")
    if not text:
        wrong["text"] = _("请写内容")
    elif len(text) > LONGEST:
        wrong["text"] = _("最多 %(most)s 字，现在有 %(count)s 字", most=LONGEST, count=len(text))
    chosen = [file for file in request.files.getlist("files") if file.filename]
    if len(chosen) > MOST_FILES:
        wrong["files"] = _("一次最多 %(most)s 个文件", most=MOST_FILES)
    kept: list[Kept] = []
    if chosen and not wrong:
        kept, refusals = take_in(chosen, FORMATS)
        if refusals:
            wrong["files"] = " ".join(words_of(refusal)[1] for refusal in refusals)
    if wrong:
        return page(layout, found, wrong), 422
    files = [(one.file, one.sha256) for one in kept]
    try:
        with changing(by, moment) as session:
            application = for_change.application(session, number)
            write_message(application, department, text, files, open_days=_open_days(), by=by, at=moment)
    except NotFound:
        raise
    except Refusal as refusal:
        status, words = words_of(refusal)
        return page(layout, talks(number), {}, words), status
    flash(_("已发出。"), "success")
    return redirect(onward, 303)


def marking(number: str, onward: str) -> ResponseReturnValue:
    """Mark as read what stood on the page, and nothing that came after it."""
    by, moment = actor(), now()
    talks(number)  # whoever may not read them learns nothing else
    until = request.form.get("until", "")
    if not (until.isascii() and until.isdigit() and int(until) <= LARGEST_NUMBER):
        abort(422)
    with changing(by, moment) as session:
        application = for_change.application(session, number)
        department = request.form.get("department", "")
        mark_read(session, application, department, until=int(until), by=by, at=moment)
    return redirect(onward, 303)


def page(layout: str, found: Talks, wrong: Mapping[str, str] | None = None, refusal: str = "") -> str:
    settings = current_app.extensions["settings"]
    return render_template(
        layout,
        found=found,
        wrong=wrong or {},
        errors=[(where, words) for where, words in (wrong or {}).items()],
        typed=request.form,
        refusal=refusal,
        reply_days=settings.reply_days,
        open_days=settings.message_days,
        formats=FORMATS,
    )


def _open_days() -> int:
    days: int = current_app.extensions["settings"].message_days
    return days
