"""Writs at the door: the applicant and the office download them, nobody else, and always the same file."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.factories import RESIDENCE, applied
from tests.fixtures.heart import Office
from tests.outside import qr_code_of, require_tool


def test_a_receipt_is_made_once_and_is_the_same_for_everybody_who_may_have_it(
    office: Office, signed_in: Callable[[str], FlaskClient]
) -> None:
    number = applied(RESIDENCE, office.at("2026-05-06"))
    applicant = signed_in("wangxiaorong")
    page = applicant.get(f"/applications/{number}").get_data(as_text=True)
    assert "收件凭证" in page
    assert "GA510100收字〔2026〕0001号" in page
    assert applicant.get(f"/applications/{number}/writs/1").status_code == 404
    made = applicant.post(f"/applications/{number}/writs/1")
    assert made.status_code == 303
    first = applicant.get(made.headers["Location"])
    assert first.status_code == 200
    assert first.data.startswith(b"%PDF-")
    assert first.headers["Cache-Control"] == "private, no-store"
    assert "attachment" in first.headers["Content-Disposition"]
    office_clerk = signed_in("clerk-ga")
    again = office_clerk.get(office_clerk.post(f"/applications/{number}/writs/1").headers["Location"])
    assert hashlib.sha256(again.data).hexdigest() == hashlib.sha256(first.data).hexdigest()


@pytest.mark.parametrize(
    "language, words", [("zh", ("收件凭证", "本人近照")), ("en", ("Receipt", "Recent photograph"))]
)
def test_the_receipt_is_a_pdf_whose_code_leads_to_the_progress(
    office: Office, signed_in: Callable[[str], FlaskClient], tmp_path: Path, language: str, words: tuple[str, str]
) -> None:
    number = applied(RESIDENCE, office.at("2026-05-06"))
    mine, place = signed_in("wangxiaorong"), f"/applications/{number}/writs/1?language={language}"
    assert f'action="{place}"' in mine.get(f"/applications/{number}/receipt").get_data(as_text=True)
    made = mine.post(place).headers["Location"]
    assert f'href="{place}"' in mine.get(f"/applications/{number}/receipt").get_data(as_text=True)
    paper = tmp_path / "receipt.pdf"
    paper.write_bytes(mine.get(made).data)
    read = subprocess.run([require_tool("pdftotext"), str(paper), "-"], check=True, capture_output=True, text=True)
    said = "".join(read.stdout.split())
    assert number in said
    for word in words:
        assert "".join(word.split()) in said
    public_url = office.app.extensions["settings"].public_url
    assert qr_code_of(paper) == f"{public_url.rstrip('/')}/applications/{number}"


def test_nobody_else_learns_that_there_is_one(office: Office, signed_in: Callable[[str], FlaskClient]) -> None:
    number = applied(RESIDENCE, office.at("2026-05-06"))
    for username in ("lijinrong", "clerk-zj"):
        assert signed_in(username).post(f"/applications/{number}/writs/1").status_code == 404
    mine = signed_in("wangxiaorong")
    assert mine.post(f"/applications/{number}/writs/2").status_code == 404
    assert mine.post(f"/applications/{number}/writs/1?language=fr").status_code == 404


def test_a_jammed_press_says_so_and_keeps_what_was_fixed(
    office: Office, signed_in: Callable[[str], FlaskClient]
) -> None:
    number = applied(RESIDENCE, office.at("2026-05-06"))
    root = office.app.extensions["settings"].keys / "authority" / "root.key"
    kept = root.read_bytes()
    root.write_bytes(b"nothing")  # the department has no key yet, and is given none
    mine = signed_in("wangxiaorong")
    answer = mine.post(f"/applications/{number}/writs/1")
    assert answer.status_code == 503
    assert "内容已经固定" in answer.get_data(as_text=True)
    root.write_bytes(kept)
    assert mine.post(f"/applications/{number}/writs/1").status_code == 303
