"""Rounds of correction on the pages: what changed on the desk, one notice and one letter, a reason for what is late."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from approvals.queries.actor import actor_named
from approvals.queries.letters import LetterRow, letters
from approvals.records.application import Application
from approvals.records.letter import Letter
from portal.unit_of_work import reading
from portal.worker.delivery import sweep
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]


@pytest.fixture
def number(office: Office) -> str:
    """A construction permit that carts waste away, accepted; two departments ask, and every other one has agreed."""
    found = office.small(makes_waste=True, waste_volume=Decimal(86000))
    office.take(found, "accept")
    office.take(found, "gc304")
    return found


def requests() -> list[LetterRow]:
    reading().rollback()
    found = letters(reading(), page=1, by=actor_named(reading(), "lijinrong")).rows
    return [each for each in found if each.kind == "correction_asked"]


def page(client: FlaskClient, address: str) -> str:
    """Without its tags."""
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_what_several_departments_ask_is_one_letter_and_one_list_by_place(
    office: Office, number: str, signed_in: Enter
) -> None:
    office.ask(number, "gc309", "waste_volume", "site")
    sweep(office.at("2026-05-08", 15))
    office.ask(number, "gc301", "site", "drawings", day="2026-05-11")
    sweep(office.at("2026-05-11", 15))
    (letter,) = requests()
    assert [department.zh for department in letter.departments] == [
        "成都市城市管理委员会",
        "成都市住房和城乡建设局",
    ]
    assert [(place.section, [each.target for each in place.things]) for place in letter.places] == [
        ("project", ["site"]),
        ("matters", ["waste_volume"]),
        (None, ["drawings"]),
    ]
    assert len(letter.places[0].things[0].demands) == 2
    assert letter.count == 3
    client = signed_in("lijinrong")
    token = reading().scalars(select(Application.token).where(Application.number == number)).one()
    for address in ("/my/letters", f"/applications/{number}", f"/drafts/{token}"):
        told = page(client, address)
        assert told.index("请改site。") < told.index("请改waste_volume。") < told.index("请改drawings。")


def test_after_the_answer_a_new_request_is_a_new_letter(office: Office, number: str) -> None:
    office.ask(number, "gc309", "waste_volume")
    office.mend(number, waste_volume=Decimal(500))
    office.ask(number, "gc309", "waste_volume", day="2026-05-15")
    sweep(office.at("2026-05-15", 15))
    assert len(requests()) == 2
    sweep(office.at("2026-05-15", 16))
    counted = select(func.count()).select_from(Letter).where(Letter.kind == "correction_asked")
    assert reading().scalars(counted).one() == 2


def test_the_desk_of_a_reopened_step_says_what_its_opinion_lost(office: Office, number: str, signed_in: Enter) -> None:
    office.ask(number, "gc301", "floor_area", "waste_volume")
    office.mend(number, floor_area=Decimal(1000), waste_volume=Decimal(500))
    told = page(signed_in("clerk-zj"), f"/office/steps/{number}/gc304")
    assert "上一轮以来改了什么" in told
    assert "第 2 轮" in told
    table = told[told.index("原来 现在") :]
    assert "总建筑面积" in table[:200]
    assert "48,620.5" in table[:200]
    assert "1,000" in table[:200]
    assert "86,000" not in table[:200]  # it does not rely on the waste


def test_who_asks_late_without_a_reason_keeps_every_word(office: Office, number: str, signed_in: Enter) -> None:
    office.ask(number, "gc309", "waste_volume")
    office.mend(number, waste_volume=Decimal(500))
    client = signed_in("clerk-cg")
    form = {"round": "2", "items": "question-contractor_name", "what-question-contractor_name": "请写全称。"}
    answer = client.post(f"/office/steps/{number}/gc309/return", data=form)
    assert answer.status_code == 422
    told = answer.get_data(as_text=True)
    assert "施工单位在上一轮就能看到" in told
    assert "请写全称。" in told
    answer = client.post(f"/office/steps/{number}/gc309/return", data={**form, "why_again": "名录昨日更新。"})
    assert answer.status_code == 303
    assert "为什么现在才提：名录昨日更新。" in page(signed_in("lijinrong"), f"/applications/{number}")


def test_a_step_that_fell_away_is_told_to_everybody(office: Office, number: str, signed_in: Enter) -> None:
    office.take(number, "gc309")
    office.ask(number, "gc301", "makes_waste")
    office.mend(number, makes_waste=False, waste_volume=None)
    assert "不再涉及这个环节" in page(signed_in("clerk-cg"), f"/office/steps/{number}/gc309")
    told = page(signed_in("lijinrong"), f"/applications/{number}")
    assert "「建筑垃圾处置核准」不再涉及" in told
    assert "以前的意见不计入" in told
