"""How content people were, by department and item, for everybody."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from approvals.queries.satisfaction import LEAST
from portal.guards import PUBLIC, allows
from portal.public import blueprint
from portal.public.lately import content


@blueprint.get("/ratings")
@allows(PUBLIC)
def satisfaction() -> ResponseReturnValue:
    return render_template("public/satisfaction.html", found=content(), least=LEAST)
