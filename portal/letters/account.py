"""What an account is told about itself and its mandates: the words, and the e-mails and text messages made of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import escape

from approvals.commands.tell_account import MAIL
from approvals.events import PersonEvent
from approvals.queries.account_letters import AccountLetterRow, to_account
from portal.formats import day
from portal.letters.gateways import mail, message_id, sms
from portal.letters.words import Wording
from portal.names import as_written
from portal.unit_of_work import reading

if TYPE_CHECKING:
    from approvals.clock.moment import Moment

WORDS: Mapping[PersonEvent, tuple[str, str]] = {
    PersonEvent.PASSWORD_CHANGED: (
        _l("密码已修改"),
        _l("您的登录密码改过了。不是您本人改的，请马上重设密码，并退出其他设备。"),
    ),
    PersonEvent.PASSWORD_RESET: (
        _l("密码已重设"),
        _l("您的登录密码用验证码重设过了，原来登录的设备都已退出。不是您本人设的，请马上再重设一次，或者打 12345。"),
    ),
    PersonEvent.PHONE_CHANGED: (
        _l("手机号已更换"),
        _l("您的账号换了手机号，以后用新的登录。不是您本人换的，请马上改密码，并打 12345。"),
    ),
    PersonEvent.EMAIL_CHANGED: (
        _l("电子邮箱已更换"),
        _l("您的账号换了电子邮箱。不是您本人换的，请马上改密码，并打 12345。"),
    ),
    PersonEvent.MANDATE_OFFERED: (
        _l("有人请您代办"),
        _l("%(principal)s授权您代办，到 %(ends_on)s为止。要不要接受，请在「授权」页选。"),
    ),
    PersonEvent.MANDATE_ACCEPTED: (
        _l("授权已被接受"),
        _l("%(grantee)s接受了代%(principal)s办理的授权，到 %(ends_on)s为止。"),
    ),
    PersonEvent.MANDATE_DECLINED: (_l("授权没有被接受"), _l("%(grantee)s没有接受代%(principal)s办理的授权。")),
    PersonEvent.MANDATE_REVOKED: (
        _l("授权已经收回"),
        _l("%(grantee)s代%(principal)s办理的授权已经收回或者退回，立即失效。"),
    ),
    PersonEvent.MANDATE_ENDS: (
        _l("授权快到期了"),
        _l("%(grantee)s代%(principal)s办理的授权到 %(ends_on)s为止。还要继续代办的，请重新授权。"),
    ),
}
"""By event. A subject and a text message say the title alone: neither names anybody."""


def account_wording(row: AccountLetterRow) -> Wording:
    title, sentence = WORDS[row.kind]
    facts = {"principal": as_written(row.principal), "grantee": as_written(row.grantee)}
    ends_on = day(row.ends_on) if row.ends_on else ""
    return Wording(str(title), escape(str(sentence)) % {**facts, "ends_on": ends_on})


def send_account_letter(data: Mapping[str, Any], at: Moment) -> Callable[[Any, Moment], None]:
    """Named after its letter: sent again after a crash it is the same message for whoever gets it."""
    is_mail = data["channel"] == MAIL
    gateway, waiting = mail() if is_mail else sms(), to_account(reading(), data)
    if gateway is not None and waiting is not None:
        public_url: str = current_app.extensions["settings"].public_url
        cookie = {"Cookie": f"language={waiting.language}"}
        with current_app.test_request_context("/", base_url=public_url, headers=cookie):
            words = account_wording(waiting.row)
            subject = f"{words.title} · {_('天府蓉易办')}" if is_mail else ""
            advice = _("登录后在「我的消息」里看详情。")
            text = f"{words.title}\n{advice}\n{url_for('citizen.letters', _external=True)}\n"
            if not is_mail:
                text = _("【天府蓉易办】%(title)s。登录后看详情。", title=words.title)
        reading().rollback()
        name = message_id("account", f"{data['letter']}.{data['channel']}")
        gateway.send(waiting.address, subject, text, message_id=name)
    reading().rollback()
    return lambda session, moment: None
