"""Where the link to a member of staff leads: a password is set, once."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands.sign_in import HASHER
from approvals.commands.staff import accept_invitation
from forms.account import new_password_form
from forms.build import SectionForm, clean
from portal.asking import asking, summary
from portal.auth.drawing import Errors, form_page
from portal.auth.views import blueprint
from portal.guards import PUBLIC, allows
from portal.invitations import opened
from portal.unit_of_work import changing, now


@blueprint.get("/welcome/<token>")
@allows(PUBLIC)
def welcome(token: str) -> ResponseReturnValue:
    opened(token)
    return _page(token, new_password_form(asking()))


@blueprint.post("/welcome/<token>")
@allows(PUBLIC)
def set_password(token: str) -> ResponseReturnValue:
    account, stamp = opened(token)
    form = new_password_form(asking(), request.form)
    if not form.validate():
        return _page(token, form, summary(form)), 422
    hashed, at = HASHER.hash(str(clean(form)["new_password"])), now()
    with changing(at=at) as session:
        accept_invitation(session, account, stamp, hashed, at=at)
    flash(_("密码已设好，请登录。"), "success")
    return redirect(url_for("auth.sign_in"), 303)


def _page(token: str, form: SectionForm, errors: Errors | None = None) -> str:
    return form_page(
        form,
        errors,
        heading=_("设置密码"),
        lead=_("设好密码就可以登录工作人员端。这个链接只能用一次。"),
        action=url_for("auth.set_password", token=token),
        words=_("保存密码"),
    )
