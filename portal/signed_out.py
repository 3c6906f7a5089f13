"""What is answered to a page whose person is signed in no more: what happened, and the way back to what was typed."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, current_app, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError

from forms.sign_in import sign_in_form
from forms.widgets import params
from portal.asking import asking
from portal.errors import error_page, given_back, posted
from portal.typed import Brought, Mark, posted_mark, sealed_away


def signed_out(words: str | None = None) -> ResponseReturnValue:
    """401 for something that was sent: signing in stands on the page, and leads back to where it was typed."""
    mark = _mark()
    words = words or _("登录已经过期，或者在别处退出了，刚才的内容还没有保存。")
    if mark is not None:
        words = _("%(why)s请在这里登录，写下的文字会放回原处；选好的文件要重新选。", why=words)
    elif given_back(posted()):
        words = _("%(why)s请重新登录后再提交；您刚才填写的内容列在下面，可以复制。", why=words)
    return error_page(401, words, signing=_signing(mark))


def register(app: Flask) -> None:
    # Imported here: the guard itself answers with the page of whoever is signed out.
    from portal.guards import PUBLIC, permission_of

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> ResponseReturnValue:
        """The token goes with the session: mostly nobody forged anything, but signed out or in meanwhile."""
        if permission_of(current_app, request.endpoint or "") in (PUBLIC, None):
            return error_page(400)
        if not current_user.is_authenticated:
            return signed_out()
        mark, name = _mark(), current_user.name
        if mark is None:
            words = _(
                "这一页打开以后重新登录过，现在登录的是「%(name)s」，所以没有处理。请重新打开这一页再试。", name=name
            )
            if given_back(posted()):
                words = _("%(advice)s您刚才填写的内容列在下面，可以复制。", advice=words)
            return error_page(400, words)
        if mark.account == current_user.actor.person:
            words = _("这一页打开以后您重新登录过，所以还没有保存。写下的文字都在，请接着填。")
            return error_page(400, words, carried=sealed_away(mark, posted()))
        words = _(
            "这一页是用另一个账号打开的，现在登录的是「%(name)s」，所以没有保存。"
            "要接着填，请用打开这一页的账号在这里登录，写下的文字会放回原处。",
            name=name,
        )
        return error_page(400, words, signing=_signing(mark), is_listed=False)


def not_put_back(brought: Brought) -> ResponseReturnValue:
    """After signing in: what was typed cannot stand in its page again without writing over something, or has none."""
    words = _("刚才写的没有放回去：这一页后来在别处又填过、保存过，或者这份草稿已经不在了。您写的列在下面，可以复制。")
    return error_page(409, words, kept=brought.listed, onward=brought.address)


def _mark() -> Mark | None:
    view = request.view_args or {}
    return posted_mark(str(view.get("token", "")), str(view.get("key", "")))


def _signing(mark: Mark | None) -> dict[str, object]:
    username, password = (params(field) for field in sign_in_form(asking()).fields)
    came_from = urlsplit(request.referrer or "")
    onward = came_from.path if came_from.netloc == request.host else ""
    return {
        "username": {**username, "autocomplete": "username"},
        "password": {**password, "autocomplete": "current-password"},
        "next": url_for("journey.section", token=mark.token, key=mark.key) if mark else onward,
        "carried": sealed_away(mark, posted()) if mark else "",
    }
