"""Sign in, sign out, and choose for whom one acts."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from approvals.errors import Refusal
from approvals.queries.demonstration import demonstration_accounts
from approvals.vocabulary import Role
from forms.build import SectionForm
from forms.sign_in import sign_in_form
from forms.widgets import params
from portal.asking import asking, summary
from portal.auth.sessions import enter, leave
from portal.demonstration.people import PASSWORD
from portal.errors import words_of
from portal.guards import PUBLIC, allows, local_path, visitor
from portal.unit_of_work import reading

blueprint = Blueprint("auth", __name__)

HOMES = {
    Role.CITIZEN: "citizen.applications",
    Role.CLERK: "clerk.queue",
    Role.LEAD: "clerk.queue",
    Role.HEAD: "clerk.queue",
    Role.GOVERNMENT: "manager.board",
    Role.SUPERVISOR: "manager.board",
    Role.MANAGER: "manager.board",
    Role.AUDITOR: "manager.board",
    Role.ADMINISTRATOR: "administration.staff",
    Role.COUNTER: "counter.desk",
}


@blueprint.get("/sign-in")
@allows(PUBLIC)
def sign_in() -> ResponseReturnValue:
    """A user name in the address fills the field in: the demonstration's table links to it."""
    if current_user.is_authenticated:
        return redirect(url_for(HOMES[visitor().actor.role]))
    named = request.args.get("username", "")[:64]
    return _page(sign_in_form(asking()), local_path(request.args.get("next")), named=named)


@blueprint.post("/sign-in")
@allows(PUBLIC)
def enter_portal() -> ResponseReturnValue:
    form = sign_in_form(asking(), request.form)
    onward = local_path(request.form.get("next"))
    if not form.validate():
        return _page(form, onward, summary(form)), 422
    try:
        found = enter(str(form.data["username"]), str(form.data["password"]), request.remote_addr or "")
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(form, onward, [("username", words)]), status
    if found is None:
        return redirect(url_for("auth.second", next=onward or None), 303)
    return redirect(onward or url_for(HOMES[found.actor.role]), 303)


@blueprint.post("/sign-out")
@allows("account:read")
def sign_out() -> ResponseReturnValue:
    """What the browser keeps of the pages goes as well; its cookies stay, for they hold language and look only."""
    leave(visitor().token)
    response = redirect(url_for("public.home"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@blueprint.post("/workspace")
@allows("account:read")
def switch_workspace() -> ResponseReturnValue:
    """Act for an organisation, for a person (p and the number), or for oneself (empty)."""
    chosen = request.form.get("workspace", "")
    if not chosen or any(f"p{person.id}" == chosen for person in visitor().people):
        session.pop("workspace", None)
        session.pop("person", None)
        if chosen:
            session["person"] = int(chosen[1:])
        return redirect(url_for("citizen.applications"), 303)
    if not any(str(space.id) == chosen for space in visitor().workspaces):
        abort(404)
    session.pop("person", None)
    session["workspace"] = int(chosen)
    return redirect(url_for("business.applications"), 303)


def _page(form: SectionForm, onward: str, errors: list[tuple[str, str]] | None = None, *, named: str = "") -> str:
    is_demonstration = bool(current_app.extensions["settings"].demonstration)
    username, password = (params(field) for field in form.fields)
    return render_template(
        "auth/sign_in.html",
        username={**username, "value": username["value"] or named, "autocomplete": "username"},
        password={**password, "autocomplete": "current-password"},
        next=onward,
        errors=errors or [],
        idle_minutes=current_app.extensions["settings"].idle_minutes if request.args.get("idle") else None,
        accounts=demonstration_accounts(reading()) if is_demonstration else (),
        demonstration_password=PASSWORD,
    )
