"""Looking into an application outside one's work: the reason first, and the list of who has looked."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from approvals.commands.open_case import open_case
from approvals.errors import ReasonNeeded
from approvals.queries import for_change
from approvals.queries.openings import openable
from approvals.queries.openings import openings as openings_of
from approvals.vocabulary import OpeningReason, Role
from forms.build import SectionForm, clean, strangers
from forms.opening import opening_form
from forms.widgets import all_params
from portal.asking import asking, summary
from portal.errors import refused
from portal.guards import actor, allows, local_path
from portal.manager.views import blueprint
from portal.terms import opening_words
from portal.unit_of_work import changing, now, reading


@blueprint.app_errorhandler(ReasonNeeded)
def ask_why(refusal: ReasonNeeded) -> ResponseReturnValue:
    """Leads from the page that was wanted to the one that asks; what a page asks for by itself, and what is posted, is
    refused.
    """
    if request.method != "GET" or "HX-Request" in request.headers:
        return refused(refusal)
    wanted = urlencode({"next": request.full_path.rstrip("?")})
    return redirect(f"{url_for('manager.why', number=refusal.facts['number'])}?{wanted}")


@blueprint.get("/management/applications/<number>/reason")
@allows("application:open")
def why(number: str) -> ResponseReturnValue:
    return _page(number, opening_form(_reasons(), asking()))


@blueprint.post("/management/applications/<number>/reason")
@allows("application:open")
def say_why(number: str) -> ResponseReturnValue:
    form, at = opening_form(_reasons(), asking(), request.form), now()
    if strangers(form, request.form, ("csrf_token",)) or not form.validate():
        return _page(number, form, summary(form)), 422
    given = {key: str(value) for key, value in clean(form).items()}
    with changing(actor(), at) as session:
        application = for_change.application(session, number)
        open_case(application, OpeningReason(given["reason"]), given["note"], by=actor(), at=at)
    return redirect(_onward() or url_for(".application", number=number), 303)


@blueprint.get("/management/openings")
@allows("opening:list")
def openings() -> ResponseReturnValue:
    found = openings_of(reading(), page=request.args.get("page", 1, type=int), by=actor())
    return render_template("manager/openings.html", found=found)


def _reasons() -> list[tuple[str, str]]:
    return [(str(reason), opening_words(reason)) for reason in OpeningReason]


def _onward() -> str:
    return local_path(request.args.get("next"))


def _page(number: str, form: SectionForm, errors: list[tuple[str, str]] | None = None) -> str:
    return render_template(
        "manager/why.html",
        number=number,
        item=openable(reading(), number, by=actor()),
        fields=[{**each, "autocomplete": "off"} for each in all_params(form)],
        errors=errors or [],
        may_extend=actor().role is Role.GOVERNMENT,
        action=url_for(".say_why", number=number, next=_onward() or None),
    )
