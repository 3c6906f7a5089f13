"""Send letters as text messages: what happened and the number of the application, no more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_babel import gettext as _

from approvals.commands.write_letter import TEXT, note_sent
from approvals.queries.letters import to_text
from portal.letters.gateways import message_id, sms
from portal.letters.words import wording
from portal.unit_of_work import reading

if TYPE_CHECKING:
    from approvals.clock.moment import Moment


def send_text(data: Mapping[str, Any], at: Moment) -> Callable[[Any, Moment], None]:
    """As an e-mail: sent again after a crash it is the same message for the provider, which sends it once."""
    gateway, waiting = sms(), to_text(reading(), data, at.today)
    if gateway is None or waiting is None:
        reading().rollback()
        return lambda session, moment: None
    cookie = {"Cookie": f"language={waiting.language}"}
    with current_app.test_request_context("/", headers=cookie):
        title, number = wording(waiting.row).title, waiting.row.number
        text = _("【天府蓉易办】%(title)s，办件编号 %(number)s。登录后看详情。", title=title, number=number)
    reading().rollback()
    name = message_id("letter", data["name"])
    gateway.send(waiting.phone, "", text, message_id=name)
    return lambda session, moment: note_sent(session, waiting.told, channel=TEXT, message_id=name, at=moment)
