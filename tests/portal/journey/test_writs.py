"""Writs at the door: the applicant and the office download them, nobody else, and always the same file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from flask.testing import FlaskClient

from tests.factories import RESIDENCE, applied
from tests.fixtures.heart import Office


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
