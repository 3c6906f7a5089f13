"""The monthly bulletin: its figures, and the PDF as others read it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from approvals.queries.actor import actor_named
from approvals.queries.bulletin import bulletin, months_told
from approvals.vocabulary import ApplicationStatus
from portal.unit_of_work import reading
from tests.factories import RESIDENCE, applied, granted, on
from tests.outside import require_tool

Enter = Callable[[str], FlaskClient]
MONDAY, FRIDAY, JULY = date(2026, 6, 8), date(2026, 6, 12), date(2026, 7, 15)


def said(program: str, *arguments: object) -> str:
    command = [require_tool(program), *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_it_tells_what_happened_in_the_month_as_a_sound_pdf(app: Flask, signed_in: Enter, tmp_path: Path) -> None:
    granted(applied(RESIDENCE, on(MONDAY)), on(MONDAY))
    granted(applied(RESIDENCE, on(MONDAY)), on(FRIDAY))
    applied(RESIDENCE, on(date(2026, 7, 1)))
    by, at = actor_named(reading(), "manager"), on(JULY)
    assert months_told(reading(), by=by, at=at) == ("2026-07", "2026-06")
    found = bulletin(reading(), "2026-06", by=by, at=at)
    assert (found.received, found.ended, found.is_over) == (2, {ApplicationStatus.ISSUED: 2}, True)
    assert (found.decided, found.dated, found.on_time) == (2, 2, 2)
    assert (found.median, found.ninetieth) == (0, 0)
    assert {each.department.zh for each in found.departments} == {each.department.zh for each in found.steps}
    assert bulletin(reading(), "2026-07", by=by, at=at).received == 1
    manager = signed_in("manager")
    assert "/management/bulletin/2026-06" in manager.get("/management/bulletin").get_data(as_text=True)
    answer = manager.get("/management/bulletin/2026-06")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    paper = tmp_path / "bulletin.pdf"
    paper.write_bytes(answer.data)
    assert "No syntax or stream encoding errors found" in said("qpdf", "--check", paper)
    text = "".join(said("pdftotext", "-layout", paper, "-").split())
    for words in ("2026年6月审批时限通报", "收到申请2件，办结2件", "按期2件，按期率100.0%", "最慢的环节"):
        assert words in text
    assert manager.get("/management/bulletin/2026-13").status_code == 404
