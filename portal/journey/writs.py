"""The writs (文书) of an application, handed out as sealed files to its applicant and its offices."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import structlog
from flask import Response, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.certificates.press import press
from approvals.commands.keep_paper import keep_paper
from approvals.errors import NotFound
from approvals.queries import for_change
from approvals.queries.writs import WritWanted, writ_wanted
from approvals.spawned import Jammed
from portal.errors import error_page
from portal.guards import actor, allows
from portal.journey import blueprint
from portal.journey.files import SANDBOX, storage
from portal.signing import desk_of
from portal.unit_of_work import changing, now, reading

if TYPE_CHECKING:
    from config import Settings

log = structlog.get_logger()

LANGUAGES = ("zh", "en")


@blueprint.get("/applications/<number>/writs/<int:serial>")
@allows("application:read")
def writ(number: str, serial: int) -> ResponseReturnValue:
    """The paper as it was made: the Chinese original, or its translation (`language=en`)."""
    wanted = writ_wanted(reading(), number, serial, _language(), by=actor(), at=now())
    if wanted.sha256 is None:
        raise NotFound
    try:
        content = storage().get(wanted.sha256)
    except FileNotFoundError:
        raise NotFound from None
    name = f"{wanted.title.in_language(_language())} {wanted.number}.pdf"
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = (
        f"attachment; filename=\"writ-{serial}.pdf\"; filename*=UTF-8''{quote(name, safe='')}"
    )
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/applications/<number>/writs/<int:serial>")
@allows("application:read")
def make_writ(number: str, serial: int) -> ResponseReturnValue:
    """Make the paper where nobody has asked for it yet, and lead to it: what it says is fixed long since."""
    wanted = writ_wanted(reading(), number, serial, _language(), by=actor(), at=now())
    if wanted.sha256 is None:
        try:
            _make(wanted, _language())
        except Jammed as jam:
            log.error("writ not made", writ=wanted.writ_id, why=str(jam))
            words = _("文书这会儿做不出来。内容已经固定，不会丢。请过一分钟再下载。")
            return *error_page(503, words), {"Retry-After": "60"}
    return redirect(url_for(".writ", number=number, serial=serial, language=_language()), 303)


def _language() -> str:
    language = request.args.get("language", "zh")
    if language not in LANGUAGES:
        abort(404)
    return language


def _make(wanted: WritWanted, language: str) -> None:
    """Raises Jammed."""
    from approvals.certificates.lift import signed_digest, signer_of

    settings: Settings = current_app.extensions["settings"]
    moment = now()
    reading().rollback()
    content = press(
        wanted.kind,
        wanted.facts,
        made_at=moment.instant,
        language=language,
        public_url=settings.public_url,
        desk=desk_of(settings),
        department=wanted.department,
        is_demonstration=bool(settings.demonstration),
    )
    digest = storage().put(content)
    with changing(by=actor(), at=moment) as session:
        for_change.lock(session, wanted.application_id)
        keep_paper(
            session,
            wanted.writ_id,
            language,
            sha256=digest,
            signed_sha256=signed_digest(content),
            signer=signer_of(content),
            size=len(content),
            is_to_be_lifted=settings.tsa_url is not None,
            at=moment,
        )
