"""The people of the demonstration: names as people have them, clearly marked, and never a department's code."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from approvals.records.certificate import Certificate
from approvals.records.event import EventRecord
from approvals.records.letter import Letter
from approvals.vocabulary import Outcome
from portal.demonstration.applications import fill
from portal.demonstration.people import APPLICANTS, OVERSEERS, clerks, heads
from portal.unit_of_work import reading
from services.current import catalogue
from tests.factories import PERMIT, applied, decided, on, opened, returned
from tests.fixtures.crowd import served

Enter = Callable[[str], FlaskClient]
MONDAY, TUESDAY = date(2026, 6, 8), date(2026, 6, 9)


def test_every_clerk_has_a_name_of_their_own_marked_as_invented() -> None:
    departments = catalogue().departments.values()
    people = [*clerks(departments), *heads(departments), *OVERSEERS]
    names = [each.name for each in (*people, *APPLICANTS)]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[\u3400-\u9fff]{2,3}（示例）", name)] == []
    assert {each.username: each.name for each in people}["clerk-cg"] == "王敏（示例）"


def test_the_demonstration_makes_certificates_on_the_day_of_the_grant_and_nothing_lies_ahead(
    prepared: Path, tmp_path: Path
) -> None:
    with served(Path(shutil.copytree(prepared, tmp_path / "home"))) as app:
        present = on(date(2026, 6, 8), 7)
        fill(app, present.instant)
        made = reading().execute(select(Certificate.granted_at, Certificate.issued_at)).all()
        assert len(made) > 10
        assert [each for each in made if not timedelta() <= each.issued_at - each.granted_at < timedelta(days=1)] == []
        assert reading().scalars(select(func.max(EventRecord.at))).one() <= present.instant
        assert reading().scalars(select(func.max(Letter.sent_at))).one() <= present.instant


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
