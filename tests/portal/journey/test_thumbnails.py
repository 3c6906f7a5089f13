"""Small pictures beside the names of files: for whoever may open the file, made when they are first looked at."""

from __future__ import annotations

import base64
import io
import re
import shutil
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import update

from approvals.records.material import StoredFile
from portal.journey.thumbnails import BLANK
from portal.unit_of_work import changing
from tests.factories import RESIDENCE, applied
from tests.portal.journey.walking import begin, sample

Enter = Callable[[str], FlaskClient]


def test_it_stands_beside_the_name_in_the_page_of_whoever_handed_it_in(app: Flask, signed_in: Enter) -> None:
    walk = begin(signed_in("wangxiaorong"), RESIDENCE)
    walk.upload("identity_card", sample(("jpg",)))
    (found,) = re.findall(r'src="data:image/webp;base64,([^"]+)"', walk.get("/materials").get_data(as_text=True))
    assert Image.open(io.BytesIO(base64.b64decode(found))).size[0] > 1
    shutil.rmtree(app.extensions["settings"].thumbnails)
    assert "data:image/webp" not in walk.get("/materials").get_data(as_text=True)


def test_it_is_made_when_the_desk_first_looks_at_it_and_again_when_it_is_lost(app: Flask, signed_in: Enter) -> None:
    clerk, address = signed_in("clerk-ga"), f"/office/steps/{applied(RESIDENCE)}/accept/materials/photo/1/thumbnail"
    first = clerk.get(address)
    assert (first.status_code, first.mimetype) == (200, "image/webp")
    assert first.data != BLANK
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert first.headers["Cache-Control"] == "private, no-store"
    assert "sandbox" in first.headers["Content-Security-Policy"]
    shutil.rmtree(app.extensions["settings"].thumbnails)
    assert clerk.get(address).data == first.data


def test_it_is_shown_to_nobody_who_may_not_open_the_file(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE)
    desk = f"/office/steps/{number}/accept/materials/photo/1/thumbnail"
    assert signed_in("clerk-ga").get(desk).status_code == 200
    for who in ("wangxiaorong", "yanmao", "clerk-zj"):
        assert signed_in(who).get(desk).status_code in {403, 404}
    assert app.test_client().get(desk).status_code == 302, "to sign in"


def test_what_the_scanner_found_something_in_is_not_drawn(app: Flask, signed_in: Enter) -> None:
    number, clerk = applied(RESIDENCE), signed_in("clerk-ga")
    page = f"/office/steps/{number}/accept"
    assert f"{page}/materials/photo/1/thumbnail" in clerk.get(page).get_data(as_text=True)
    with changing() as session:
        session.execute(update(StoredFile).values(scan="infected"))
    assert clerk.get(f"{page}/materials/photo/1/thumbnail").status_code == 409
    assert "thumbnail" not in clerk.get(page).get_data(as_text=True)


def test_what_cannot_be_drawn_is_asked_for_once(app: Flask, signed_in: Enter) -> None:
    number = applied(RESIDENCE)
    client, address = signed_in("clerk-ga"), f"/office/steps/{number}/accept/materials/photo/1/thumbnail"
    client.get(address)
    (kept,) = app.extensions["settings"].thumbnails.glob("??/*.webp")
    kept.write_bytes(b"")
    assert client.get(address).data == BLANK
    assert kept.read_bytes() == b""
