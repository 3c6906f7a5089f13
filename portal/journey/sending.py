"""What was sent, to be read again by whoever sent it: answers and files of each version, and what it changed."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from approvals.queries.draft import HandedIn
from approvals.queries.sent import Sent, SentMaterial
from approvals.queries.sent import sent as sent_of
from portal.guards import actor, allows
from portal.journey import blueprint, pages
from portal.ui import text
from portal.unit_of_work import reading
from services.answers import is_asked


@blueprint.get("/applications/<number>/sent")
@allows("material:read")
def sent(number: str) -> ResponseReturnValue:
    """`version` in the address names one of several; the newest without it."""
    found = sent_of(reading(), number, request.args.get("version", type=int), by=actor())
    return render_template(
        "journey/sent.html",
        sent=found,
        groups=_groups(found),
        materials=[(each.material, [_row(number, each, file) for file in each.files]) for each in found.materials],
        changes=pages.change_rows(found.changes, found.regions),
    )


def _row(number: str, sent: SentMaterial, file: HandedIn) -> pages.FileRow:
    url = url_for("journey.file", reference=number, key=sent.material.key, version=file.version)
    return pages.file_row(url, file)


def _groups(found: Sent) -> list[tuple[str, list[dict[str, object]]]]:
    """Every section that was asked, with its answers; no value where a question was left open."""
    return [
        (
            text(section.title),
            [
                {
                    "label": text(question.label),
                    "value": pages.shown(question, found.answers[question.key], found.regions)
                    if question.key in found.answers
                    else "",
                }
                for question in section.questions
                if is_asked(question, found.answers)
            ],
        )
        for section in found.sections
    ]
