"""Send letters by e-mail: the words of the portal, as plain text, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import unescape
from typing import TYPE_CHECKING, Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from approvals.commands.write_letter import note_sent
from approvals.events import Event
from approvals.queries.letters import LetterRow, ToMail, to_mail
from portal.letters.gateways import mail, message_id
from portal.letters.words import wording
from portal.unit_of_work import reading

if TYPE_CHECKING:
    from approvals.clock.moment import Moment


def send_mail(data: Mapping[str, Any], at: Moment) -> Callable[[Any, Moment], None]:
    """The message is named after what it tells: sent again after a crash it is the same message for whoever gets it."""
    gateway, waiting = mail(), to_mail(reading(), data, at.today)
    if gateway is None or waiting is None:
        reading().rollback()
        return lambda session, moment: None
    subject, text = _written(waiting)
    reading().rollback()
    name = message_id("letter", data["name"])
    gateway.send(waiting.address, subject, text, message_id=name)
    return lambda session, moment: note_sent(session, waiting.told, message_id=name, at=moment)


def _written(waiting: ToMail) -> tuple[str, str]:
    """Of whom it tells stands in the portal, behind signing in: neither the subject nor the text names anybody."""
    public_url: str = current_app.extensions["settings"].public_url
    cookie = {"Cookie": f"language={waiting.language}"}
    with current_app.test_request_context("/", base_url=public_url, headers=cookie):
        told = [(row, wording(row)) for row in waiting.rows]
        only = told[0][1].title if len(told) == 1 else ""
        subject = only or ngettext("%(num)s 条消息", "%(num)s 条消息", len(told))
        parts = [_part(row, words.title, words.sentence) for row, words in told]
        hint = _("不想收到这些邮件，可以在「我的账号」里关掉。")
        text = "\n\n".join([*parts, f"{hint}\n{url_for('auth.letter_way', _external=True)}"])
        return f"{subject} · {_('天府蓉易办')}", f"{text}\n"


def _part(row: LetterRow, title: str, sentence: str) -> str:
    plain = unescape(Markup(sentence).striptags())  # noqa: S704  # made safe by wording, and shown as plain text
    endpoint, place = (
        ("journey.tasks", {"token": row.token}) if row.token else ("journey.tracker", {"number": row.number})
    )
    lines = [title, plain, url_for(endpoint, **place, _external=True)]
    if row.kind is Event.SUBMITTED:
        lines.append(_("回执和收件凭证：%(address)s", address=url_for("journey.receipt", **place, _external=True)))
    return "\n".join(lines)
