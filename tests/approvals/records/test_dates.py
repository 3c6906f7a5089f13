"""A step's date by law never lies after that of the application it belongs to."""

from __future__ import annotations

import pytest

from approvals.clock.calendar import Calendar
from approvals.commands.pause import pause, resume
from approvals.queries import for_change
from approvals.queries.actor import clerk_of
from approvals.vocabulary import PauseReason
from portal.unit_of_work import changing, reading
from services.item import StepKind
from tests.fixtures.heart import Office


def holds(office: Office, number: str) -> bool:
    told = office.progress(number)
    assert told.statutory_due is not None
    late = [
        step.key
        for step in told.steps
        if step.kind is not StepKind.ISSUE and step.statutory_due and step.statutory_due > told.statutory_due
    ]
    return late == []


@pytest.mark.parametrize("item", ["residence-permit", "food-business-licence"])
@pytest.mark.parametrize("wait", [0, 1, 3, 6])
@pytest.mark.parametrize("away", [0, 4])
def test_no_step_has_more_time_by_law_than_its_application(office: Office, item: str, wait: int, away: int) -> None:
    """Each step is taken `wait` working days after it opened; each review is interrupted for `away` working days."""
    calendar: Calendar = office.calendar
    number, day = office.apply(item), office.at("2026-05-06").today
    while keys := [key for key in office.open(number) if key != "issue"]:
        (key,) = keys
        day = calendar.add_working_days(day, wait) if wait else day
        if away and key != "accept":
            by = clerk_of(reading(), office.step(number, key).department)
            leaving, back = office.at(str(day), 11), office.at(str(calendar.add_working_days(day, away)), 9)
            with changing(by, leaving) as session:
                visited = for_change.step(session, number, key)
                pause(visited, PauseReason.ON_SITE, days=away, note="核查", by=by, at=leaving)
            assert holds(office, number)
            with changing(by, back) as session:
                resume(for_change.step(session, number, key), by=by, at=back)
            assert holds(office, number)
            day = back.today
        office.take(number, key, str(day))
        assert holds(office, number)
