"""One's own account: reached by, opened by, signed in where; taken along and closed."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from flask import Response, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import logout_user

from approvals.commands.change_account import (
    change_email,
    change_letter_way,
    change_password,
    change_phone,
    end_others,
    end_session,
)
from approvals.commands.close_account import close_account
from approvals.commands.sign_in import HASHER, matches
from approvals.commands.witness_person import witness
from approvals.errors import NotFound, Refusal, WrongPassword
from approvals.events import PersonEvent
from approvals.queries.account import OwnAccount, own_account
from approvals.queries.organisation_data import organisation_data
from approvals.queries.own_application import OwnData
from approvals.queries.own_data import own_data
from approvals.queries.second_factor import factor_of
from approvals.storage import Folder
from approvals.vocabulary import CodePurpose, LetterWay
from forms.account import code_form, confirm_form, letter_form, own_email_form, own_phone_form, password_form
from forms.build import SectionForm, clean
from portal.asking import asking, summary
from portal.auth import codes
from portal.auth.drawing import Errors, form_page
from portal.auth.sessions import count_password_try
from portal.auth.views import blueprint
from portal.errors import words_of
from portal.guards import actor, allows, visitor
from portal.letters.gateways import sms
from portal.unit_of_work import changing, now, reading
from portal.visitor import Workspace
from services.answers import masked

__all__ = ["blueprint"]

WAYS = {
    LetterWay.EACH: _l("有消息就发"),
    LetterWay.DAILY: _l("每天早上八点汇总发一次"),
    LetterWay.NONE: _l("不发邮件"),
}
PIECE = 64 * 1024


@blueprint.get("/my/account")
@allows("account:read")
def account() -> ResponseReturnValue:
    return render_template(
        "auth/account.html",
        account=_own(),
        ways=WAYS,
        is_staff=visitor().is_staff,
        role=actor().role,
        factor=factor_of(reading(), actor().person) if visitor().is_staff else None,
    )


@blueprint.get("/my/account/password")
@allows("account:read")
def password() -> ResponseReturnValue:
    return _password_page(password_form(asking()))


@blueprint.post("/my/account/password")
@allows("account:read")
def save_password() -> ResponseReturnValue:
    form = password_form(asking(), request.form)
    if not form.validate():
        return _password_page(form, summary(form)), 422
    try:
        _require_password(str(clean(form)["password"]))
        hashed, at = HASHER.hash(str(clean(form)["new_password"])), now()
        with changing(actor(), at) as session_:
            change_password(session_, hashed, token=visitor().token, by=actor(), at=at)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _password_page(form, [("password", words)]), status
    flash(_("密码已改好，其他设备上的登录都已退出。"), "success")
    return redirect(url_for("auth.account"), 303)


@blueprint.get("/my/account/<what>")
@allows("account:edit")
def reach(what: str) -> ResponseReturnValue:
    _known(what)
    return _reach_page(what, _reach_form(what))


@blueprint.post("/my/account/<what>")
@allows("account:edit")
def send_reach_code(what: str) -> ResponseReturnValue:
    _known(what)
    form = _reach_form(what, posted=True)
    if not form.validate():
        return _reach_page(what, form, summary(form)), 422
    try:
        _require_password(str(clean(form)["password"]))
        codes.send(CodePurpose(what), str(clean(form)[what]).casefold(), account=actor().person)
    except Refusal as refusal:
        status, words = words_of(refusal)
        wrong = "password" if isinstance(refusal, WrongPassword) else what
        return _reach_page(what, form, [(wrong, words)]), status
    return redirect(url_for("auth.prove", what=what), 303)


@blueprint.get("/my/account/<what>/code")
@allows("account:edit")
def prove(what: str) -> ResponseReturnValue:
    _known(what)
    if codes.pending(CodePurpose(what)) is None:
        return redirect(url_for("auth.reach", what=what))
    return _code_page(what, code_form(asking()))


@blueprint.post("/my/account/<what>/code")
@allows("account:edit")
def save_reach(what: str) -> ResponseReturnValue:
    _known(what)
    purpose, form = CodePurpose(what), code_form(asking(), request.form)
    if not form.validate():
        return _code_page(what, form, summary(form)), 422
    code, at = str(clean(form)["one_time_code"]), now()
    change = change_phone if purpose is CodePurpose.PHONE else change_email
    try:
        codes.attempt(purpose, code)
        with changing(actor(), at) as session_:
            change(session_, token=codes.token(purpose), code=code, by=actor(), at=at)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _code_page(what, form, [("one_time_code", words)]), status
    codes.forget(purpose)
    flash(_("手机号已改好，以后用它登录。") if purpose is CodePurpose.PHONE else _("电子邮箱已改好。"), "success")
    return redirect(url_for("auth.account"), 303)


@blueprint.get("/my/account/letters")
@allows("account:edit")
def letter_way() -> ResponseReturnValue:
    own = _own()
    texts = ("yes" if own.wants_texts else "no") if _can_text(own) else None
    form = letter_form(asking(), ways=_ways(), way=str(own.letter_way), texts=texts, language=own.language)
    return _letter_page(form)


@blueprint.post("/my/account/letters")
@allows("account:edit")
def save_letter_way() -> ResponseReturnValue:
    form = letter_form(asking(), request.form, ways=_ways(), texts="" if _can_text(_own()) else None)
    at = now()
    if not form.validate():
        return _letter_page(form, summary(form)), 422
    given = clean(form)
    with changing(actor(), at) as session_:
        way = LetterWay(str(given["letter_way"]))
        texts = given.get("letter_texts")
        wants_texts = None if texts is None else texts == "yes"
        change_letter_way(session_, way, str(given["letter_language"]), wants_texts=wants_texts, by=actor(), at=at)
    flash(_("已保存。"), "success")
    return redirect(url_for("auth.account"), 303)


@blueprint.post("/my/account/sessions")
@allows("account:read")
def end_sessions() -> ResponseReturnValue:
    """One by its number, or all others."""
    chosen, at = request.form.get("session", ""), now()
    with changing(actor(), at) as session_:
        if chosen == "others":
            end_others(session_, token=visitor().token, by=actor(), at=at)
        else:
            number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 18 else 0
            end_session(session_, number, by=actor(), at=at)
    flash(_("已退出。"), "success")
    return redirect(url_for("auth.account"), 303)


@blueprint.get("/my/account/export")
@allows("account:close")
def export() -> ResponseReturnValue:
    return _confirm_page("export", confirm_form(asking()))


@blueprint.post("/my/account/export")
@allows("account:close")
def download() -> ResponseReturnValue:
    """A ZIP with data.json and every file one handed in or received."""
    form = confirm_form(asking(), request.form)
    if not form.validate():
        return _confirm_page("export", form, summary(form)), 422
    at = now()
    try:
        _require_password(str(clean(form)["password"]))
        with changing(actor(), at) as session_:
            witness(session_, actor().person, PersonEvent.EXPORTED, by=actor().account, at=at)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _confirm_page("export", form, [("password", words)]), status
    packed = _packed(own_data(reading(), by=actor(), at=at))
    answer = Response(_pieces(packed), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=f"my-data-{at.today:%Y%m%d}.zip")
    return answer


@blueprint.get("/my/organisations/<int:record>/export")
@allows("account:close")
def export_organisation(record: int) -> ResponseReturnValue:
    return _organisation_page(_managed(record), confirm_form(asking()))


@blueprint.post("/my/organisations/<int:record>/export")
@allows("account:close")
def download_organisation(record: int) -> ResponseReturnValue:
    """Likewise of an organisation, for whoever names its members."""
    space, form, at = _managed(record), confirm_form(asking(), request.form), now()
    if not form.validate():
        return _organisation_page(space, form, summary(form)), 422
    try:
        _require_password(str(clean(form)["password"]))
        with changing(actor(), at) as session_:
            witness(session_, actor().person, PersonEvent.EXPORTED, by=actor().account, at=at, organisation=record)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _organisation_page(space, form, [("password", words)]), status
    packed = _packed(organisation_data(reading(), record, by=actor(), at=at))
    answer = Response(_pieces(packed), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{space.credit_code}-{at.today:%Y%m%d}.zip")
    return answer


@blueprint.get("/my/account/close")
@allows("account:close")
def close() -> ResponseReturnValue:
    return _confirm_page("close", confirm_form(asking()))


@blueprint.post("/my/account/close")
@allows("account:close")
def finish_close() -> ResponseReturnValue:
    form = confirm_form(asking(), request.form)
    if not form.validate():
        return _confirm_page("close", form, summary(form)), 422
    at = now()
    try:
        _require_password(str(clean(form)["password"]))
        with changing(actor(), at) as session_:
            close_account(session_, by=actor(), at=at)
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _confirm_page("close", form, [("password", words)]), status
    logout_user()
    session.clear()
    flash(_("账号已注销。"), "success")
    response = redirect(url_for("public.home"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _can_text(own: OwnAccount) -> bool:
    """There is a gateway, and a phone that was proven."""
    return sms() is not None and own.phone is not None


def _ways() -> list[tuple[str, str]]:
    return [(str(way), str(words)) for way, words in WAYS.items()]


def _letter_page(form: SectionForm, errors: Errors | None = None) -> str:
    return _page(
        form,
        errors,
        heading=_("消息怎么送达"),
        lead=_("消息总会在「我的消息」里。验证了电子邮箱或手机号的，还可以发过去。"),
        action=url_for("auth.save_letter_way"),
        words=_("保存"),
    )


def _known(what: str) -> None:
    if what not in {CodePurpose.PHONE, CodePurpose.EMAIL}:
        raise NotFound


def _own() -> OwnAccount:
    return own_account(reading(), token=visitor().token, by=actor(), at=now())


def _require_password(typed: str) -> None:
    """Looked at between two transactions, and counted like a try to sign in."""
    known = _own()
    with count_password_try(known.username):
        reading().rollback()
        if not matches(known.password_hash, typed):
            raise WrongPassword


def _reach_form(what: str, *, posted: bool = False) -> SectionForm:
    make = own_phone_form if what == "phone" else own_email_form
    return make(asking(), request.form if posted else None)


def _password_page(form: SectionForm, errors: Errors | None = None) -> str:
    return _page(
        form,
        errors,
        heading=_("修改密码"),
        lead=_("改好以后，其他设备上的登录都会退出。"),
        action=url_for("auth.save_password"),
        words=_("保存新密码"),
    )


def _reach_page(what: str, form: SectionForm, errors: Errors | None = None) -> str:
    return _page(
        form,
        errors,
        heading=_("更换手机号") if what == "phone" else _("设置电子邮箱"),
        lead=_("填新的手机号，我们发一个验证码过去，并告诉原来的号码。")
        if what == "phone"
        else _("填您的电子邮箱，我们发一个验证码过去。重要消息和重设密码可以用它。"),
        action=url_for("auth.send_reach_code", what=what),
        words=_("发送验证码"),
    )


def _code_page(what: str, form: SectionForm, errors: Errors | None = None) -> str:
    found = codes.pending(CodePurpose(what))
    expired = _("验证码已经过期，请重新发送。")
    sent = _("验证码已发到 %(address)s，10 分钟内有效。", address=masked(found.address)) if found else expired
    return _page(
        form,
        errors,
        heading=_("填写验证码"),
        lead=sent,
        demonstration_code=codes.shown(CodePurpose(what)),
        action=url_for("auth.save_reach", what=what),
        words=_("确认"),
        links=[(url_for("auth.reach", what=what), _("没有收到？重新发送"))],
    )


def _confirm_page(what: str, form: SectionForm, errors: Errors | None = None) -> str:
    if what == "export":
        return _page(
            form,
            errors,
            heading=_("下载我的数据"),
            lead=_("一个压缩包：您的账号、办件、答复和消息，以及您上传的和我们发给您的文件。请妥善保管。"),
            action=url_for("auth.download"),
            words=_("下载"),
        )
    return _page(
        form,
        errors,
        heading=_("注销账号"),
        lead=_("注销不能撤回。请先下载需要的数据。"),
        points=[
            _("删除：手机号、电子邮箱、草稿、登录记录上的账号，您给出和接受的授权一并失效。"),
            _("保留：已经提交的办件、作出的决定和证照，连同其中的姓名和身份证号。行政许可案卷依法要存档，不能删除。"),
            _("还有没办结的办件时不能注销，请先撤回或者等办结。"),
        ],
        action=url_for("auth.finish_close"),
        words=_("注销账号"),
    )


def _managed(record: int) -> Workspace:
    """An organisation whose members the visitor names; NotFound for any other."""
    found = next((each for each in visitor().workspaces if each.id == record), None)
    if found is None or record not in actor().manages:
        raise NotFound
    return found


def _organisation_page(space: Workspace, form: SectionForm, errors: Errors | None = None) -> str:
    return form_page(
        form,
        errors,
        heading=_("下载本单位的数据"),
        lead=_("一个压缩包：本单位的办件、答复、留言、证照和授权，以及各位经办人上传的和部门发来的文件。请妥善保管。"),
        action=url_for("auth.download_organisation", record=space.id),
        words=_("下载"),
        back=(url_for("business.applications"), _("单位办件")),
    )


def _page(form: SectionForm, errors: Errors | None, *, heading: str, action: str, words: str, **shown: Any) -> str:
    back = (url_for("auth.account"), _("我的账号"))
    return form_page(form, errors, heading=heading, action=action, words=words, back=back, **shown)


def _packed(own: OwnData) -> IO[bytes]:
    """On disk beyond a few megabytes. A file that the storage has lost is named, and the rest is packed."""
    packed = tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024)  # noqa: SIM115  # closed when it has been sent
    storage, missing = Folder(current_app.extensions["settings"].files), []
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in dict.fromkeys(own.files):
            try:
                archive.writestr(file.path, storage.get(file.sha256))
            except FileNotFoundError:
                missing.append(file.path)
        content = {**own.content, "missing_files": missing}
        archive.writestr("data.json", json.dumps(content, ensure_ascii=False, indent=2))
    packed.seek(0)
    return packed


def _pieces(packed: IO[bytes]) -> Iterator[bytes]:
    with packed:
        while piece := packed.read(PIECE):
            yield piece
