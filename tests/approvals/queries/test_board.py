"""The board: every running application with the light of the clock that counts."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from approvals.commands.take import take
from approvals.errors import NotAllowed
from approvals.queries import for_change
from approvals.queries.actor import actor_named
from approvals.queries.board import Board, board
from approvals.queries.open_steps import OpenSteps, Part, coming_days, open_steps
from approvals.queries.orders import orders
from approvals.queries.owed import owed_by_light
from approvals.queries.paging import PER_PAGE
from approvals.queries.workloads import workloads
from approvals.vocabulary import ApplicationStatus, Light, Outcome, StepStatus
from portal.unit_of_work import changing, reading
from tests.counting import statements
from tests.factories import PERMIT, RESIDENCE, applied, decided, granted, issued, on, returned
from tests.fixtures.crowd import CROWD_DAY, Crowd
from tests.fixtures.heart import Office

MONDAY, TUESDAY, FRIDAY = date(2026, 6, 8), date(2026, 6, 9), date(2026, 6, 12)
LATE = (Light.RED, Light.DEEP_RED)


def seen(
    day: date = MONDAY,
    *lights: Light,
    turning: tuple[date, ...] = (),
    department: str = "",
    search: str = "",
    by: str = "manager",
) -> Board:
    reading().rollback()
    who, at = actor_named(reading(), by), on(day, 17)
    return board(reading(), lights=lights, turning=turning, department=department, search=search, by=who, at=at)


def listed(
    day: date, part: Part | None = None, *, department: str = "", due: date | None = None, by: str = "manager"
) -> OpenSteps:
    reading().rollback()
    who = actor_named(reading(), by)
    return open_steps(reading(), part=part, department=department, day=due, by=who, at=on(day, 17))


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


def test_what_turns_yellow_is_told_with_its_day_and_is_yellow_on_it(app: Flask) -> None:
    number = applied(PERMIT, on(MONDAY))
    decided(number, "accept", Outcome.ACCEPT, at=on(MONDAY))
    applied(RESIDENCE, on(MONDAY))
    yellow_on = None
    day = MONDAY
    while yellow_on is None:
        found, coming = seen(day), coming_days(on(day))
        assert tuple(found.turning) == coming
        rows = {row.number: row.yellow_on for row in seen(day, Light.GREEN).rows}
        assert found.turning == {each: list(rows.values()).count(each) for each in coming}
        turning = seen(day, turning=coming)
        assert [row.number for row in turning.rows] == [each for each in rows if rows[each]]
        yellow_on = {row.number: row.yellow_on for row in turning.rows}.get(number)
        day = coming[0]
    assert [row.number for row in seen(day, turning=(yellow_on,)).rows] == [number]
    before = date.fromordinal(yellow_on.toordinal() - 1)
    assert number in {row.number for row in seen(before, Light.GREEN).rows}
    assert number in {row.number for row in seen(yellow_on, Light.YELLOW).rows}


def test_a_step_names_who_has_it(app: Flask) -> None:
    number = applied(RESIDENCE, on(MONDAY))
    by = actor_named(reading(), "clerk-ga")
    with changing(by, on(MONDAY)) as session:
        take(for_change.step(session, number, "accept"), by=by, at=on(MONDAY))
    (row,) = seen().rows
    (step,) = row.open_steps
    assert step.holder
    (listed_step,) = listed(MONDAY).page.rows
    assert listed_step.holder == step.holder
    assert listed(MONDAY, Part.FREE).page.rows == ()


def test_every_figure_of_a_department_is_the_length_of_its_list(app: Flask) -> None:
    permit = applied(PERMIT, on(MONDAY))
    decided(permit, "accept", Outcome.ACCEPT, at=on(MONDAY))
    returned(permit, "gc309", "site", at=on(MONDAY))
    applied(RESIDENCE, on(TUESDAY))
    for day in (MONDAY, FRIDAY, date(2026, 6, 20)):
        loads = seen(day).loads
        coming = coming_days(on(day))
        for load in loads:
            here = listed(day, department=load.code)
            assert (here.counts[Part.RUNNING], here.counts[Part.STOPPED]) == (load.open, load.stopped)
            assert (here.counts[Part.LATE], here.counts[Part.FREE]) == (load.overdue, load.free)
            for part in Part:
                assert listed(day, part, department=load.code).page.total == here.counts[part]
            due = [listed(day, department=load.code, due=each).page.rows for each in coming]
            assert load.due == tuple(len(rows) for rows in due)
        everywhere = listed(day)
        assert everywhere.page.total == everywhere.all == sum(load.open + load.stopped for load in loads)
        assert listed(day, Part.LATE).page.total == sum(load.overdue for load in loads)
        late = listed(day, Part.LATE).page.rows
        assert {row.standing.light for row in late} <= set(LATE)


@pytest.mark.parametrize("username", ["wangxiaorong", "clerk-zj"])
def test_only_managers_see_it(app: Flask, username: str) -> None:
    with pytest.raises(NotAllowed):
        seen(by=username)
    with pytest.raises(NotAllowed):
        listed(MONDAY, by=username)


def test_it_takes_as_many_queries_for_a_hundred_applications_as_for_ten(crowd: Crowd) -> None:
    sent: dict[int, int] = {}
    for size in (10, 100):
        with crowd(size):
            seen(CROWD_DAY)
            with statements() as told:
                found, steps = seen(CROWD_DAY), listed(CROWD_DAY)
            sent[size] = len(told)
            assert (found.running, len(found.rows)) == (size, min(size, PER_PAGE))
            assert (steps.all, len(steps.page.rows)) == (size, min(size, PER_PAGE))
    assert sent[100] == sent[10]


def test_postgresql_tells_the_same(postgres_office: Office) -> None:
    number = postgres_office.small("2026-06-08")
    postgres_office.take(number, "accept", "2026-06-08")
    by, at = actor_named(reading(), "manager"), postgres_office.at("2026-06-12")
    coming = coming_days(at)
    found = board(reading(), turning=coming, by=by, at=at)
    assert found.total == len(found.rows) == sum(found.turning.values())
    assert [row.number for row in board(reading(), by=by, at=at).rows] == [number]
    for load in found.loads:
        for part in Part:
            listed_part = open_steps(reading(), part=part, department=load.code, day=None, by=by, at=at)
            assert listed_part.page.total == listed_part.counts[part]
        assert open_steps(reading(), department=load.code, day=coming[0], by=by, at=at).page.total == load.due[0]
    assert workloads(reading(), by=by, at=at).total > 1
    assert orders(reading(), by=by, at=at).all == 0
    assert set(owed_by_light(reading(), by=by, at=at).values()) == {0}
