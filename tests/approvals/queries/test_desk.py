"""The desk shows what the step needs as it was last sent, and nothing more."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask

from approvals.commands import draft
from approvals.commands.attach import attach, detach
from approvals.commands.send_in import send_in
from approvals.errors import NotFound, NotYourStep
from approvals.inspection import inspect
from approvals.queries import for_change
from approvals.queries.actor import actor_named, clerk_of
from approvals.queries.desk import Desk, desk
from approvals.queries.step_file import step_file
from approvals.storage import Folder
from approvals.vocabulary import Outcome, StepStatus
from portal.demonstration import acting
from portal.unit_of_work import changing, reading
from services.item import Text
from tests.factories import PERMIT, RESIDENCE, applied, decided, on, returned

MONDAY, TUESDAY, WEDNESDAY = date(2026, 6, 8), date(2026, 6, 9), date(2026, 6, 10)


def at_desk(number: str, key: str, department: str, day: date = MONDAY) -> Desk:
    reading().rollback()
    return desk(reading(), number, key, by=clerk_of(reading(), department), at=on(day, 17))


@pytest.fixture
def permit(app: Flask) -> str:
    number = applied(PERMIT, on(MONDAY))
    decided(number, "accept", Outcome.ACCEPT, at=on(MONDAY))
    return number


def test_a_step_sees_the_materials_it_needs_and_no_others(permit: str) -> None:
    keys = {each.key for each in at_desk(permit, "gc301", "ZJ").materials}
    assert {"survey", "drawings", "calculations"} <= keys
    assert "contract" not in keys, "it is for acceptance and decision"


def test_another_departments_step_is_refused_and_a_strangers_case_not_found(permit: str) -> None:
    with pytest.raises(NotYourStep):
        at_desk(permit, "gc301", "SW")
    with pytest.raises(NotFound):
        at_desk(permit, "gc301", "SC")
    with pytest.raises(NotFound):
        at_desk(permit, "no-such-step", "ZJ")


def test_it_shows_what_the_others_said(permit: str) -> None:
    decided(permit, "gc311", Outcome.DISAGREE, "供水方案不合格。", at=on(TUESDAY))
    said = {each.lane.key: each for each in at_desk(permit, "gc301", "ZJ", TUESDAY).opinions}
    assert "gc301" not in said
    assert (said["gc311"].lane.outcome, said["gc311"].lane.reason) == (Outcome.DISAGREE, "供水方案不合格。")
    assert said["gc311"].by is not None
    assert said["gc311"].by.department == Text("成都市卫生健康委员会", "Chengdu Health Commission")
    assert re.fullmatch(r"[\u4e00-\u9fff]{2}（示例）", said["gc311"].by.name), "a name, and marked as invented"
    assert said["gc310"].lane.status is StepStatus.OPEN


def test_a_decision_may_only_refuse_after_a_denial(permit: str) -> None:
    for step in ("gc301", "gc302", "gc304", "gc305", "gc306", "gc307", "gc308", "gc309", "gc310", "gc312", "gc313"):
        decided(permit, step, Outcome.AGREE, at=on(TUESDAY))
    assert not at_desk(permit, "decide", "ZJ", TUESDAY).is_denied
    decided(permit, "gc311", Outcome.CANNOT_JUDGE, "缺供水水质报告。", at=on(TUESDAY))
    found = at_desk(permit, "decide", "ZJ", TUESDAY)
    assert (found.is_denied, found.is_open) == (True, True)


def test_what_is_being_mended_is_seen_only_once_it_is_sent(app: Flask) -> None:
    number = applied(RESIDENCE, on(MONDAY))
    returned(number, "accept", "employer", at=on(TUESDAY))
    by, moment = actor_named(reading(), "wangxiaorong"), on(WEDNESDAY)
    storage = Folder(app.extensions["settings"].files)
    content = (acting.FILES / "photo.jpg").read_bytes()
    with changing(by, moment) as session:
        application = for_change.application(session, number)
        draft.save(application, {"employer": "示例科技公司"}, asked=["employer"], version=1, by=by, at=moment)
        held = next(each for each in application.materials if each.key == "photo")
        detach(application, "photo", held.version, by=by, at=moment)
        found = inspect(content, "new.jpg", ["jpg"])
        attach(application, "photo", found, storage.put(content), by=by, at=moment)

    before = at_desk(number, "accept", "GA", WEDNESDAY)
    (photo,) = next(each.files for each in before.materials if each.key == "photo")
    assert (photo.version, photo.is_new) == (1, False)
    assert not any(answer.is_changed for section in before.sections for answer in section.answers)
    with pytest.raises(NotFound):
        step_file(reading(), number, "accept", "photo", 2, by=clerk_of(reading(), "GA"), at=on(WEDNESDAY))

    with changing(by, moment) as session:
        send_in(for_change.application(session, number), version=2, by=by, at=moment)
    after = at_desk(number, "accept", "GA", WEDNESDAY)
    (photo,) = next(each.files for each in after.materials if each.key == "photo")
    assert (photo.version, photo.name, photo.is_new) == (2, "new.jpg", True)
    changed = [answer for section in after.sections for answer in section.answers if answer.is_changed]
    assert [(answer.question.key, answer.value) for answer in changed] == [("employer", "示例科技公司")]
    assert after.round == 2
    assert (
        step_file(reading(), number, "accept", "photo", 2, by=clerk_of(reading(), "GA"), at=on(WEDNESDAY)).name
        == "new.jpg"
    )


def test_personal_numbers_are_marked_to_be_masked(app: Flask) -> None:
    found = at_desk(applied(RESIDENCE, on(MONDAY)), "accept", "GA")
    personal = {each.question.key for section in found.sections for each in section.answers if each.is_personal}
    assert personal >= {"applicant_identity", "applicant_phone"}


def test_a_file_of_a_material_the_step_does_not_need_is_not_found(permit: str) -> None:
    def seen(department: str, key: str, material: str) -> str:
        return step_file(
            reading(), permit, key, material, 1, by=clerk_of(reading(), department), at=on(WEDNESDAY)
        ).media_type

    assert seen("ZJ", "gc301", "drawings") == "application/pdf"
    with pytest.raises(NotFound):
        seen("ZJ", "gc301", "contract")
    with pytest.raises(NotFound):
        seen("SW", "gc301", "drawings")
    with pytest.raises(NotFound):
        seen("ZJ", "gc301", "no-such-material")
