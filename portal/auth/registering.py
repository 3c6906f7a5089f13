"""Register with a phone, and choose a new password when the old one is forgotten."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from approvals.commands.change_account import reset_password
from approvals.commands.register_person import register_person
from approvals.commands.sign_in import HASHER
from approvals.errors import Refusal, WrongCode
from approvals.vocabulary import CodePurpose
from forms.account import phone_form, reach_form, registration_form, reset_form
from forms.build import SectionForm, clean
from portal.asking import asking, summary
from portal.auth import codes
from portal.auth.drawing import Errors, form_page
from portal.auth.sessions import begin_session
from portal.auth.views import blueprint
from portal.errors import words_of
from portal.guards import PUBLIC, allows
from portal.identity import identity_service
from portal.ui import language
from portal.unit_of_work import changing, now
from services.answers import masked

__all__ = ["blueprint"]


@blueprint.get("/register")
@allows(PUBLIC)
def register() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(url_for("auth.sign_in"))
    return _register_page(phone_form(asking()))


@blueprint.post("/register")
@allows(PUBLIC)
def send_register_code() -> ResponseReturnValue:
    """Whether somebody has the phone already is told to the phone, not to whoever asks."""
    form = phone_form(asking(), request.form)
    if not form.validate():
        return _register_page(form, summary(form)), 422
    try:
        codes.send(CodePurpose.REGISTER, str(clean(form)["phone"]))
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _register_page(form, [("phone", words)]), status
    return redirect(url_for("auth.register_details"), 303)


@blueprint.get("/register/details")
@allows(PUBLIC)
def register_details() -> ResponseReturnValue:
    if codes.pending(CodePurpose.REGISTER) is None:
        return redirect(url_for("auth.register"))
    return _details_page(registration_form(asking()))


@blueprint.post("/register/details")
@allows(PUBLIC)
def finish_registration() -> ResponseReturnValue:
    """Everything in one transaction but the slow hash, during which others may write."""
    form = registration_form(asking(), request.form)
    if not form.validate():
        return _details_page(form, summary(form)), 422
    given = {key: str(value) for key, value in clean(form).items()}
    try:
        codes.attempt(CodePurpose.REGISTER, given["one_time_code"])
        proof = identity_service().examine(given["person"], given["identity_number"])
        hashed, at = HASHER.hash(given["new_password"]), now()
        with changing(at=at) as session:
            account = register_person(
                session,
                token=codes.token(CodePurpose.REGISTER),
                code=given["one_time_code"],
                name=given["person"],
                identity_number=given["identity_number"],
                password_hash=hashed,
                proof=proof,
                language=language(),
                at=at,
            )
            username = account.username
    except Refusal as refusal:
        status, words = words_of(refusal)
        field = "one_time_code" if isinstance(refusal, WrongCode) else "identity_number"
        return _details_page(form, [(field, words)]), status
    codes.forget(CodePurpose.REGISTER)
    begin_session(username, hashed, counted=[])
    flash(_("注册好了，已为您登录。"), "success")
    return redirect(url_for("auth.account"), 303)


@blueprint.get("/reset")
@allows(PUBLIC)
def reset() -> ResponseReturnValue:
    return _reset_page(reach_form(asking()))


@blueprint.post("/reset")
@allows(PUBLIC)
def send_reset_code() -> ResponseReturnValue:
    """The same answer for every phone and address, known or not."""
    form = reach_form(asking(), request.form)
    if not form.validate():
        return _reset_page(form, summary(form)), 422
    try:
        codes.send(CodePurpose.RESET, str(clean(form)["reach"]))
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _reset_page(form, [("reach", words)]), status
    return redirect(url_for("auth.reset_details"), 303)


@blueprint.get("/reset/details")
@allows(PUBLIC)
def reset_details() -> ResponseReturnValue:
    if codes.pending(CodePurpose.RESET) is None:
        return redirect(url_for("auth.reset"))
    return _new_password_page(reset_form(asking()))


@blueprint.post("/reset/details")
@allows(PUBLIC)
def finish_reset() -> ResponseReturnValue:
    form = reset_form(asking(), request.form)
    if not form.validate():
        return _new_password_page(form, summary(form)), 422
    given = {key: str(value) for key, value in clean(form).items()}
    try:
        codes.attempt(CodePurpose.RESET, given["one_time_code"])
        hashed, at = HASHER.hash(given["new_password"]), now()
        with changing(at=at) as session:
            reset_password(session, hashed, token=codes.token(CodePurpose.RESET), code=given["one_time_code"], at=at)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _new_password_page(form, [("one_time_code", words)]), status
    codes.forget(CodePurpose.RESET)
    flash(_("密码已改好，其他设备上的登录都已退出。请用新密码登录。"), "success")
    return redirect(url_for("auth.sign_in"), 303)


def _register_page(form: SectionForm, errors: Errors | None = None) -> str:
    return form_page(
        form,
        errors,
        heading=_("注册"),
        lead=_("用本人的手机号注册，之后用手机号和密码登录。下一步填验证码和身份信息。"),
        points=[
            _("能在网上注册的：有居民身份证或者港澳台居民居住证，姓名和 18 位号码照证件填；手机号是中国大陆的。"),
            _elsewhere(),
            _("不注册也能查事项、看办事指南、查验证照。"),
        ],
        action=url_for("auth.send_register_code"),
        words=_("发送验证码"),
        links=[(url_for("auth.sign_in"), _("已经有账号？去登录"))],
    )


def _details_page(form: SectionForm, errors: Errors | None = None) -> str:
    return form_page(
        form,
        errors,
        heading=_("填写身份信息"),
        lead=_sent(CodePurpose.REGISTER),
        points=[_elsewhere()],
        demonstration_code=codes.shown(CodePurpose.REGISTER),
        action=url_for("auth.finish_registration"),
        words=_("注册"),
        small=_("姓名和身份证号用来核对您是本人，加密保存，只在您自己的办件里使用。"),
        links=[(url_for("auth.register"), _("没有收到？换一个手机号，或者重新发送"))],
    )


def _elsewhere() -> str:
    """Where those go whose documents bear no citizen's number: the portal knows nobody without one."""
    return _(
        "持护照、港澳居民来往内地通行证、台湾居民来往大陆通行证或者外国人永久居留身份证的，还不能网上注册："
        "请带证件到区（市）县政务服务中心的窗口办，或者打 12345 问。"
    )


