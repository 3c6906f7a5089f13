"""The calendar: jumps land where a walk would, and no question changes it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.clock.calendar import Calendar
from services.item import CalendarYear
from tests.approvals.clock.official import OFFICIAL, YEARS
from tests.approvals.clock.oracle import Oracle, days_from

NEAR = st.dates(date(2017, 6, 1), date(2029, 6, 1))
CLOSURES = st.dictionaries(st.dates(date(2018, 1, 1), date(2028, 12, 31)), st.just("示例停办"), max_size=6)
YEAR_SETS = st.sets(st.sampled_from(YEARS).map(lambda year: year.year)).map(
    lambda known: [year for year in YEARS if year.year in known]
)


@settings(deadline=None)
@given(YEAR_SETS, CLOSURES, NEAR, st.integers(1, 90))
def test_a_jump_lands_where_a_walk_does(
    years: list[CalendarYear], closures: dict[date, str], start: date, count: int
) -> None:
    calendar, oracle = Calendar(years, closures), Oracle(years, closures)
    walk = (day for day in days_from(start + timedelta(days=1)) if oracle.is_worked(day))
    landed = [next(walk) for _ in range(count)][-1]
    assert calendar.add_working_days(start, count) == landed
    assert calendar.working_days(start, landed) == count
    assert calendar.working_days(start, landed - timedelta(days=1)) == count - 1


@settings(deadline=None)
@given(YEAR_SETS, CLOSURES, NEAR)
def test_the_next_working_day_is_the_first_one_found_by_walking(
    years: list[CalendarYear], closures: dict[date, str], day: date
) -> None:
    calendar, oracle = Calendar(years, closures), Oracle(years, closures)
    assert calendar.is_working_day(day) == oracle.is_worked(day)
    assert calendar.on_or_after(day) == next(later for later in days_from(day) if oracle.is_worked(later))
    assert calendar.add_working_days(day, 0) == calendar.on_or_after(day)


@given(st.dates(), st.integers(0, 500))
def test_the_weekday_rule_holds_in_every_century(day: date, count: int) -> None:
    bare = Calendar()
    try:
        landed = bare.add_working_days(day, count)
    except OverflowError:
        assert day.year >= 9997
        return
    assert landed.weekday() < 5
    assert bare.working_days(day, landed) == count if day.weekday() < 5 or count else landed >= day
    assert OFFICIAL.is_official(day) == (2019 <= day.year <= 2026)


def test_working_days_are_counted_across_known_and_unknown_years() -> None:
    assert OFFICIAL.working_days(date(2018, 12, 27), date(2019, 1, 2)) == 3  # 28 and 31 December by weekday, 2 January
    assert OFFICIAL.working_days(date(2026, 12, 30), date(2027, 1, 4)) == 3  # 31 December, then 1 and 4 by weekday
    assert OFFICIAL.working_days(date(2026, 12, 30), date(2026, 12, 30)) == 0
    assert OFFICIAL.working_days(date(2026, 12, 30), date(2026, 12, 1)) == 0


def test_rest_and_make_up_days_have_names() -> None:
    assert OFFICIAL.rest_name(date(2026, 10, 3)) == "国庆节"
    assert OFFICIAL.work_name(date(2026, 10, 10)) == "国庆节调休"
    assert OFFICIAL.rest_name(date(2026, 11, 21)) is None
    assert OFFICIAL.work_name(date(2026, 11, 20)) is None


def test_a_closure_is_a_new_calendar_and_wins_over_a_make_up_workday() -> None:
    storm = date(2026, 10, 10)
    closed = OFFICIAL.with_closures({storm: "示例暴雨停办"})
    assert OFFICIAL.is_working_day(storm)
    assert not closed.is_working_day(storm)
    assert closed.rest_name(storm) == "示例暴雨停办"
    assert closed.work_name(storm) is None
    assert closed.add_working_days(date(2026, 10, 9), 1) == date(2026, 10, 12)


def test_closures_add_up_and_outlast_an_imported_year() -> None:
    first, second = date(2027, 3, 1), date(2027, 3, 2)
    calendar = OFFICIAL.with_closures({first: "示例停办"}).with_closures({second: "示例停办"})
    calendar = calendar.with_year(CalendarYear(2027, "示例通知", {}, {first: "示例调休"}))
    assert calendar.on_or_after(first) == date(2027, 3, 3)


def test_a_closure_does_not_make_its_year_official() -> None:
    assert not OFFICIAL.with_closures({date(2027, 3, 1): "示例停办"}).is_official(date(2027, 3, 1))


def test_an_imported_year_becomes_official_and_moves_dates() -> None:
    notice = CalendarYear(2027, "示例通知", {date(2027, 1, 1): "元旦"}, {date(2027, 1, 2): "元旦调休"})
    with_notice = OFFICIAL.with_year(notice)
    assert OFFICIAL.add_working_days(date(2026, 12, 31), 1) == date(2027, 1, 1)
    assert with_notice.add_working_days(date(2026, 12, 31), 1) == date(2027, 1, 2)
    assert with_notice.is_official(date(2027, 6, 1))
    assert not OFFICIAL.is_official(date(2027, 6, 1))


def test_a_year_imported_again_replaces_the_older_notice_wholly() -> None:
    older = CalendarYear(2027, "示例通知", {date(2027, 5, 3): "劳动节"})
    newer = CalendarYear(2027, "示例更正通知", {date(2027, 5, 4): "劳动节"})
    calendar = OFFICIAL.with_year(older).with_year(newer)
    assert calendar.is_working_day(date(2027, 5, 3))
    assert not calendar.is_working_day(date(2027, 5, 4))


def test_a_negative_number_of_days_is_refused() -> None:
    with pytest.raises(ValueError, match="never negative"):
        OFFICIAL.add_working_days(date(2026, 11, 20), -1)


def test_the_end_of_all_dates_is_said_and_not_wrapped() -> None:
    with pytest.raises(OverflowError, match="9999"):
        OFFICIAL.add_working_days(date(2026, 11, 20), 10**9)
