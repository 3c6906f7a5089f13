"""我的材料: every file one has given, where it is used, and which are offered again instead of being uploaded."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from approvals.queries.draft import HandedIn
from approvals.queries.own_materials import Given, Place, own_materials
from portal.citizen.views import blueprint, page_number
from portal.guards import actor, allows, visitor
from portal.journey.pages import FileRow, file_row
from portal.ui import workspace
from portal.unit_of_work import now, reading


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as it was given last, and each place where it lies with the address of that place."""

    given: Given
    file: FileRow
    places: tuple[tuple[Place, str], ...]


@blueprint.get("/my/materials")
@allows("application:list")
def materials() -> ResponseReturnValue:
    """One's own, or those of the organisation one acts for."""
    space = workspace()
    page = own_materials(reading(), organisation=space.id if space else None, page=page_number(), by=actor(), at=now())
    return render_template(
        "citizen/materials.html",
        page=page,
        shown=[_shown(each) for each in page.rows],
        spaces=visitor().workspaces,
        people=visitor().people,
        space=space,
    )


def _shown(given: Given) -> Shown:
    return Shown(given, _file(given, given.places[0]), tuple((each, _address(each)) for each in given.places))


def _file(given: Given, newest: Place) -> FileRow:
    if newest.material is None:
        url = url_for("journey.sent_file", number=newest.number, serial=newest.serial)
    else:
        url = url_for("journey.file", reference=newest.number or newest.token, key=newest.key, version=newest.serial)
    kept = HandedIn(newest.serial, newest.name, given.media_type, given.size, given.pages, given.scan, given.sha256)
    return file_row(url, kept)


def _address(place: Place) -> str:
    if place.material is None:
        return url_for("journey.messages", number=place.number)
    if place.number is None:
        return url_for("journey.materials", token=place.token)
    return url_for("journey.sent", number=place.number)
