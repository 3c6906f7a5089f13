"""Uploads that can be resumed: the tus protocol 1.0.0, its core with creation, checksum and expiration.

Pieces come by POST with `X-HTTP-Method-Override: PATCH`, as the protocol allows: the portal's routes read and post.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from flask import Response, current_app, request, url_for
from flask_babel import gettext as _

from approvals.commands.attach import attach
from approvals.commands.forget_files import KEPT
from approvals.errors import FileRefused
from approvals.inspection import MEGABYTE, display_name
from approvals.queries import draft as drafts
from approvals.queries import for_change
from approvals.vocabulary import FileProblem
from config import Settings
from portal.errors import words_of
from portal.guards import actor, allows
from portal.journey import blueprint
from portal.journey.arriving import (
    CHECKSUMS,
    Arrivals,
    Arriving,
    Busy,
    Checksum,
    TooManyAtOnce,
    WrongChecksum,
    WrongOffset,
)
from portal.journey.files import keep, most_unsent
from portal.unit_of_work import changing, now, reading

VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
DIGEST = re.compile(r"[0-9a-f]{64}")
CHECKSUM_MISMATCH = 460


@blueprint.post("/drafts/<token>/pieces/<key>")
@allows("application:edit")
def begin_pieces(token: str, key: str) -> Response:
    """Announce a file: its size and name; the answer says where its pieces go."""
    task = drafts.draft(reading(), token, by=actor(), at=now()).upload(key)
    length = request.headers.get("Upload-Length", "")
    if not (length.isascii() and length.isdigit() and 0 < len(length) < 13):
        return _said(400, _("没有说明文件有多大。"))
    metadata = _metadata(request.headers.get("Upload-Metadata", ""))
    name, sha256 = display_name(metadata.get("filename", "")), metadata.get("sha256", "")
    if not 0 < int(length) <= _largest():
        why = FileProblem.TOO_LARGE if int(length) else FileProblem.EMPTY
        return _refused(FileRefused(why=why, name=name, formats=task.material.formats, limit=_largest() // MEGABYTE))
    try:
        made = arrivals().begin(token, key, name, int(length), sha256 if DIGEST.fullmatch(sha256) else "")
    except TooManyAtOnce:
        return _said(429, _("没传完的文件太多。请先把它们传完，或者过一天再传。"))
    answer = _about(made, 201)
    answer.headers["Location"] = url_for(".piece", token=token, key=key, ticket=made.ticket)
    return answer


@blueprint.get("/drafts/<token>/pieces/<key>/<ticket>")
@allows("application:edit")
def piece(token: str, key: str, ticket: str) -> Response:
    """How much of a file is here: asked (HEAD) before going on."""
    drafts.draft(reading(), token, by=actor(), at=now())
    found = _find(token, key, ticket)
    return _about(found, 204) if found else _said(404, _("这个文件没有传到一半的。"))


@blueprint.post("/drafts/<token>/pieces/<key>/<ticket>")
@allows("application:edit")
def add_piece(token: str, key: str, ticket: str) -> Response:
    """The next piece; with the last one the file is inspected and handed in."""
    by, moment = actor(), now()
    formats = drafts.draft(reading(), token, by=by, at=moment).upload(key).material.formats
    found = _find(token, key, ticket)
    offset = request.headers.get("Upload-Offset", "")
    if request.headers.get("X-HTTP-Method-Override", "").upper() != "PATCH" or request.mimetype != PIECE_TYPE:
        return _said(415, _("这里只接收文件的分段。"))
    if found is None:
        return _said(404, _("这个文件没有传到一半的。"))
    if not (offset.isascii() and offset.isdigit() and len(offset) < 13):
        return _said(400, _("没有说明从哪里接着传。"))
    checksum = Checksum.read(request.headers["Upload-Checksum"]) if "Upload-Checksum" in request.headers else None
    if "Upload-Checksum" in request.headers and checksum is None:
        return _said(400, _("校验值读不懂。"))
    reading().rollback()  # nobody else waits for a slow line
    try:
        end = arrivals().append(found, int(offset), request.stream, checksum)
    except WrongOffset:
        return _about(found, 409)
    except Busy:
        return _said(423, _("前一段还在传。"))
    except WrongChecksum:
        return _said(CHECKSUM_MISMATCH, _("这一段传坏了，请重传。"))
    if end < found.size:
        return _about(found, 204)
    return _hand_in(found, formats)


@blueprint.after_request
def name_the_protocol(response: Response) -> Response:
    if request.endpoint in {"journey.begin_pieces", "journey.piece", "journey.add_piece"}:
        response.headers["Tus-Resumable"] = VERSION
        if request.method == "OPTIONS":
            response.headers["Tus-Version"] = VERSION
            response.headers["Tus-Extension"] = "creation,checksum,expiration"
            response.headers["Tus-Checksum-Algorithm"] = ",".join(CHECKSUMS)
            response.headers["Tus-Max-Size"] = str(_largest())
    return response


def unfinished(token: str) -> list[tuple[Arriving, int]]:
    """What lies half of it here, with how much: choosing the same file again goes on with it."""
    places = arrivals()
    found = ((one, places.offset(one)) for one in places.of_draft(token) if not one.is_done)
    return sorted((each for each in found if each[1]), key=lambda each: each[0].name)


def halves(token: str) -> dict[str, list[tuple[Arriving, int]]]:
    """Likewise, by material."""
    found: dict[str, list[tuple[Arriving, int]]] = {}
    for one, offset in unfinished(token):
        found.setdefault(one.key, []).append((one, offset))
    return found


def arrivals() -> Arrivals:
    settings: Settings = current_app.extensions["settings"]
    return Arrivals(settings.arriving)


def _hand_in(found: Arriving, formats: tuple[str, ...]) -> Response:
    """A file that is refused, or is another than the one announced, is gone: a better one is sent from the start."""
    by, moment, places = actor(), now(), arrivals()
    content = places.content(found)
    if found.sha256 and hashlib.sha256(content).hexdigest() != found.sha256:
        places.remove(found)
        return _said(CHECKSUM_MISMATCH, _("收到的和您选的不是同一个文件，没有保存。请重新选择后再传。"))
    try:
        kept = keep(content, found.name, formats)
        with changing(by, moment) as session:
            application = for_change.application(session, found.token)
            attach(application, found.key, kept.file, kept.sha256, by=by, at=moment, most_unsent=most_unsent())
    except FileRefused as refusal:
        places.remove(found)
        return _refused(refusal)
    places.done(found)
    return _about(Arriving(found.token, found.ticket, found.key, found.name, found.size, is_done=True), 204)


def _find(token: str, key: str, ticket: str) -> Arriving | None:
    found = arrivals().find(token, ticket)
    return found if found is not None and found.key == key else None


def _metadata(header: str) -> dict[str, str]:
    """Keys with values in base64; what cannot be read is left out."""
    found: dict[str, str] = {}
    for pair in header.split(",")[:10]:
        key, _space, encoded = pair.strip().partition(" ")
        try:
            found[key] = base64.b64decode(encoded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found


def _about(one: Arriving, status: int) -> Response:
    answer = Response(status=status)
    answer.headers["Upload-Offset"] = str(arrivals().offset(one))
    answer.headers["Upload-Length"] = str(one.size)
    answer.headers["Upload-Expires"] = format_datetime(datetime.now(UTC) + timedelta(days=KEPT.days), usegmt=True)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _refused(refusal: FileRefused) -> Response:
    status, words = words_of(refusal)
    return _said(status, words)


def _said(status: int, words: str) -> Response:
    return Response(words, status, mimetype="text/plain")


def _largest() -> int:
    settings: Settings = current_app.extensions["settings"]
    return settings.upload_megabytes * MEGABYTE
