"""The door to what waits for a second person (双人复核): confirm it, send it back, or take back one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from approvals.commands import propose as proposing
from approvals.errors import Refusal
from approvals.queries import for_change
from forms.decision import REASON_LENGTH
from portal.clerk.desk_page import DeskPage, why_late, wrong_late
from portal.clerk.views import blueprint
from portal.guards import LARGEST_NUMBER, actor, allows
from portal.unit_of_work import changing

if TYPE_CHECKING:
    from approvals.clock.moment import Moment
    from approvals.records.step import StepRecord

DONE = {
    "confirm": _l("已复核，意见生效。"),
    "send_back": _l("已退回经办人。"),
    "take_back": _l("已收回，可以改过再提。"),
}


@blueprint.post("/office/steps/<number>/<key>/proposal")
@allows("step:decide")
def answer_proposal(number: str, key: str) -> ResponseReturnValue:
    """What was posted as `verb` about the proposal `proposed`; what was typed is shown again where it is refused."""
    page = DeskPage.of(number, key, "proposal")
    known = {"csrf_token", "verb", "proposed", "note", "late_reason", "late_note"}
    if page.verb not in DONE or any(name not in known or len(sent) != 1 for name, sent in request.form.lists()):
        abort(422)
    page.wrong = _wrong(page)
    if page.wrong:
        return page.render(422)
    try:
        with changing(by=actor(), at=page.at) as session:
            _carry_out(page.verb, for_change.step(session, number, key), page.at)
            page.note_read(session)
    except Refusal as refusal:
        return page.refused(refusal)
    flash(str(DONE[page.verb]), "success")
    is_over = page.verb != "take_back"
    return redirect(url_for("clerk.queue") if is_over else url_for("clerk.desk", number=number, key=key), 303)


def _wrong(page: DeskPage) -> tuple[str, str] | None:
    note = request.form.get("note", "").strip()
    if page.verb == "confirm" and page.desk.is_overdue and page.desk.explanation is None:
        wrong = wrong_late(why_late(request.form))
        return next(((f"confirm-{field}", words) for field, words in wrong.items()), None)
    if page.verb == "send_back" and not note:
        return "send_back-note", _("请写明为什么退回")
    if len(note) > REASON_LENGTH:
        return "send_back-note", _("最多写 %(most)s 个字，现在有 %(now)s 个字", most=REASON_LENGTH, now=len(note))
    return None


def _carry_out(verb: str, step: StepRecord, at: Moment) -> None:
    """A number that is none names no proposal."""
    typed = request.form.get("proposed", "")[:11]
    number = min(int(typed), LARGEST_NUMBER) if typed.isascii() and typed.isdigit() else 0
    match verb:
        case "confirm":
            proposing.confirm(step, number, late=why_late(request.form), by=actor(), at=at)
        case "send_back":
            proposing.send_back(step, number, request.form.get("note", ""), by=actor(), at=at)
        case _:
            proposing.take_back(step, number, by=actor(), at=at)
