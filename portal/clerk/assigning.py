"""The doors through which a step passes from hand to hand, and by which its desk asks for more days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from approvals.commands import assign as assigning
from approvals.commands import hand_over as handing_over
from approvals.commands import recall as recalling
from approvals.commands import take as taking
from approvals.commands.extend import ask_extension
from approvals.errors import Refusal
from approvals.queries import for_change
from approvals.queries.free_step import free_step
from forms.intervention import REASON_LENGTH
from portal.clerk.desk_page import DeskPage
from portal.clerk.views import blueprint
from portal.guards import LARGEST_NUMBER, actor, allows
from portal.unit_of_work import changing, now

if TYPE_CHECKING:
    from approvals.clock.moment import Moment
    from approvals.records.step import StepRecord

LONGEST = 500

FIELDS = {
    "take": (),
    "take_over": ("from", "note"),
    "assign": ("to", "note"),
    "hand_over": ("to", "note"),
    "recall": ("note",),
    "put_back": ("note",),
}
"""What each form may post beside its verb."""
NEEDS_NOTE = {"take_over": _l("请写明为什么接过来"), "hand_over": _l("请写明办到哪一步，还要做什么")}

DONE = {
    "take": _l("已接办。"),
    "take_over": _l("已接过来，由您办理。"),
    "assign": _l("已分派。"),
    "hand_over": _l("已转交。"),
    "recall": _l("已收回。"),
    "put_back": _l("已放回，本部门的人都可以接。"),
}


@blueprint.post("/office/queue/next")
@allows("queue:read")
def take_next() -> ResponseReturnValue:
    """What is due first of all that nobody has is the clerk's, and its desk opens."""
    if set(request.form) - {"csrf_token"}:
        abort(422)
    at = now()
    with changing(actor(), at) as session:
        step = free_step(session, by=actor())
        if step is not None:
            taking.take(step, by=actor(), at=at)
        found = (str(step.application.number), step.key) if step is not None else None
    if found is None:
        flash(_("没有等人接办的环节了。"), "info")
        return redirect(url_for("clerk.queue"), 303)
    return redirect(url_for("clerk.desk", number=found[0], key=found[1]), 303)


@blueprint.post("/office/steps/<number>/<key>/assignment")
@allows("step:take")
def pass_on(number: str, key: str) -> ResponseReturnValue:
    """What was posted as `verb`; what was typed is shown again where it is refused."""
    page = DeskPage.of(number, key, "assignment")
    verb = request.form.get("verb", "")
    known = {"csrf_token", "verb", *FIELDS.get(verb, ())}
    if verb not in FIELDS or any(name not in known or len(sent) != 1 for name, sent in request.form.lists()):
        abort(422)
    page.wrong = _wrong(verb)
    if page.wrong:
        return page.render(422)
    try:
        with changing(actor(), page.at) as session:
            _carry_out(verb, for_change.step(session, number, key), page.at)
            page.note_read(session)
    except Refusal as refusal:
        return page.refused(refusal)
    flash(str(DONE[verb]), "success")
    return redirect(url_for("clerk.desk", number=number, key=key), 303)


@blueprint.post("/office/steps/<number>/<key>/extension")
@allows("step:decide")
def ask_for_days(number: str, key: str) -> ResponseReturnValue:
    """Whoever may extend the limits is asked to; what was typed is shown again where it is refused."""
    page = DeskPage.of(number, key, "extension")
    if any(name not in {"csrf_token", "days", "reason"} or len(sent) != 1 for name, sent in request.form.lists()):
        abort(422)
    days, reason = request.form.get("days", "").strip(), request.form.get("reason", "").strip()
    is_number = days.isascii() and days.isdigit() and len(days) < 4
    if not is_number:
        page.wrong = "extension-days", _("请写要延长几个工作日，例如 5")
    elif not reason:
        page.wrong = "extension-reason", _("请写明为什么要延长")
    elif len(reason) > REASON_LENGTH:
        page.wrong = (
            "extension-reason",
            _("最多写 %(most)s 个字，现在有 %(now)s 个字", most=REASON_LENGTH, now=len(reason)),
        )
    if page.wrong:
        return page.render(422)
    try:
        with changing(actor(), page.at) as session:
            ask_extension(for_change.step(session, number, key), int(days), reason, by=actor(), at=page.at)
            page.note_read(session)
    except Refusal as refusal:
        return page.refused(refusal)
    flash(_("延期申请已交给有权决定的人。"), "success")
    return redirect(url_for("clerk.desk", number=number, key=key), 303)


def _wrong(verb: str) -> tuple[str, str] | None:
    """The first field that cannot even be tried, by its id, and why."""
    note = request.form.get("note", "").strip()
    if "to" in FIELDS[verb] and _account("to") is None:
        return f"{verb}-to", _("请选择交给谁")
    if verb in NEEDS_NOTE and not note:
        return f"{verb}-note", str(NEEDS_NOTE[verb])
    if len(note) > LONGEST:
        return f"{verb}-note", _("最多写 %(most)s 个字，现在有 %(now)s 个字", most=LONGEST, now=len(note))
    return None


def _account(name: str) -> int | None:
    typed = request.form.get(name, "")
    is_number = typed.isascii() and typed.isdigit() and len(typed) < 11
    return int(typed) if is_number and 0 < int(typed) <= LARGEST_NUMBER else None


def _carry_out(verb: str, step: StepRecord, at: Moment) -> None:
    by, note = actor(), request.form.get("note", "")
    match verb:
        case "take":
            taking.take(step, by=by, at=at)
        case "take_over":
            taking.take_over(step, note, from_account=_account("from") or 0, by=by, at=at)
        case "assign":
            assigning.assign(step, _account("to") or 0, note, by=by, at=at)
        case "hand_over":
            handing_over.hand_over(step, _account("to") or 0, note, by=by, at=at)
        case "recall":
            recalling.recall(step, note, by=by, at=at)
        case _:
            handing_over.put_back(step, note, by=by, at=at)
