"""A correction is answered by changing what was asked for, or by saying why not."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from approvals.audit.witness import contradictions
from approvals.commands import draft as drafting
from approvals.commands.send_in import send_in
from approvals.errors import NothingMended
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.records.event import EventRecord
from portal.unit_of_work import changing, reading
from tests.factories import RESIDENCE, applied, on, returned

MONDAY, TUESDAY = date(2026, 6, 8), date(2026, 6, 9)
WHY = "单位名称和营业执照一致。"


@pytest.fixture
def number(app: Flask) -> str:
    """Asked to mend the employer and the phone."""
    number = applied(RESIDENCE, on(MONDAY))
    returned(number, "accept", "employer", "applicant_phone", at=on(MONDAY, 11))
    return number


def answer(number: str, explanation: str = "", **changed: str) -> None:
    by, at = actor_named(reading(), "wangxiaorong"), on(TUESDAY)
    with changing(by, at) as session:
        application = for_change.application(session, number)
        if changed:
            version = application.draft_version
            drafting.save(application, changed, asked=set(changed), version=version, by=by, at=at)
        send_in(application, version=application.draft_version, explanation=explanation, by=by, at=at)


def test_what_is_left_as_it_was_is_named(number: str) -> None:
    with pytest.raises(NothingMended) as refused:
        answer(number)
    assert refused.value.facts == {"targets": ("employer", "applicant_phone")}
    with pytest.raises(NothingMended) as refused:
        answer(number, "  ", employer="成都另一示例有限公司")
    assert refused.value.facts == {"targets": ("applicant_phone",)}


def test_what_was_changed_needs_no_words_and_keeps_none(number: str) -> None:
    answer(number, WHY, employer="成都另一示例有限公司", applicant_phone="13900000009")
    reading().rollback()
    (asked,) = for_change.application(reading(), number).corrections
    assert (asked.answered_at, asked.explanation) == (on(TUESDAY).instant, None)


def test_the_words_are_kept_and_the_trail_vouches_for_them(number: str) -> None:
    answer(number, f" {WHY} ")
    reading().rollback()
    application = for_change.application(reading(), number)
    events = list(reading().scalars(select(EventRecord).order_by(EventRecord.sequence)))
    (asked,) = application.corrections
    assert asked.explanation == WHY
    assert list(contradictions(application, events)) == []
    asked.explanation = "别的话。"
    assert list(contradictions(application, events)) == ["the explanation to step accept in round 1 is another"]
    reading().rollback()


def test_each_of_two_answers_at_one_moment_is_held_against_its_own_words(number: str) -> None:
    answer(number, WHY, employer="成都另一示例有限公司")
    returned(number, "accept", "employer", at=on(TUESDAY))
    answer(number, employer="成都第三示例有限公司")
    reading().rollback()
    application = for_change.application(reading(), number)
    events = list(reading().scalars(select(EventRecord).order_by(EventRecord.sequence)))
    assert list(contradictions(application, events)) == []
    first, second = application.corrections
    first.explanation, second.explanation = None, WHY
    assert list(contradictions(application, events)) == ["the explanation to step accept in round 2 is another"]
    reading().rollback()
