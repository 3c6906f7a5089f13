"""What a form of the journey may post: nothing twice, nothing that is not on the page."""

from __future__ import annotations

from flask import abort, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage, MultiDict

from forms.kinds.boundary import MOST_CHARACTERS

LONGEST = 2000
"""Characters of a reason, a note or an explanation."""


def refuse_strangers(*known: str) -> None:
    """422 for a field or file field that the page does not have, or that stands there twice."""
    for name, values in request.form.lists():
        if name not in {"csrf_token", *known} or len(values) != 1:
            abort(422)
    if any(name not in known for name in request.files):
        abort(422)


def too_long(text: str) -> str:
    """What to say of a text that is not taken because of its length; nothing where it is. It is never cut."""
    if len(text) <= LONGEST:
        return ""
    return _("最多 %(most)s 字，现在有 %(count)s 字", most=LONGEST, count=len(text))


def version() -> int:
    """The version of the draft that the page was made from; 422 for anything that is none."""
    text = request.form.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        abort(422)
    return int(text)


def with_outlines(form: MultiDict[str, str], files: MultiDict[str, FileStorage]) -> MultiDict[str, str]:
    """The form with the outlines that were chosen as files, each as text: every byte is a character, and those that
    matter are ASCII.
    """
    whole = MultiDict(form)
    for name, file in files.items(multi=True):
        if file.filename:
            whole.add(name, file.stream.read(MOST_CHARACTERS + 1).decode("latin-1"))
    return whole
