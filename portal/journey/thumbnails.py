"""Small pictures of what was handed in, on their way out; made when they are asked for."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from flask import Response

from portal.journey.files import harmless, storage
from portal.journey.pictures import draw

if TYPE_CHECKING:
    from approvals.queries.material_file import MaterialFile

BLANK = base64.b64decode("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
"""One pixel that nobody sees, where there is no picture."""


def pictured(found: MaterialFile) -> Response:
    """The picture of a file that this person may open, with headers as harmless as those of the file."""
    picture = draw(found.sha256, found.media_type, lambda: storage().get(found.sha256))
    return harmless(Response(picture or BLANK, mimetype="image/webp"))
