"""Objections to refusals: once, in time, answered by the head; upheld, the same step decides anew."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from approvals.commands.object_to_decision import answer_objection_to_decision, object_to_decision
from approvals.errors import NotAllowed, NotPossibleNow, NotRefused, ObjectedBefore, TooLateToObject
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.records.letter import Letter
from approvals.records.supervision import SupervisionRecord
from approvals.vocabulary import ApplicationStatus, Outcome
from portal.unit_of_work import changing, reading
from portal.worker.clock import strike
from portal.worker.delivery import sweep
from tests.factories import RESIDENCE, applied, decided, on
from tests.fixtures.heart import Office

DAY = date(2026, 5, 6)


def refused() -> str:
    number = applied(RESIDENCE, on(DAY))
    decided(number, "accept", Outcome.NOT_ACCEPTED, "不属于本机关职权。", at=on(DAY, 10))
    return number


def objected(number: str, day: date = date(2026, 5, 8), who: str = "wangxiaorong") -> None:
    by, at = actor_named(reading(), who), on(day)
    with changing(by, at) as session:
        application = for_change.application(session, number)
        object_to_decision(application, "就在本机关职权内。", within=60, answer_in=10, by=by, at=at)
    sweep(at)


def answered(number: str, *, is_upheld: bool, who: str = "head-ga", day: date = date(2026, 5, 12)) -> None:
    by, at = actor_named(reading(), who), on(day)
    with changing(by, at) as session:
        (owed,) = for_change.application(session, number).obligations
        answer_objection_to_decision(owed, "经查，属于本机关。", is_upheld=is_upheld, by=by, at=at)
    sweep(at)


def told() -> list[str]:
    reading().rollback()
    return list(reading().scalars(select(Letter.kind).order_by(Letter.id)))[2:]


def test_upheld_the_step_decides_anew_and_one_letter_tells_it(app: Flask) -> None:
    number = refused()
    objected(number)
    with pytest.raises(ObjectedBefore):
        objected(number, date(2026, 5, 9))
    answered(number, is_upheld=True)
    assert told() == ["objection_raised", "reopened"]
    made = Office(app).progress(number)
    assert made.status is ApplicationStatus.SUBMITTED
    assert Office(app).open(number) == ["accept"]
    decided(number, "accept", Outcome.NOT_ACCEPTED, "仍不属于本机关职权。", at=on(date(2026, 5, 14)))
    by, at = actor_named(reading(), "wangxiaorong"), on(date(2026, 5, 15))
    with changing(by, at) as session:
        object_to_decision(for_change.application(session, number), "还是不服。", within=60, answer_in=10, by=by, at=at)


def test_dismissed_it_stays_refused_and_is_not_answered_twice(app: Flask) -> None:
    number = refused()
    objected(number)
    answered(number, is_upheld=False)
    assert told() == ["objection_raised", "objection_answered"]
    assert Office(app).progress(number).status is ApplicationStatus.NOT_ACCEPTED
    with pytest.raises(NotPossibleNow):
        answered(number, is_upheld=True)


def test_who_and_when(app: Flask) -> None:
    running = applied(RESIDENCE, on(DAY))
    with pytest.raises(NotRefused):
        objected(running)
    number = refused()
    with pytest.raises(NotAllowed):
        objected(number, who="yanmao")
    objected(number, date(2026, 7, 5))
    late = refused()
    with pytest.raises(TooLateToObject):
        objected(late, date(2026, 7, 6))
    for other in ("clerk-ga", "head-sw"):
        with pytest.raises(NotAllowed):
            answered(number, is_upheld=True, who=other)


def test_an_answer_that_is_late_climbs_the_ladder(app: Flask) -> None:
    objected(refused())
    strike(Office(app).at("2026-06-10"))
    reading().rollback()
    rungs = reading().scalars(
        select(SupervisionRecord.rung)
        .where(SupervisionRecord.subject.startswith("obligation"))
        .order_by(SupervisionRecord.id)
    )
    assert [str(each) for each in rungs] == ["warning", "late", "escalated"]
