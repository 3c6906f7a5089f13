"""Drawings at the desk: shown as pictures with harmless headers; what cannot be shown says why, and is downloaded."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from portal.demonstration.acting import FILES
from tests.factories import with_drawings
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]
EMPTY = b"0\nSECTION\n2\nENTITIES\n0\nENDSEC\n0\nEOF\n"


@pytest.fixture
def reviewed(office: Office) -> str:
    """The desk of a review that has a drawing, and one in which nothing is drawn."""
    files = {"site.dxf": (FILES / "site.dxf").read_bytes(), "empty.dxf": EMPTY}
    return f"/office/steps/{with_drawings(files, office.at('2026-06-08'))}/gc301"


def test_a_drawing_is_shown_as_a_picture_that_runs_nothing(reviewed: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-zj")
    page = clerk.get(reviewed).get_data(as_text=True)
    entry = next(part for part in page.split("<details") if "site.dxf" in part)
    [address] = set(re.findall(r'"([^"]+/picture)"', entry))
    assert re.search(r'<a [^>]*download="site\.dxf"', entry)
    answer = clerk.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert answer.data.startswith(b"<?xml")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_what_cannot_be_shown_says_why_and_stays_a_download(reviewed: str, signed_in: Enter) -> None:
    clerk = signed_in("clerk-zj")
    page = clerk.get(reviewed).get_data(as_text=True)
    entry = next(part for part in page.split("<details") if "empty.dxf" in part)
    [address] = set(re.findall(r'"([^"]+/picture)"', entry))
    answer = clerk.get(address)
    assert (answer.status_code, answer.mimetype) == (422, "text/plain")
    assert "没有画任何内容" in answer.get_data(as_text=True)
    assert re.search(r'<a [^>]*download="empty\.dxf"', entry)


@pytest.mark.parametrize(
    "who, material, status",
    [("clerk-zj", "survey/1", 404), ("clerk-zj", "drawings/9", 404), ("clerk-cg", "drawings/2", 404)],
    ids=["no drawing", "no such version", "another department"],
)
def test_only_drawings_of_ones_own_step(reviewed: str, signed_in: Enter, who: str, material: str, status: int) -> None:
    assert signed_in(who).get(f"{reviewed}/materials/{material}/picture").status_code == status
