"""The door to drawings (DXF) as pictures, beside the opinion."""

from __future__ import annotations

from flask import Response, abort
from flask.typing import ResponseReturnValue

from approvals.inspection import MEDIA_TYPES
from approvals.picture import NoPicture, picture
from approvals.queries.step_file import step_file
from approvals.vocabulary import PictureProblem
from portal.clerk.views import blueprint
from portal.guards import actor, allows
from portal.journey.files import harmless, storage
from portal.terms import picture_words
from portal.unit_of_work import now, reading


@blueprint.get("/office/steps/<number>/<key>/materials/<material>/<int:version>/picture")
@allows("queue:read")
def drawing(number: str, key: str, material: str, version: int) -> ResponseReturnValue:
    """What cannot be shown says why, in words."""
    found = step_file(reading(), number, key, material, version, by=actor(), at=now())
    if found.media_type != MEDIA_TYPES["dxf"]:
        abort(404)
    reading().rollback()
    try:
        made = picture(found.sha256, storage().get(found.sha256))
    except NoPicture as problem:
        status = 503 if problem.why is PictureProblem.BUSY else 422
        return harmless(Response(picture_words(problem.why), status, mimetype="text/plain"))
    return harmless(Response(made, mimetype="image/svg+xml"))
