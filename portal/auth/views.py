"""Sign in, sign out, and choose for whom one acts."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
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
from portal.signed_out import not_put_back
from portal.typed import bring_back
from portal.unit_of_work import reading
from portal.visitor import Visitor

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
    """What was typed on a page when its session was over (`carried`) is put back into that page."""
    form = sign_in_form(asking(), request.form)
    onward, carried = local_path(request.form.get("next")), request.form.get("carried", "")
    if not form.validate():
        return _page(form, onward, summary(form), carried=carried), 422
    try:
        found = enter(str(form.data["username"]), str(form.data["password"]), request.remote_addr or "")
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _page(form, onward, [("username", words)], carried=carried), status
    if found is None and carried:
        # Imported here: that page goes on with this one. It is shown at once, for an address cannot carry so much.
        from portal.auth.second import code_page

        return code_page(onward, carried)
    if found is None:
        return redirect(url_for("auth.second", next=onward or None), 303)
    return go_on(found, onward, carried)


def go_on(found: Visitor, onward: str, carried: str) -> ResponseReturnValue:
    """To where the visitor was going. Nothing that was typed is given to another account than that which typed it."""
    brought = bring_back(carried, by=found.actor) if carried else None
    if brought is not None:
        return redirect(brought.address, 303) if brought.is_back else not_put_back(brought)
    if carried:
        flash(_("刚才没有保存的内容是用另一个账号写的，或者太久了，没有放进来。"), "warning")
        onward = ""
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


def _page(
    form: SectionForm, onward: str, errors: list[tuple[str, str]] | None = None, *, named: str = "", carried: str = ""
) -> str:
    is_demonstration = bool(current_app.extensions["settings"].demonstration)
    username, password = (params(field) for field in form.fields)
    return render_template(
        "auth/sign_in.html",
        username={**username, "value": username["value"] or named, "autocomplete": "username"},
        password={**password, "autocomplete": "current-password"},
        next=onward,
        carried=carried,
        errors=errors or [],
        idle_minutes=current_app.extensions["settings"].idle_minutes if request.args.get("idle") else None,
        accounts=demonstration_accounts(reading()) if is_demonstration else (),
        demonstration_password=PASSWORD,
    )
