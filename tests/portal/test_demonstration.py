"""The people of the demonstration: names as people have them, clearly marked, and never a department's code."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from flask import Flask
from flask.testing import FlaskClient

from approvals.vocabulary import Outcome
from portal.demonstration.people import APPLICANTS, OVERSEERS, clerks, heads
from services.current import catalogue
from tests.factories import PERMIT, applied, decided, on, opened, returned

Enter = Callable[[str], FlaskClient]
MONDAY, TUESDAY = date(2026, 6, 8), date(2026, 6, 9)


def test_every_clerk_has_a_name_of_their_own_marked_as_invented() -> None:
    departments = catalogue().departments.values()
    people = [*clerks(departments), *heads(departments), *OVERSEERS]
    names = [each.name for each in (*people, *APPLICANTS)]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[\u3400-\u9fff]{2,3}（示例）", name)] == []
    assert {each.username: each.name for each in people}["clerk-cg"] == "王敏（示例）"


def test_a_name_never_stands_without_the_department_it_acts_for(app: Flask, signed_in: Enter) -> None:
    permit = applied(PERMIT, on(MONDAY))
    decided(permit, "accept", Outcome.ACCEPT, at=on(MONDAY))
    returned(permit, "gc309", "site", at=on(TUESDAY))
    decided(permit, "gc307", Outcome.AGREE, at=on(TUESDAY))
    signature = "王敏（示例） · 成都市城市管理委员会"
    colleague = signed_in("clerk-cg")
    for step in ("gc309", "gc307"):
        assert signature in colleague.get(f"/office/steps/{permit}/{step}").get_data(as_text=True)
    opened(permit, "manager")
    pages = [
        signed_in("clerk-zj").get(f"/office/steps/{permit}/gc301"),
        signed_in("clerk-zj").get("/office/queue"),
        signed_in("manager").get("/management/board"),
        signed_in("manager").get(f"/management/applications/{permit}"),
        signed_in("lijinrong").get(f"/applications/{permit}"),
        signed_in("lijinrong").get("/my/letters"),
    ]
    for page in pages:
        html = page.get_data(as_text=True)
        assert page.status_code == 200
        assert not re.search(r"\b(CG|ZJ|SW|GA) ?(经办|负责人)", html)
        assert html.count("王敏（示例）") == html.count(signature)
