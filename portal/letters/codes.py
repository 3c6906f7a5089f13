"""Send one-time codes: to a phone by text message, to an address by e-mail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flask_babel import force_locale
from flask_babel import gettext as _

from approvals.commands.send_code import forget_sent
from approvals.queries.unsent_code import UnsentCode, unsent_code
from approvals.vocabulary import CodePurpose
from portal.letters.gateways import mail, message_id, sms
from portal.unit_of_work import reading

if TYPE_CHECKING:
    from approvals.clock.moment import Moment


def send_code(data: Mapping[str, Any], at: Moment) -> Callable[[Any, Moment], None]:
    """Nothing goes out for an address nobody has; a demonstration without gateways shows the code on its page."""
    code_id: int = data["code"]
    waiting = unsent_code(reading(), code_id, at.instant)
    reading().rollback()
    if waiting is not None:
        gateway = mail() if "@" in waiting.address else sms()
        with force_locale("en" if waiting.language == "en" else "zh_Hans"):
            words = _words(waiting)
            subject = _("账号变更") if waiting.purpose is CodePurpose.REPLACED else _("验证码")
        if gateway is not None and words is not None:
            gateway.send(waiting.address, subject, words, message_id=message_id("code", code_id))
    return lambda session, moment: forget_sent(session, code_id)


def _words(waiting: UnsentCode) -> str | None:
    if waiting.purpose is CodePurpose.REGISTER and waiting.is_known:
        return _("【天府蓉易办】您已经用这个手机号注册过，请直接登录；忘记密码的，可以在登录页重设。")
    if waiting.purpose is CodePurpose.RESET and not waiting.is_known:
        return None
    if waiting.purpose is CodePurpose.REPLACED:
        if "@" in waiting.address:
            return _(
                "【天府蓉易办】您的账号换了电子邮箱，这个邮箱不再能用来重设密码。"
                "不是您本人换的，请马上登录改密码，或者打 12345。"
            )
        return _(
            "【天府蓉易办】您的账号换了手机号，这个号码不再能用来登录。"
            "不是您本人换的，请马上带身份证到窗口，或者打 12345。"
        )
    return _("【天府蓉易办】验证码 %(code)s，10 分钟内有效。工作人员不会向您要验证码。", code=waiting.code)
