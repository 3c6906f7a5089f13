"""The switches of the header: language, colours and 长辈版."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app
from flask_login import current_user
from werkzeug import Response

from approvals.commands.change_account import change_language
from portal.guards import visitor
from portal.ui import LANGUAGES, YEAR
from portal.unit_of_work import changing, now

LOOKS = {"language": LANGUAGES, "theme": ("light", "dark"), "elder": ("on", "off")}
"""What they post."""


def choose_looks(response: Response, chosen: Mapping[str, str]) -> None:
    """Kept in cookies of this browser for a year; an applicant's language with the account, too: letters come in it."""
    is_secure = current_app.extensions["settings"].is_secure
    for name, values in LOOKS.items():
        if (value := chosen.get(name)) in values:
            response.set_cookie(name, value, max_age=YEAR, secure=is_secure, httponly=True, samesite="Lax")
    language = chosen.get("language", "")
    if language in LANGUAGES and current_user.is_authenticated and not current_user.is_staff:
        by = visitor().actor
        with changing(by, now()) as session:
            change_language(session, language, by=by)
