"""The door to annotations: write one on a page of a material, and remove it again."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from approvals.commands.annotate import Place, annotate, remove_annotation
from approvals.errors import PlaceNotOnPage, Refusal
from approvals.queries import for_change
from portal.clerk.desk_page import DeskPage
from portal.clerk.views import blueprint
from portal.errors import words_of
from portal.guards import LARGEST_NUMBER, actor, allows
from portal.unit_of_work import changing

LONGEST = 500
"""Signs of an annotation."""
PLACE = ("x", "y", "width", "height")
FIELDS = frozenset({"csrf_token", "material", "version", "page", "text", *PLACE})


@blueprint.post("/office/steps/<number>/<key>/notes")
@allows("step:decide")
def add_note(number: str, key: str) -> ResponseReturnValue:
    """On the page that was typed, or the place on it that was shown; what was typed stays where it is refused."""
    page = DeskPage.of(number, key, "note")
    version = _whole("version")
    if any(name not in FIELDS or len(sent) != 1 for name, sent in request.form.lists()) or version is None:
        abort(422)
    material, text, on = request.form.get("material", ""), request.form.get("text", "").strip(), _whole("page")
    place, is_sound = _place()
    if not is_sound:
        abort(422)
    field = f"notes-{material}-{version}"
    if not text:
        page.wrong = f"{field}-text", _("请写批注内容")
    elif len(text) > LONGEST:
        page.wrong = f"{field}-text", _("最多写 %(most)s 个字，现在有 %(now)s 个字", most=LONGEST, now=len(text))
    elif on is None:
        page.wrong = f"{field}-page", _("请写页码，例如 3")
    if page.wrong or on is None:
        return page.render(422)
    try:
        with changing(by=actor(), at=page.at) as session:
            step = for_change.step(session, number, key)
            annotate(step, material, version, on, text, place=place, by=actor(), at=page.at)
            page.note_read(session)
    except PlaceNotOnPage as refusal:
        page.wrong = f"{field}-page", words_of(refusal)[1]
        return page.render(422)
    except Refusal as refusal:
        return page.refused(refusal)
    return _back(number, key, field)


@blueprint.post("/office/steps/<number>/<key>/notes/<int:record>/remove")
@allows("step:decide")
def remove_note(number: str, key: str, record: int) -> ResponseReturnValue:
    page = DeskPage.of(number, key, "removal")
    if set(request.form) - {"csrf_token"}:
        abort(422)
    try:
        with changing(by=actor(), at=page.at) as session:
            remove_annotation(for_change.step(session, number, key), record, by=actor(), at=page.at)
            page.note_read(session)
    except Refusal as refusal:
        return page.refused(refusal)
    return _back(number, key, "materials")


def _back(number: str, key: str, anchor: str) -> ResponseReturnValue:
    if "HX-Request" not in request.headers:
        flash(_("批注已更新。"), "success")
    return redirect(url_for("clerk.desk", number=number, key=key, _anchor=anchor), 303)


def _whole(name: str) -> int | None:
    typed = request.form.get(name, "").strip()
    is_number = typed.isascii() and typed.isdigit() and len(typed) < 11
    return int(typed) if is_number and 0 < int(typed) <= LARGEST_NUMBER else None


def _place() -> tuple[Place | None, bool]:
    """And whether it can have come from the page's own script."""
    typed = [request.form.get(name, "") for name in PLACE]
    if not any(typed):
        return None, True
    try:
        return Place(*(float(part[:10]) for part in typed)), True
    except ValueError:
        return None, False
