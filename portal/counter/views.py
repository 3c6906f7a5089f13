"""The counter clerk's doors: receive somebody, take in what they apply for, hand out what was decided."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands.attend import open_up, take_in, take_up
from approvals.commands.hand_out import hand_out, prepare
from approvals.commands.receive_visitor import Named, receive_visitor
from approvals.errors import NotFound, Refusal
from approvals.queries import counter, for_change
from approvals.queries.profile import answers_at_window
from approvals.queries.writs import writs
from approvals.vocabulary import Authority, IdentityDocument
from forms.build import SectionForm, clean, strangers
from forms.counter import visitor_form
from forms.widgets import all_params
from portal.asking import asking, summary
from portal.errors import words_of
from portal.guards import actor, allows
from portal.searching import found_at, searched
from portal.terms import AUTHORITIES, DOCUMENTS
from portal.unit_of_work import changing, now, reading
from services.catalogue import UnknownItem
from services.current import catalogue
from services.item import Audience, Item

blueprint = Blueprint("counter", __name__)

MOST_ITEMS = 12
FIELDS = {"AuthorityMissing": "authority", "OrganisationMismatch": "credit_code"}
"""Where on the page a refusal is shown."""


@blueprint.get("/counter")
@allows("counter:serve")
def desk() -> ResponseReturnValue:
    window = counter.last_window(reading(), by=actor())
    return _desk_page(_form(window=window))


@blueprint.post("/counter")
@allows("counter:serve")
def receive() -> ResponseReturnValue:
    form = _form(request.form)
    if strangers(form, request.form) or not form.validate():
        return _desk_page(form, summary(form)), 422
    given, at = {key: str(value) for key, value in clean(form).items()}, now()
    try:
        with changing(actor(), at) as session:
            came = receive_visitor(
                session,
                Named(given["present"], given["identity_number"]),
                IdentityDocument(given["document"]),
                window=given["window"],
                person=_named(given, "principal", "principal_number"),
                organisation=_named(given, "organisation_name", "credit_code"),
                authority=Authority(given["authority"]) if "authority" in given else None,
                by=actor(),
                at=at,
            )
            record = came.id
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _desk_page(form, [(FIELDS.get(refusal.name, "identity_number"), words)]), status
    return redirect(url_for(".visit", record=record), 303)


@blueprint.route("/counter/visits/<int:record>", methods=["GET", "POST"])
@allows("counter:serve")
def visit(record: int) -> ResponseReturnValue:
    """Looks for an item by words, or by its `number` for a result that was delivered already and is wanted on paper."""
    if onward := found_at("number"):
        return onward
    number = request.args.get("number", "").strip()[:64]
    words = " ".join(searched(request.args).split())[:100]
    here = counter.at_window(reading(), record, number=number, by=actor(), at=now())
    return render_template(
        "counter/visit.html",
        visit=here,
        words=words,
        items=_items(words, is_organisation=here.is_organisation) if words else [],
        number=number,
        is_found=any(each.number == number for each in here.ready),
    )


@blueprint.post("/counter/visits/<int:record>/applications")
@allows("counter:serve")
def apply(record: int) -> ResponseReturnValue:
    """A draft in the name of whom the visit is for; the pages of any draft follow."""
    try:
        item = catalogue().item(_only("item"))
    except UnknownItem:
        raise NotFound from None
    by, at = actor(), now()
    with changing(by, at) as session:
        known = answers_at_window(session, item, record, by=by, at=at)
        came = for_change.visit(session, record, by=by, at=at)
        begun = take_in(came, for_change.revision(session, item.code), answers=known, by=by, at=at)
        token = begun.token
    return redirect(url_for("journey.tasks", token=token), 303)


@blueprint.post("/counter/visits/<int:record>/corrections")
@allows("counter:serve")
def mend(record: int) -> ResponseReturnValue:
    by, at = actor(), now()
    with changing(by, at) as session:
        application = for_change.application(session, _only("number"))
        take_up(for_change.visit(session, record, by=by, at=at), application, by=by, at=at)
        token = application.token
    return redirect(url_for("journey.tasks", token=token), 303)


@blueprint.post("/counter/visits/<int:record>/running")
@allows("counter:serve")
def open_running(record: int) -> ResponseReturnValue:
    """What was sent in before: its progress follows, where it is amended or withdrawn."""
    by, at, number = actor(), now(), _only("number")
    with changing(by, at) as session:
        application = for_change.application(session, number)
        open_up(for_change.visit(session, record, by=by, at=at), application, by=by, at=at)
    return redirect(url_for("journey.tracker", number=number), 303)


@blueprint.post("/counter/visits/<int:record>/results")
@allows("counter:serve")
def open_result(record: int) -> ResponseReturnValue:
    """Its papers can be opened here today, and the page on which they are handed out follows."""
    by, at, number = actor(), now(), _only("number")
    with changing(by, at) as session:
        application = for_change.application(session, number)
        prepare(for_change.visit(session, record, by=by, at=at), application, by=by, at=at)
    return redirect(url_for(".result", record=record, number=number), 303)


@blueprint.get("/counter/visits/<int:record>/results/<number>")
@allows("counter:serve")
def result(record: int, number: str) -> ResponseReturnValue:
    return _result_page(record, number, [])


@blueprint.post("/counter/visits/<int:record>/results/<number>")
@allows("counter:serve")
def give(record: int, number: str) -> ResponseReturnValue:
    if set(request.form) - {"csrf_token", "handed"}:
        abort(422)
    if request.form.get("handed") != "yes":
        return _result_page(record, number, [("handed", _("请先核对证件，当面交付，再勾选。"))]), 422
    by, at = actor(), now()
    with changing(by, at) as session:
        application = for_change.application(session, number)
        hand_out(for_change.visit(session, record, by=by, at=at), application, by=by, at=at)
    flash(_("已登记领取。送达回证在办件的文书里，可以打印给领取人签收。"), "success")
    return redirect(url_for("journey.tracker", number=number), 303)


def _form(posted: Mapping[str, str] | None = None, *, window: str = "") -> SectionForm:
    return visitor_form(
        asking(),
        request.form if posted is not None else None,
        window=window,
        documents=[(str(each), str(words)) for each, words in DOCUMENTS.items()],
        authorities=[(str(each), str(words)) for each, words in AUTHORITIES.items()],
    )


def _named(given: Mapping[str, str], name: str, number: str) -> Named | None:
    return Named(given[name], given[number]) if name in given else None


def _only(name: str) -> str:
    """The one value that a small form posts."""
    if set(request.form) - {"csrf_token", name}:
        abort(422)
    return request.form.get(name, "")


def _items(words: str, *, is_organisation: bool) -> list[Item]:
    """What can be applied for online, by whom the visit is for."""
    offered = catalogue()
    wanted = Audience.BUSINESSES if is_organisation else Audience.CITIZENS
    found = (offered.items[one.key] for one in offered.find(words, wanted).items)
    return [item for item in found if item.is_online and offered.bundle_for(item.code) is None][:MOST_ITEMS]


def _desk_page(form: SectionForm, errors: list[tuple[str, str]] | None = None) -> str:
    wanted = request.args.get("page", 1, type=int)
    return render_template(
        "counter/desk.html",
        fields=[{**drawn, "autocomplete": "off"} for drawn in all_params(form)],
        errors=errors or [],
        page=counter.visits_today(reading(), page=wanted, by=actor(), at=now()),
    )


def _result_page(record: int, number: str, errors: list[tuple[str, str]]) -> str:
    at = now()
    return render_template(
        "counter/result.html",
        found=counter.to_hand_out(reading(), record, number, by=actor(), at=at),
        writs=writs(reading(), number, by=actor(), at=at),
        errors=errors,
    )
