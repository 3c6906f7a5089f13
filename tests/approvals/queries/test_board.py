"""The board: every running application with the light of the clock that counts."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from approvals.errors import NotAllowed
from approvals.queries.actor import actor_named
from approvals.queries.board import PAGE, Board, board
from approvals.vocabulary import ApplicationStatus, Light, Outcome, StepStatus
from portal.unit_of_work import reading
from tests.counting import statements
from tests.factories import PERMIT, RESIDENCE, applied, decided, granted, issued, on, returned
from tests.fixtures.crowd import CROWD_DAY, Crowd

MONDAY, TUESDAY, FRIDAY = date(2026, 6, 8), date(2026, 6, 9), date(2026, 6, 12)
LATE = (Light.RED, Light.DEEP_RED)


def seen(
    day: date = MONDAY, *lights: Light, department: str = "", search: str = "", page: int = 1, by: str = "manager"
) -> Board:
    reading().rollback()
    who = actor_named(reading(), by)
    return board(reading(), lights=lights, department=department, search=search, page=page, by=who, at=on(day, 17))


def test_before_acceptance_the_light_is_that_of_the_accepting_step(app: Flask) -> None:
    number = applied(PERMIT, on(MONDAY))
    (row,) = seen(FRIDAY).rows
    assert (row.number, row.status, row.promised_due) == (number, ApplicationStatus.SUBMITTED, TUESDAY)
    assert row.standing is not None
    assert (row.standing.light, row.standing.remaining) == (Light.RED, -3)


def test_after_acceptance_it_is_that_of_the_whole_application(app: Flask) -> None:
    number = applied(PERMIT, on(MONDAY))
    decided(number, "accept", Outcome.ACCEPT, at=on(MONDAY))
    (row,) = seen(FRIDAY).rows
    assert row.standing is not None
    assert row.standing.light is Light.GREEN
    assert len(row.open_steps) == 12
    assert {step.standing.light for step in row.open_steps if step.standing} >= {Light.RED}


def test_its_counts_are_those_of_its_rows(app: Flask) -> None:
    numbers = [applied(RESIDENCE, on(day)) for day in (MONDAY, TUESDAY, FRIDAY)]
    returned(numbers[0], "accept", "home", at=on(MONDAY))
    permit = applied(PERMIT, on(MONDAY))
    decided(permit, "accept", Outcome.ACCEPT, at=on(TUESDAY))
    for day in (MONDAY, TUESDAY, FRIDAY, date(2026, 7, 1), date(2026, 9, 1)):
        found = seen(day)
        lights = [row.standing.light for row in found.rows if row.standing]
        assert found.counts == {light: lights.count(light) for light in Light}
        assert found.running == found.total == len(found.rows) == 4
        for light in Light:
            assert seen(day, light).total == len(seen(day, light).rows) == lights.count(light)


def test_a_step_with_the_applicant_stands_still(app: Flask) -> None:
    number = applied(RESIDENCE, on(MONDAY))
    returned(number, "accept", "home", at=on(MONDAY))
    (row,) = seen(FRIDAY, Light.PAUSED).rows
    assert row.standing is not None
    assert row.standing.stopped_days == 4
    (step,) = row.open_steps
    assert (step.status, step.standing) == (StepStatus.RETURNED, None)


def test_what_was_granted_waits_for_its_certificate_and_what_was_issued_is_gone(app: Flask) -> None:
    issued(RESIDENCE, on(MONDAY))
    number = applied(RESIDENCE, on(MONDAY))
    granted(number, on(MONDAY), deliver=False)
    found = seen()
    assert ([row.number for row in found.rows], found.granted, found.running) == ([number], 1, 1)
    assert found.rows[0].standing is None
    assert seen(MONDAY, *Light).rows == ()


def test_each_department_has_its_load(app: Flask) -> None:
    number = applied(PERMIT, on(MONDAY))
    decided(number, "accept", Outcome.ACCEPT, at=on(MONDAY))
    returned(number, "gc309", "site", at=on(MONDAY))
    loads = {load.code: load for load in seen(FRIDAY).loads}
    assert (loads["CG"].open, loads["CG"].stopped, loads["CG"].overdue) == (1, 1, 1)
    assert (loads["WJ"].open, loads["WJ"].overdue) == (1, 0)
    assert loads["CG"].nearest_due == date(2026, 6, 11)
    assert [row.number for row in seen(FRIDAY, department="CG").rows] == [number]
    assert seen(FRIDAY, department="SC").rows == ()


def test_it_is_searched_by_number_name_and_credit_code(app: Flask) -> None:
    number = applied(PERMIT, on(MONDAY))
    applied(RESIDENCE, on(MONDAY))
    for search in (number, "锦江东路", "示例置业", "91510104ma6examp0c"):
        assert [row.number for row in seen(search=search).rows] == [number]


@pytest.mark.parametrize("username", ["wangxiaorong", "clerk-zj"])
def test_only_managers_see_it(app: Flask, username: str) -> None:
    with pytest.raises(NotAllowed):
        seen(by=username)


def test_it_takes_as_many_queries_for_a_hundred_applications_as_for_ten(crowd: Crowd) -> None:
    sent: dict[int, int] = {}
    for size in (10, 100):
        with crowd(size):
            seen(CROWD_DAY)
            with statements() as told:
                found = seen(CROWD_DAY)
            sent[size] = len(told)
            assert (found.running, len(found.rows)) == (size, min(size, PAGE))
    assert sent[100] == sent[10]
