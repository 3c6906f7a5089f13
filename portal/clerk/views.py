"""The clerk's doors: queue, desk, and the four things one can do to a step."""

from __future__ import annotations

from decimal import Decimal
from math import ceil

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands import decide as deciding
from approvals.commands.keep_opinion import keep_correction
from approvals.commands.pause import pause as begin_procedure
from approvals.commands.pause import resume as end_procedure
from approvals.commands.propose import propose
from approvals.commands.return_for_correction import return_for_correction
from approvals.commands.speak_late import speak_late
from approvals.errors import Refusal
from approvals.queries import for_change
from approvals.queries.colleagues import LEADING
from approvals.queries.queue import queue as queue_of
from approvals.queries.queue_filter import Late, Manner, Round, Second, Seen, Show, Whose
from approvals.queries.saved_views import saved_views
from approvals.queries.step_file import step_file
from approvals.queries.talks import unread_in, waiting_talks
from approvals.vocabulary import BatchVerb, PauseReason
from portal.clerk.desk_page import DeskPage
from portal.clerk.filters import EVERYTHING, FILTERS, chosen, only, view_address
from portal.guards import actor, allows
from portal.journey.files import served
from portal.journey.intervening import intervening
from portal.journey.thumbnails import pictured
from portal.journey.watching import answering, watched
from portal.searching import SEARCH, found_at
from portal.unit_of_work import changing, now, reading

blueprint = Blueprint("clerk", __name__)


@blueprint.route("/office/queue", methods=["GET", "POST"])
@allows("queue:read")
def queue() -> ResponseReturnValue:
    """What is looked for is posted, and then stands in the address as far as it may."""
    if onward := found_at(*FILTERS):
        return onward
    views = saved_views(reading(), by=actor())
    default = next((view for view in views if view.is_default), None)
    if default is not None and not request.args:
        return redirect(view_address(default.filters))
    wanted, is_known = chosen(request.args)
    arguments = wanted.as_arguments()
    found = queue_of(reading(), wanted.filters, page=wanted.page, by=actor(), at=now())
    return render_template(
        "clerk/queue.html",
        queue=found,
        parts=Show,
        owners=Whose,
        batch_verbs=[each for each in BatchVerb if each is not BatchVerb.ASSIGN or LEADING & actor().roles],
        choices={"round": Round, "manner": Manner, "seen": Seen, "second": Second, "late": Late},
        only=only,
        search_names=SEARCH,
        is_known=is_known,
        arguments=arguments,
        # Nothing in the address would lead to the default view.
        everything={"show": "all"} if default else {},
        views=[(view, view_address(view.filters)) for view in views],
        shown_view=wanted.as_kept() or EVERYTHING,
        written=unread_in(reading(), [row.number for row in found.rows], by=actor()),
        unread=waiting_talks(reading(), page=1, by=actor()).total,
    )


@blueprint.get("/office/steps/<number>/<key>")
@allows("step:decide")
def desk(number: str, key: str) -> ResponseReturnValue:
    return DeskPage.of(number, key).render()


@blueprint.post("/office/steps/<number>/<key>/decide")
@allows("step:decide")
def decide(number: str, key: str) -> ResponseReturnValue:
    """Where two people are asked for, the first one's opinion is kept until a second one has confirmed it."""
    page = DeskPage.of(number, key, "decision")
    command = propose if page.desk.is_for_two else deciding.decide
    return page.speak(command) or redirect(url_for("clerk.queue"), 303)


@blueprint.post("/office/steps/<number>/<key>/late")
@allows("step:decide")
def late(number: str, key: str) -> ResponseReturnValue:
    """What the department's silence left unsaid; kept and shown to whoever decides."""
    page = DeskPage.of(number, key, "decision")
    return page.speak(speak_late) or redirect(url_for("clerk.desk", number=number, key=key), 303)


@blueprint.post("/office/steps/<number>/<key>/return")
@allows("step:return")
def send_back(number: str, key: str) -> ResponseReturnValue:
    page = DeskPage.of(number, key, "correction")
    mends, answers = page.mends(), page.clean()
    if mends is None or answers is None:
        return page.render(422)
    why_again = str(answers.get("why_again", ""))
    try:
        with changing(by=actor(), at=page.at) as session:
            step = page.same_round(for_change.step(session, number, key))
            return_for_correction(step, mends, why_again=why_again, by=actor(), at=page.at)
            page.note_read(session)
            keep_correction(session, number, key, {}, round_=page.desk.round, by=actor(), at=page.at)
    except Refusal as refusal:
        return page.refused(refusal)
    flash(_("%(title)s：已请申请人补正 %(count)s 处", title=page.desk.title, count=len(mends)), "success")
    return redirect(url_for("clerk.queue"), 303)


@blueprint.post("/office/steps/<number>/<key>/pause")
@allows("step:pause")
def pause(number: str, key: str) -> ResponseReturnValue:
    page = DeskPage.of(number, key, "procedure")
    answers = page.clean()
    if answers is None:
        return page.render(422)
    reason, days, note = PauseReason(str(answers["reason"])), ceil(Decimal(str(answers["days"]))), str(answers["note"])
    try:
        with changing(by=actor(), at=page.at) as session:
            step = page.same_round(for_change.step(session, number, key))
            begin_procedure(step, reason, days=days, note=note, by=actor(), at=page.at)
            page.note_read(session)
    except Refusal as refusal:
        return page.refused(refusal)
    flash(_("特别程序已开始，从明天起不计时。"), "success")
    return redirect(url_for("clerk.desk", number=number, key=key), 303)


@blueprint.post("/office/steps/<number>/<key>/resume")
@allows("step:pause")
def resume(number: str, key: str) -> ResponseReturnValue:
    page = DeskPage.of(number, key)
    try:
        with changing(by=actor(), at=page.at) as session:
            end_procedure(for_change.step(session, number, key), by=actor(), at=page.at)
            page.note_read(session)
    except Refusal as refusal:
        return page.refused(refusal)
    flash(_("特别程序已结束，从明天起继续计时。"), "success")
    return redirect(url_for("clerk.desk", number=number, key=key), 303)


@blueprint.route("/office/applications/<number>", methods=["GET", "POST"])
@allows("application:suspend")
def whole(number: str) -> ResponseReturnValue:
    return intervening(number, (_("待办"), url_for("clerk.queue")), url_for("clerk.whole", number=number))


@blueprint.get("/office/supervision")
@allows("supervision:list")
def supervision() -> ResponseReturnValue:
    return watched("clerk/supervision.html")


@blueprint.post("/office/supervision/<int:record>/answer")
@allows("supervision:answer")
def answer(record: int) -> ResponseReturnValue:
    return answering(record, "clerk/supervision.html", url_for("clerk.supervision"))


@blueprint.get("/office/steps/<number>/<key>/materials/<material>/<int:version>")
@allows("queue:read")
def file(number: str, key: str, material: str, version: int) -> ResponseReturnValue:
    return served(step_file(reading(), number, key, material, version, by=actor(), at=now()))


@blueprint.get("/office/steps/<number>/<key>/materials/<material>/<int:version>/thumbnail")
@allows("queue:read")
def thumbnail(number: str, key: str, material: str, version: int) -> ResponseReturnValue:
    """Of the same file, a small picture."""
    return pictured(step_file(reading(), number, key, material, version, by=actor(), at=now()))
