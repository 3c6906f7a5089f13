"""Who acts for whom: give, accept and revoke mandates, open the workspace of an organisation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from approvals.commands import mandate as mandating
from approvals.errors import NotAllowed, NotFound, OrganisationMismatch, Refusal
from approvals.queries.mandates import done_by, mandates
from approvals.queries.own_name import own_name
from approvals.vocabulary import Duty, MandateAction, MandateStatus
from forms.build import SectionForm, clean, strangers
from forms.mandate import mandate_form, organisation_form
from portal.asking import asking, summary
from portal.auth.drawing import Errors, form_page
from portal.auth.views import blueprint
from portal.errors import words_of
from portal.guards import actor, allows
from portal.identity import identity_service
from portal.ui import text, workspace
from portal.unit_of_work import changing, now, reading
from services.current import catalogue
from services.item import Audience

__all__ = ["blueprint"]

DUTIES: Mapping[Duty, str] = {
    Duty.LEGAL_REPRESENTATIVE: _l("法定代表人"),
    Duty.ADMINISTRATOR: _l("管理员"),
    Duty.HANDLER: _l("单位经办人"),
    Duty.AGENT: _l("代办人"),
}
ACTIONS: Mapping[MandateAction, str] = {
    MandateAction.FILL: _l("填写、上传"),
    MandateAction.SUBMIT: _l("提交、修改、补正、撤回"),
    MandateAction.SIGN: _l("签署承诺"),
    MandateAction.COLLECT: _l("领取证照"),
}
STATUSES: Mapping[MandateStatus, tuple[str, str]] = {
    MandateStatus.OFFERED: ("wait", _l("等对方接受")),
    MandateStatus.IN_FORCE: ("done", _l("有效")),
    MandateStatus.TO_COME: ("review", _l("还没到开始日期")),
    MandateStatus.EXPIRED: ("none", _l("已到期")),
    MandateStatus.DECLINED: ("none", _l("对方没有接受")),
    MandateStatus.REVOKED: ("none", _l("已收回")),
}
EVENTS: Mapping[str, str] = {
    "submitted": _l("提交申请"),
    "correction_answered": _l("补正"),
    "amended": _l("受理前修改"),
    "withdrawn": _l("撤回申请"),
    "commitment_signed": _l("签署承诺"),
    "commitment_withdrawn": _l("撤回承诺"),
    "obligation_moved": _l("报告承诺事项"),
    "objection_raised": _l("提出异议"),
    "message_sent": _l("给部门留言"),
    "rated": _l("评价"),
    "copy_asked": _l("制作证照副本或者译本"),
    "copy_revoked": _l("作废证照副本"),
    "consent_given": _l("同意别的办件使用证照"),
    "consent_withdrawn": _l("撤回使用证照的同意"),
    "draft_begun": _l("开始填写"),
    "draft_filled": _l("填写内容"),
    "file_added": _l("上传材料"),
    "file_removed": _l("移除材料"),
    "draft_discarded": _l("删除草稿"),
    "certificate_downloaded": _l("下载证照"),
}
"""What is done by a mandate, in words."""


@blueprint.get("/my/mandates")
@allows("mandate:give")
def mandates_page() -> ResponseReturnValue:
    space = workspace()
    found = mandates(reading(), organisation=space.id if space else None, by=actor(), at=now())
    return render_template("auth/mandates.html", found=found, space=space, **_words())


@blueprint.get("/my/mandates/new")
@allows("mandate:give")
def new_mandate() -> ResponseReturnValue:
    return _new_page(_form())


@blueprint.post("/my/mandates/new")
@allows("mandate:give")
def give_mandate() -> ResponseReturnValue:
    space, form = workspace(), _form(posted=True)
    if strangers(form, request.form):
        abort(422)
    if not form.validate():
        return _new_page(form, summary(form)), 422
    given, at = clean(form), now()
    duty = Duty(str(given.get("duty", Duty.AGENT)))
    is_limited = duty is not Duty.ADMINISTRATOR
    actions = [MandateAction(str(each)) for each in _many(given.get("actions"))] if is_limited else list(MandateAction)
    try:
        with changing(actor(), at) as session_:
            mandating.give(
                session_,
                organisation=space.id if space else None,
                name=str(given["person"]),
                phone=str(given["phone"]),
                duty=duty,
                items=[str(each) for each in _many(given.get("items"))] if is_limited else (),
                actions=actions,
                begins_on=_date(given["begins_on"]),
                ends_on=_date(given["ends_on"]),
                by=actor(),
                at=at,
            )
    except Refusal as refusal:
        status, words = words_of(refusal)
        return _new_page(form, [("person", words)]), status
    flash(_("授权已发出，对方登录后在「授权」页接受就生效。"), "success")
    return redirect(url_for("auth.mandates_page"), 303)


@blueprint.get("/my/mandates/<int:record>")
@allows("mandate:give")
def mandate(record: int) -> ResponseReturnValue:
    row, done = done_by(reading(), record, by=actor(), at=now())
    return render_template("auth/mandate.html", row=row, done=done, events=EVENTS, **_words())


@blueprint.post("/my/mandates/<int:record>")
@allows("mandate:give")
def change_mandate(record: int) -> ResponseReturnValue:
    """Accept, decline or revoke."""
    verb, at = request.form.get("verb", ""), now()
    with changing(actor(), at) as session_:
        if verb in {"accept", "decline"}:
            mandating.answer(session_, record, is_accepted=verb == "accept", by=actor(), at=at)
        elif verb == "revoke":
            mandating.revoke_mandate(session_, record, by=actor(), at=at)
        else:
            raise NotFound
    said = {"accept": _("已接受。现在可以代为办理。"), "decline": _("没有接受这份授权。")}
    flash(said.get(verb, _("授权已收回，立即失效。")), "success")
    return redirect(url_for("auth.mandates_page"), 303)


@blueprint.post("/my/members/<int:record>")
@allows("mandate:give")
def end_member(record: int) -> ResponseReturnValue:
    at = now()
    with changing(actor(), at) as session_:
        mandating.end_membership(session_, record, by=actor(), at=at)
    flash(_("成员已移出，立即生效。"), "success")
    return redirect(url_for("auth.mandates_page"), 303)


@blueprint.get("/my/organisations/new")
@allows("mandate:give")
def new_workspace() -> ResponseReturnValue:
    return _workspace_page(organisation_form(asking()))


@blueprint.post("/my/organisations/new")
@allows("mandate:give")
def open_workspace() -> ResponseReturnValue:
    """The identity service says whether this person is its legal representative."""
    form = organisation_form(asking(), request.form)
    if not form.validate():
        return _workspace_page(form, summary(form)), 422
    given, at = clean(form), now()
    name, code = str(given["organisation_name"]), str(given["credit_code"])
    try:
        person = own_name(reading(), by=actor())
        identity_service().examine_representative(person.name, person.identity_number, name, code)
        with changing(actor(), at) as session_:
            opened = mandating.open_workspace(session_, name=name, credit_code=code, by=actor(), at=at)
            session["workspace"] = opened.id
            session.pop("person", None)
    except Refusal as refusal:
        status, words = words_of(refusal)
        wrong = "organisation_name" if isinstance(refusal, OrganisationMismatch) else "credit_code"
        return _workspace_page(form, [(wrong, words)]), status
    flash(_("单位空间已开通，您是法定代表人。现在可以授权经办人。"), "success")
    return redirect(url_for("auth.mandates_page"), 303)


def _form(*, posted: bool = False) -> SectionForm:
    space = workspace()
    if space.id not in actor().manages if space is not None else actor().principal is not None:
        raise NotAllowed  # what one may do by a mandate one does not pass on
    items = [choice for _theme, choices in _by_theme() for choice in choices]
    duties = (Duty.ADMINISTRATOR, Duty.HANDLER) if space else (Duty.AGENT,)
    return mandate_form(
        asking(),
        request.form if posted else None,
        duties=[(str(duty), str(DUTIES[duty])) for duty in duties],
        actions=[(str(action), str(words)) for action, words in ACTIONS.items()],
        items=items,
        today=now().today,
    )


def _by_theme() -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be applied for in that name, under the themes by which people look for it."""
    wrong = Audience.CITIZENS if workspace() else Audience.BUSINESSES
    found: dict[str | None, list[tuple[str, str]]] = {key: [] for key in (*catalogue().themes, None)}
    for item in catalogue().items.values():
        if item.is_online and item.audience is not wrong:
            found[item.theme].append((item.code, text(item.name)))
    titles = {key: text(theme.name) for key, theme in catalogue().themes.items()}
    return [(titles[key] if key else _("其他事项"), choices) for key, choices in found.items() if choices]


def _new_page(form: SectionForm, errors: Errors | None = None) -> str:
    space = workspace()
    return form_page(
        form,
        errors,
        heading=_("授权别人代办"),
        lead=_("对方用自己的账号登录，以本单位的名义办理；做了什么都有记录，随时可以收回。")
        if space
        else _("家人、朋友可以用自己的账号替您办事。做了什么都有记录，随时可以收回。"),
        action=url_for("auth.give_mandate"),
        groups={"items": _by_theme()},
        words=_("发出授权"),
        back=(url_for("auth.mandates_page"), _("授权")),
    )


def _workspace_page(form: SectionForm, errors: Errors | None = None) -> str:
    return form_page(
        form,
        errors,
        heading=_("开通单位空间"),
        lead=_("由法定代表人本人开通，向身份认证服务核对。经办人请让单位的管理员授权。"),
        action=url_for("auth.open_workspace"),
        words=_("核对并开通"),
        back=(url_for("auth.mandates_page"), _("授权")),
    )


def _words() -> dict[str, object]:
    return {"duties": DUTIES, "actions": ACTIONS, "statuses": STATUSES}


def _many(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, (tuple, list, frozenset, set)) else ()


def _date(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(value)
    return value
