"""A consultation's silence is consent where its item says so; what is said later is kept, shown and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from approvals.clock.moment import Moment
from approvals.commands.publish import publish
from approvals.commands.speak_late import speak_late
from approvals.errors import AlreadyDecided, StepNotOpen
from approvals.queries import for_change
from approvals.queries.actor import clerk_of
from approvals.queries.invariants import examine
from approvals.records.step import Decision, LateOpinion
from approvals.vocabulary import Outcome, StepStatus
from portal.demonstration.acting import apply
from portal.unit_of_work import changing, now, reading
from portal.worker.clock import strike
from services.answers import examples
from services.current import catalogue
from services.item import Item, Limit, Stage, Step, StepKind, Text
from tests.fixtures.heart import Office

Enter = Callable[[str], FlaskClient]


def consulting() -> Item:
    """The residence permit, but the water bureau is consulted beside the review, and its silence is consent."""
    plain = catalogue().item("residence-permit")
    asked = Step(
        "consult",
        StepKind.CONSULTATION,
        Text("征求意见", "Consultation"),
        "SW",
        promised=Limit(Decimal(3)),
        deemed_consent=True,
    )
    stages = tuple(
        Stage(stage.key, stage.title, (*stage.steps, asked), stage.join)
        if any(step.key == "review" for step in stage.steps)
        else stage
        for stage in plain.stages
    )
    return replace(plain, stages=stages)


@pytest.fixture
def consulted(office: Office) -> tuple[str, Moment]:
    """An application whose consultation opened; the last moment at which the bureau may still speak."""
    item = consulting()
    today = now().calendar.on_or_after(now().today - timedelta(days=12))
    at = office.at(today.isoformat())
    with changing(at=at) as session:
        publish(session, regions=(), departments=(), items=[item], at=at)
    number = apply(item, office.storage, at, examples(item, today))
    office.take(number, "accept", today.isoformat())
    due = office.step(number, "consult").promised_due
    assert due is not None
    return number, office.at(due.isoformat(), 23, 59)


def test_silence_is_consent_only_after_the_whole_last_day(office: Office, consulted: tuple[str, Moment]) -> None:
    number, last = consulted
    strike(last)
    assert office.step(number, "consult").status is StepStatus.OPEN
    strike(Moment(last.instant + timedelta(minutes=2), last.calendar))
    assert office.step(number, "consult").outcome is Outcome.AGREE
    deemed = reading().scalars(select(Decision).where(Decision.is_deemed)).one()
    assert deemed.by_account is None
    assert office.step(number, "review").status is StepStatus.OPEN, "who must review cannot be silent"


def test_a_late_answer_is_kept_and_shown_and_changes_nothing(
    office: Office, consulted: tuple[str, Moment], signed_in: Enter
) -> None:
    number, last = consulted
    clerk = clerk_of(reading(), "SW")
    with pytest.raises(StepNotOpen), changing(clerk, last) as session:
        speak_late(for_change.step(session, number, "consult"), Outcome.DISAGREE, "晚了", by=clerk, at=last)
    strike(Moment(last.instant + timedelta(minutes=2), last.calendar))
    reading().rollback()
    water = signed_in("clerk-sw")
    page = water.get(f"/office/steps/{number}/consult").get_data(as_text=True)
    assert f"/office/steps/{number}/consult/late" in page
    late = {"round": "1", "outcome": "disagree", "reason": "排水口不在许可范围内。"}
    silent = water.post(f"/office/steps/{number}/consult/late", data={**late, "reason": ""})
    assert silent.status_code == 422
    assert water.post(f"/office/steps/{number}/consult/late", data=late).status_code == 303
    again = water.post(f"/office/steps/{number}/consult/late", data=late)
    assert again.status_code == 409
    assert "排水口不在许可范围内。" in again.get_data(as_text=True)
    reading().rollback()
    assert office.step(number, "consult").outcome is Outcome.AGREE
    assert reading().scalars(select(LateOpinion.outcome)).one() is Outcome.DISAGREE
    seen = signed_in("clerk-ga").get(f"/office/steps/{number}/review").get_data(as_text=True)
    assert "排水口不在许可范围内。" in seen
    reading().rollback()
    assert examine(reading(), office.storage, at=now()).broken == []


def test_nothing_is_said_after_an_acceptance_that_was_deemed(office: Office) -> None:
    number = office.apply()
    due = office.step(number, "accept").statutory_due
    assert due is not None
    last = office.at(due.isoformat(), 23, 59)
    at = Moment(last.instant + timedelta(minutes=2), last.calendar)
    strike(at)
    assert office.step(number, "accept").outcome is Outcome.ACCEPT
    clerk = clerk_of(reading(), "ZJ")
    with pytest.raises(AlreadyDecided), changing(clerk, at) as session:
        speak_late(for_change.step(session, number, "accept"), Outcome.DISAGREE, "晚了", by=clerk, at=at)


def test_who_spoke_in_time_cannot_speak_late(office: Office, consulted: tuple[str, Moment]) -> None:
    number, last = consulted
    office.take(number, "consult", last.today.isoformat())
    clerk = clerk_of(reading(), "SW")
    with pytest.raises(AlreadyDecided), changing(clerk, last) as session:
        speak_late(for_change.step(session, number, "consult"), Outcome.DISAGREE, "改主意", by=clerk, at=last)
