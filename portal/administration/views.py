"""The administrator's doors: the people of every department, one of them, and the trail of staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from approvals.commands import staff as commands
from approvals.errors import Refusal
from approvals.queries.staff import MemberInFull, departments, member, members, staff_trail
from approvals.vocabulary import STAFF, Role
from forms.build import SectionForm, clean, strangers
from forms.staff import new_member_form, post_form
from forms.widgets import all_params
from portal.asking import asking, summary
from portal.errors import words_of
from portal.guards import actor, allows
from portal.invitations import link
from portal.rights import role_words
from portal.searching import found_at, in_address, searched
from portal.ui import text
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from approvals.clock.moment import Moment

blueprint = Blueprint("administration", __name__)

SHOWN_ONCE = "invitation"
"""In the browser's session: the link that the next page shows, and no page after it."""


@blueprint.route("/administration/staff", methods=["GET", "POST"])
@allows("staff:manage")
def staff() -> ResponseReturnValue:
    if onward := found_at("role", "department"):
        return onward
    search = searched(request.args).strip()[:40]
    role = next((role for role in STAFF if role == request.args.get("role")), None)
    department = request.args.get("department", "")[:64]
    page = members(
        reading(),
        search=search,
        role=role,
        department=department,
        page=request.args.get("page", 1, type=int),
        by=actor(),
    )
    chosen = {key: value for key, value in (("role", role), ("department", department)) if value}
    return render_template(
        "administration/staff.html",
        page=page,
        search=search,
        chosen=chosen,
        arguments=chosen | in_address(search),
        roles=STAFF,
        places=_places(),
    )


@blueprint.get("/administration/staff/new")
@allows("staff:manage")
def new() -> ResponseReturnValue:
    return _new_page(new_member_form(_roles(), _places(), asking()))


@blueprint.post("/administration/staff/new")
@allows("staff:manage")
def add() -> ResponseReturnValue:
    form, at = new_member_form(_roles(), _places(), asking(), request.form), now()
    if strangers(form, request.form, ("csrf_token",)) or not form.validate():
        return _new_page(form, summary(form)), 422
    given = {key: str(value) for key, value in clean(form).items()}
    try:
        with changing(actor(), at) as session_:
            account = commands.add_staff(
                session_,
                username=given["username"],
                name=given["name"],
                role=Role(given["role"]),
                department=given.get("department") or None,
                by=actor(),
                at=at,
            )
            made = account.id, account.password_hash
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _new_page(form, [("username", words)]), status
    session[SHOWN_ONCE] = [given["username"], link(*made)]
    flash(_("账号已新增。把下面的链接交给本人，本人用它设置密码。"), "success")
    return redirect(url_for(".person", username=given["username"]), 303)


@blueprint.get("/administration/staff/<username>")
@allows("staff:manage")
def person(username: str) -> ResponseReturnValue:
    return _person_page(_found(username))


@blueprint.post("/administration/staff/<username>/role")
@allows("staff:manage")
def change_role(username: str) -> ResponseReturnValue:
    found, at = _found(username), now()
    form = post_form(_roles(), _places(), asking(), request.form)
    if strangers(form, request.form, ("csrf_token",)) or not form.validate():
        return _person_page(found, form, summary(form)), 422
    given = {key: str(value) for key, value in clean(form).items()}
    try:
        with changing(actor(), at) as session_:
            commands.change_role(
                session_,
                found.member.id,
                Role(given["role"]),
                given.get("department") or None,
                by=actor(),
                at=at,
            )
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _person_page(found, form, [("role", words)]), status
    flash(_("角色已改，对方的下一次操作就按新的角色。"), "success")
    return redirect(url_for(".person", username=username), 303)


Act = Callable[..., object]
ACTS: dict[str, tuple[Act, str]] = {
    "disable": (commands.disable, _l("账号已停用，对方已经退出全部设备。")),
    "enable": (commands.enable, _l("账号已恢复。")),
    "reset-second-factor": (commands.reset_second_factor, _l("两步验证已重设，对方下次登录时重新设置。")),
    "end-sessions": (commands.end_sessions, _l("对方已经退出全部设备。")),
}


@blueprint.post("/administration/staff/<username>/<act>")
@allows("staff:manage")
def do(username: str, act: str) -> ResponseReturnValue:
    """One of ACTS, or `invite`: a new link to set the password, shown once."""
    if set(request.form) - {"csrf_token"}:
        abort(422)
    found, at = _found(username), now()
    if act != "invite" and act not in ACTS:
        abort(404)
    try:
        with changing(actor(), at) as session_:
            stamp = _carry_out(session_, act, found.member.id, at)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _person_page(_found(username), errors=[("main", words)]), status
    if act == "invite":
        session[SHOWN_ONCE] = [username, link(found.member.id, str(stamp))]
        flash(_("原来的密码已作废。把下面的链接交给本人，本人用它设置密码。"), "success")
    else:
        flash(str(ACTS[act][1]), "success")
    return redirect(url_for(".person", username=username), 303)


@blueprint.get("/administration/trail")
@allows("staff:trail")
def trail() -> ResponseReturnValue:
    page = staff_trail(reading(), page=request.args.get("page", 1, type=int), by=actor())
    return render_template("administration/trail.html", page=page)


def _carry_out(session_: Session, act: str, account: int, at: Moment) -> object:
    carry_out = commands.invite if act == "invite" else ACTS[act][0]
    return carry_out(session_, account, by=actor(), at=at)


def _found(username: str) -> MemberInFull:
    return member(reading(), username, by=actor(), at=now())


def _roles() -> list[tuple[str, str]]:
    return [(str(role), role_words(role)) for role in STAFF]


def _places() -> list[tuple[str, str]]:
    return [(code, text(name)) for code, name in departments(reading())]


def _new_page(form: SectionForm, errors: list[tuple[str, str]] | None = None) -> str:
    return render_template(
        "administration/new.html",
        fields=[{**each, "autocomplete": "off"} for each in all_params(form)],
        errors=errors or [],
    )


def _person_page(
    found: MemberInFull, form: SectionForm | None = None, errors: list[tuple[str, str]] | None = None
) -> str:
    who = found.member
    form = form or post_form(_roles(), _places(), asking(), role=str(who.role), department=who.department_code or "")
    shown: Any = session.get(SHOWN_ONCE)
    is_shown = bool(shown) and shown[0] == who.username
    if is_shown:
        session.pop(SHOWN_ONCE)
    return render_template(
        "administration/person.html",
        found=found,
        fields=all_params(form),
        errors=errors or [],
        is_me=who.id == actor().account,
        invitation=shown[1] if is_shown else "",
    )