def _reset_page(form: SectionForm, errors: Errors | None = None) -> str:
    return form_page(
        form,
        errors,
        heading=_("重设密码"),
        lead=_("填您验证过的手机号或者电子邮箱，我们发一个验证码过去。"),
        action=url_for("auth.send_reset_code"),
        words=_("发送验证码"),
        small=_("部门工作人员请找本部门的系统管理员重设。"),
        links=[(url_for("auth.sign_in"), _("想起来了？去登录"))],
    )


def _new_password_page(form: SectionForm, errors: Errors | None = None) -> str:
    return form_page(
        form,
        errors,
        heading=_("设置新密码"),
        lead=_sent(CodePurpose.RESET),
        demonstration_code=codes.shown(CodePurpose.RESET),
        action=url_for("auth.finish_reset"),
        words=_("保存新密码"),
        links=[(url_for("auth.reset"), _("没有收到？重新发送"))],
    )


def _sent(purpose: CodePurpose) -> str:
    found = codes.pending(purpose)
    if found is None:
        return _("验证码已经过期，请重新发送。")
    if purpose is CodePurpose.RESET:
        return _("如果 %(address)s 有账号，验证码已经发出，10 分钟内有效。", address=masked(found.address))
    return _("验证码已发到 %(address)s，10 分钟内有效。", address=masked(found.address))
