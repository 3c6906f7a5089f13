"""Writs at the door: the applicant and the office download them, nobody else, and always the same file."""

from __future__ import annotations

import hashlib
import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import x509
from flask.testing import FlaskClient
from sqlalchemy import delete

from approvals.certificates.trust import trusted
from approvals.records.writ import WritPaper
from portal.unit_of_work import changing, now
from tests.factories import RESIDENCE, applied
from tests.fixtures.heart import Office
from tests.outside import qr_code_of, require_tool
from tests.verifier import verifier


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


def verified(client: FlaskClient, pdf: bytes) -> str:
    """The page, asked again where a busy machine gave the examiner no time."""
    for _ in range(8):
        page = client.post("/verify", data={"file": (io.BytesIO(pdf), "writ.pdf")}).get_data(as_text=True)
        if "data-reason" in page and 'data-reason="too_costly"' not in page:
            return page
    raise AssertionError("the examiner never had time")


def test_a_writ_that_was_handed_out_is_recognised_by_whoever_is_shown_it(
    office: Office, signed_in: Callable[[str], FlaskClient]
) -> None:
    number = applied(RESIDENCE, office.at("2026-05-06"))
    mine, stranger = signed_in("wangxiaorong"), office.app.test_client()
    pdf = b""
    for language in ("zh", "en"):
        made = mine.post(f"/applications/{number}/writs/1?language={language}")
        pdf = mine.get(made.headers["Location"]).data
        page = verified(stranger, pdf)
        assert 'data-reason="writ"' in page
        for told in ("收件凭证", "GA510100收字〔2026〕0001号", "成都市公安局", "2026 年 5 月 6 日"):
            assert told in page
        assert ("您核验的是英文译本" in page) is (language == "en")
        assert "王晓蓉" not in page, "who it is addressed to stands on the paper alone"
        assert 'data-reason="altered_after_signing"' in verified(stranger, pdf + b" ")
        keys = office.app.extensions["settings"].keys
        told = verifier().verify(
            pdf,
            roots=[x509.Certificate.load(der) for der in trusted(keys).roots],
            stamps=[],
            revoked=[],
            at=now().instant,
        )
        assert (told["verdict"], told["reason"]) == ("valid", "signed_writ")
        assert told["data"]["number"] == "GA510100收字〔2026〕0001号"
    with changing(at=now()) as session:
        session.execute(delete(WritPaper))
    assert 'data-reason="unknown_writ"' in verified(stranger, pdf)


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
