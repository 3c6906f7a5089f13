"""What the pages of a draft share: the draft where it can be edited, and files that are handed in with them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, redirect, request, url_for
from werkzeug.datastructures import FileStorage

from approvals.commands import attach as handing_in
from approvals.errors import DraftGone, FileRefused, NotADraft, NotFound, TooLateToAmend
from approvals.queries import draft as drafts
from approvals.queries import for_change
from portal.errors import words_of
from portal.guards import actor
from portal.journey.asked_files import AskedFiles
from portal.journey.files import most_unsent, take_in
from portal.typed import posted_mark
from portal.unit_of_work import changing, now, reading


def open_draft(token: str) -> drafts.Draft:
    """The draft, where it can still be edited: what was sent is looked at on its tracker."""
    try:
        draft = drafts.draft(reading(), token, by=actor(), at=now())
    except NotFound:
        mark = posted_mark(token, str((request.view_args or {}).get("key", "")))
        if mark is not None and mark.account == actor().person:
            raise DraftGone from None
        raise
    if not draft.is_editable:
        if request.method != "GET":
            raise (TooLateToAmend if draft.is_too_late else NotADraft)(number=draft.number)
        later = url_for(".unsent", token=token) if draft.is_too_late else url_for(".tracker", number=draft.number)
        abort(redirect(later, 303))
    return draft


def hand_in(token: str, task: drafts.MaterialTask, chosen: Sequence[FileStorage]) -> list[str]:
    """Each file on its own; the words about those that are refused."""
    key = task.material.key
    kept, refusals = take_in(chosen, task.material.formats)
    by, moment = actor(), now()
    for one in kept:
        try:
            with changing(by, moment) as session:
                application = for_change.application(session, token)
                handing_in.attach(application, key, one.file, one.sha256, by=by, at=moment, most_unsent=most_unsent())
        except FileRefused as refusal:
            refusals.append(refusal)
    return [words_of(refusal)[1] for refusal in refusals]


def hand_in_asked(token: str, files: AskedFiles) -> dict[str, str]:
    """What was chosen on the page of a section is handed in, what was ticked there is taken back; the words about what
    is refused, by material.
    """
    by, moment = actor(), now()
    for material, number in files.taken_back(request.form):
        with changing(by, moment) as session:
            handing_in.detach(for_change.application(session, token), material, number, by=by, at=moment)
    chosen = files.chosen(request.files)
    said = {task.material.key: hand_in(token, task, uploads) for task, uploads in chosen}
    return {key: " ".join(words) for key, words in said.items() if words}
