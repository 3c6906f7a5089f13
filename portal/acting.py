"""In whose name a page was shown: each of its forms carries that, and a write in another name is refused."""

from __future__ import annotations

from flask import Flask, current_app, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, generate_csrf

from approvals.errors import NameChanged
from portal.extensions import AFTER_TOKEN, posted_token
from portal.ui import represented, workspace
from portal.visitor import Visitor

ONESELF = "me"
ITS_OWN = frozenset({"account:close", "account:edit", "account:read", "calendar:subscribe", "letter:list"})
"""Permissions for what concerns the account alone, in whosever name it acts."""


def in_whose_name() -> str:
    """Of the session, as forms carry it: o and the organisation's number, p and the person's, or the visitor itself."""
    if (space := workspace()) is not None:
        return f"o{space.id}"
    person = represented()
    return f"p{person.id}" if person is not None else ONESELF


def form_token() -> str:
    """What every form posts: that it is the portal's own, and in whose name it was shown."""
    return f"{generate_csrf()}{AFTER_TOKEN}{in_whose_name()}"


def hold_name(permission: str, visitor: Visitor) -> None:
    """Refuse a write in somebody's name from a page that was shown in another one: a second tab has switched since."""
    if request.method != "POST" or permission in ITS_OWN or visitor.is_staff:
        return
    _token, mark, shown = posted_token().partition(AFTER_TOKEN)
    if not mark:
        if current_app.config["WTF_CSRF_ENABLED"]:
            raise CSRFError(_("不知道这一页是以谁的名义打开的。"))
        return
    if shown != in_whose_name():
        raise NameChanged(shown=_name(shown, visitor), now=_name(in_whose_name(), visitor))


def _name(mark: str, visitor: Visitor) -> str:
    names = {ONESELF: visitor.name}
    names |= {f"o{each.id}": each.name for each in visitor.workspaces}
    names |= {f"p{each.id}": each.name for each in visitor.people}
    return names.get(mark) or _("原来授权您的单位或者个人")


def register(app: Flask) -> None:
    """After the extension, whose own token knows no name."""
    app.jinja_env.globals["csrf_token"] = form_token
    app.context_processor(lambda: {"csrf_token": form_token})
