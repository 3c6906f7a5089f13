"""What is expected of an application follows its joins: what the first consent settles does not wait for the last."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from approvals.commands.publish import publish
from approvals.events import Event
from approvals.queries.actor import actor_named
from approvals.queries.case import load_case
from approvals.queries.forecast import forecast
from approvals.queries.tracker import Tracker, tracker
from portal.demonstration.acting import apply
from portal.unit_of_work import changing, reading
from services.answers import examples
from services.current import catalogue
from services.item import Item, Join, JoinKind, Limit, Stage, Step, StepKind, Text
from tests.fixtures.heart import Office

DAYS = {"fast": 1, "middling": 3, "slow": 5}


def reviewed(join: Join) -> Item:
    """The residence permit, reviewed by three departments that promise one, three and five days."""
    plain = catalogue().item("residence-permit")
    reviews = tuple(
        Step(key, StepKind.REVIEW, Text(key), "SW", promised=Limit(Decimal(days))) for key, days in DAYS.items()
    )
    stages = tuple(Stage("r", Text("审查"), reviews, join) if each.key == "review" else each for each in plain.stages)
    return replace(plain, stages=stages, materials=tuple(replace(each, steps=()) for each in plain.materials))


@pytest.mark.parametrize(
    "join, start",
    [
        (Join(JoinKind.ANY), date(2026, 5, 8)),
        (Join(JoinKind.N_OF_M, n=2), date(2026, 5, 11)),
        (Join(), date(2026, 5, 13)),
        (Join(JoinKind.VETO, veto=frozenset({"fast"})), date(2026, 5, 13)),
    ],
    ids=["any", "two of three", "all", "veto"],
)
def test_a_decision_is_expected_when_its_join_goes_on(office: Office, join: Join, start: date) -> None:
    item, at = reviewed(join), office.at("2026-05-07")
    with changing(at=at) as session:
        publish(session, regions=(), departments=(), items=[item], at=at)
    number = apply(item, office.storage, at, examples(item, at.today))
    office.take(number, "accept")
    applicant = actor_named(reading(), "wangxiaorong")
    expected = forecast(load_case(reading(), number, by=applicant, at=at), at=at)
    assert expected["decide"].start == start
    assert tracker(reading(), number, by=applicant, at=at).expected_end == expected["issue"].end
    assert expected["slow"].end == date(2026, 5, 13), "who will probably fall away is expected all the same"


def expected(found: Tracker) -> date:
    assert found.expected_end is not None
    return found.expected_end


def seen(number: str, office: Office, day: str) -> Tracker:
    reading().rollback()
    return tracker(reading(), number, by=actor_named(reading(), "wangxiaorong"), at=office.at(day, 17))


def test_what_was_expected_before_is_told_with_what_moved_it(office: Office) -> None:
    number = office.apply("residence-permit", "2026-05-06")
    first = seen(number, office, "2026-05-06")
    assert first.moves == ()
    office.take(number, "accept", "2026-05-06")
    office.ask(number, "review", "photo", day="2026-05-07")
    asked = seen(number, office, "2026-05-07")
    slid = seen(number, office, "2026-05-11")
    assert expected(slid) > expected(asked), "as long as it stands still, every day moves it"
    assert slid.predicted_last == asked.expected_end
    assert slid.is_standing
    office.mend(number, "2026-05-12", files=("identity_card",), employer="成都另一家示例有限公司")
    mended = seen(number, office, "2026-05-12")
    newest = mended.moves[0]
    assert newest.after == mended.expected_end == mended.predicted_last
    assert newest.before == asked.expected_end
    assert Event.CORRECTION_ANSWERED in {each.event for each in newest.happened}


def test_what_is_late_moves_the_expected_day_by_itself(office: Office) -> None:
    number = office.apply("residence-permit", "2026-05-06")
    office.take(number, "accept", "2026-05-06")
    in_time, late = seen(number, office, "2026-05-07"), seen(number, office, "2026-05-29")
    assert in_time.expected_end == in_time.predicted_last
    assert expected(late) > expected(in_time) == late.predicted_last
    assert late.turn.late
