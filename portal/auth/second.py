"""The second step of a staff sign-in: a code of the authenticator, which is enrolled here and in one's account."""

from __future__ import annotations

import segno
from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from approvals.commands.count_tries import release
from approvals.commands.second_factor import Proposal, count_code, enrol_factor, propose, remove_factor, use_code
from approvals.commands.sign_in import matches
from approvals.errors import NotFound, Refusal, WrongPassword
from approvals.queries.second_factor import Entrant, entrant_by_id, factor_of
from forms.account import confirm_form, factor_form, own_factor_form
from forms.build import SectionForm, clean
from portal.asking import asking, summary
from portal.auth.drawing import Errors, drawn, form_page
from portal.auth.sessions import awaited, begin_session, count_password_try, is_factor_optional
from portal.auth.views import HOMES, blueprint, go_on
from portal.errors import words_of
from portal.guards import PUBLIC, actor, allows, local_path, visitor
from portal.unit_of_work import changing, now, reading

ISSUER = "Tianfu Rongyibanban"
"""What authenticators show."""
PROPOSED = "second-proposal"
"""In the browser's session: the secret, sealed, until the first code proves that an authenticator has it."""


@blueprint.get("/sign-in/code")
@allows(PUBLIC)
def second() -> ResponseReturnValue:
    who = awaited()
    if who is None:
        return redirect(url_for("auth.sign_in"))
    return _sign_in_page(who, factor_form(asking()))


def code_page(onward: str, carried: str) -> ResponseReturnValue:
    """Right after the password, with what was typed on a page when its session was over."""
    who = awaited()
    return _sign_in_page(who, factor_form(asking()), onward=onward, carried=carried) if who else _too_late()


def _too_late() -> ResponseReturnValue:
    flash(_("等得太久了，请重新登录。"), "warning")
    return redirect(url_for("auth.sign_in"), 303)


@blueprint.post("/sign-in/code")
@allows(PUBLIC)
def enter_code() -> ResponseReturnValue:
    who, form = awaited(), factor_form(asking(), request.form)
    if who is None:
        return _too_late()
    if not form.validate():
        return _sign_in_page(who, form, summary(form)), 422
    code, at = str(clean(form)["factor_code"]), now()
    recovery: list[str] = []
    try:
        with changing(at=at) as session_:
            counted = count_code(session_, who.account, at=at)
        with changing(at=at) as session_:
            if who.has_factor:
                use_code(session_, who.account, code, at=at)
            else:
                recovery = enrol_factor(
                    session_, who.account, session.get(PROPOSED, ""), code, is_replacing=False, at=at
                )
        found = begin_session(who.username, who.password_hash, counted=counted)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _sign_in_page(who, form, [("factor_code", words)]), status
    onward = local_path(request.args.get("next"))
    going_on = go_on(found, onward, request.form.get("carried", ""))
    return _codes_page(recovery, onward or url_for(HOMES[found.actor.role])) if recovery else going_on


@blueprint.get("/my/account/second-factor")
@allows("factor:enrol")
def own_factor() -> ResponseReturnValue:
    return _own_page(own_factor_form(asking()))


@blueprint.post("/my/account/second-factor")
@allows("factor:enrol")
def enrol_own() -> ResponseReturnValue:
    form, at = own_factor_form(asking(), request.form), now()
    if not form.validate():
        return _own_page(form, summary(form)), 422
    given = {key: str(value) for key, value in clean(form).items()}
    try:
        who = _require_password(given["password"])
        with changing(actor(), at) as session_:
            counted = count_code(session_, who.account, at=at)
        with changing(actor(), at) as session_:
            codes = enrol_factor(
                session_, who.account, session.get(PROPOSED, ""), given["factor_code"], is_replacing=True, at=at
            )
            release(session_, counted)
    except Refusal as refusal:
        status, words = words_of(refusal)
        field = "password" if isinstance(refusal, WrongPassword) else "factor_code"
        return _own_page(form, [(field, words)]), status
    session.pop(PROPOSED, None)
    return _codes_page(codes, url_for("auth.account"))


@blueprint.get("/my/account/second-factor/remove")
@allows("factor:enrol")
def remove_own() -> ResponseReturnValue:
    _require_optional()
    return _remove_page(confirm_form(asking()))


@blueprint.post("/my/account/second-factor/remove")
@allows("factor:enrol")
def finish_remove_own() -> ResponseReturnValue:
    _require_optional()
    form, at = confirm_form(asking(), request.form), now()
    if not form.validate():
        return _remove_page(form, summary(form)), 422
    try:
        who = _require_password(str(clean(form)["password"]))
        with changing(actor(), at) as session_:
            remove_factor(session_, who.account, at=at)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _remove_page(form, [("password", words)]), status
    flash(_("两步验证已取消，登录只要密码。"), "success")
    return redirect(url_for("auth.account"), 303)


def _require_password(password: str) -> Entrant:
    who = entrant_by_id(reading(), actor().person)
    with count_password_try(visitor().username):
        if who is None or not matches(who.password_hash, password):
            raise WrongPassword
    return who


def _require_optional() -> None:
    if not is_factor_optional():
        raise NotFound


def _proposal(username: str) -> Proposal:
    found = propose(username, ISSUER, session.get(PROPOSED, ""))
    session[PROPOSED] = found.sealed
    return found


def _sign_in_page(
    who: Entrant, form: SectionForm, errors: Errors | None = None, *, onward: str = "", carried: str = ""
) -> str:
    return render_template(
        "auth/second.html",
        heading=_("输入验证码") if who.has_factor else _("设置两步验证"),
        is_enrolling=not who.has_factor,
        action=url_for("auth.enter_code", next=onward or local_path(request.args.get("next")) or None),
        carried=carried or request.form.get("carried", ""),
        fields=drawn(form),
        errors=errors or [],
        back=(url_for("auth.sign_in"), _("换一个账号登录")),
        factor=None,
        remove=None,
        **({} if who.has_factor else _shown(_proposal(who.username))),
    )


def _own_page(form: SectionForm, errors: Errors | None = None) -> str:
    factor = factor_of(reading(), actor().person)
    return render_template(
        "auth/second.html",
        heading=_("设置两步验证"),
        is_enrolling=True,
        action=url_for("auth.enrol_own"),
        fields=drawn(form),
        errors=errors or [],
        back=(url_for("auth.account"), _("我的账号")),
        factor=factor,
        remove=url_for("auth.remove_own") if factor and is_factor_optional() else None,
        **_shown(_proposal(visitor().username)),
    )


def _remove_page(form: SectionForm, errors: Errors | None = None) -> str:
    return form_page(
        form,
        errors,
        heading=_("取消两步验证"),
        lead=_("取消后登录只要密码，验证器和恢复码都不再有用。"),
        action=url_for("auth.finish_remove_own"),
        words=_("取消两步验证"),
        back=(url_for("auth.own_factor"), _("两步验证")),
    )


def _codes_page(codes: list[str], onward: str) -> str:
    return render_template("auth/recovery.html", codes=codes, onward=onward)


def _shown(proposal: Proposal) -> dict[str, object]:
    """The QR code, black on white in any theme, and the secret in groups of four for who types it."""
    code = segno.make(proposal.address, error="m", micro=False)
    picture = code.svg_inline(scale=5, border=4, dark="#000000", light="#ffffff", omitsize=True)
    secret = proposal.secret
    return {
        "qr": Markup(picture),  # noqa: S704  # drawn by the library, from what this portal made
        "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
    }
