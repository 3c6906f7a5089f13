"""The calendar files: whole, consistent, and in agreement with two independent packages on every single day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import chinese_calendar
import holidays
import pytest

from approvals.clock.calendar import Calendar
from services.item import CalendarYear
from tests.approvals.clock.official import FOLDER, OFFICIAL, YEARS


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]


def test_the_years_2019_to_2026_are_there_and_2027_is_not() -> None:
    assert [year.year for year in YEARS] == list(range(2019, 2027))
    assert [path.name for path in sorted(FOLDER.glob("*"))] == [f"{year}.yaml" for year in range(2019, 2027)]


@pytest.mark.parametrize("year", range(2019, 2027))
def test_every_day_agrees_with_chinesecalendar(year: int) -> None:
    differing = [day for day in days_of(year) if OFFICIAL.is_working_day(day) != chinese_calendar.is_workday(day)]
    assert differing == []


@pytest.mark.parametrize("year", range(2019, 2027))
def test_every_day_agrees_with_holidays(year: int) -> None:
    china = holidays.country_holidays("CN", years=year)
    assert [day for day in days_of(year) if OFFICIAL.is_working_day(day) != china.is_working_day(day)] == []


@pytest.mark.parametrize("year", YEARS, ids=lambda year: str(year.year))
def test_every_day_of_a_file_lies_in_its_year_and_has_a_name(year: CalendarYear) -> None:
    assert year.source.startswith(f"国务院办公厅关于{year.year}年部分节假日安排的通知")
    assert {day.year for day in (*year.rest_days, *year.work_days)} == {year.year}
    assert all((*year.rest_days.values(), *year.work_days.values()))
    assert not year.rest_days.keys() & year.work_days.keys()


@pytest.mark.parametrize("year", YEARS, ids=lambda year: str(year.year))
def test_only_weekend_days_are_made_up(year: CalendarYear) -> None:
    assert all(day.weekday() >= 5 for day in year.work_days)


@pytest.mark.parametrize("year", YEARS, ids=lambda year: str(year.year))
def test_a_break_names_the_weekend_days_it_touches_too(year: CalendarYear) -> None:
    """So that a break reads as one block: either all of its days have a name, or the office works next to it."""
    for day, following in pairwise(days_of(year.year)):
        for named, beside in ((day, following), (following, day)):
            if named in year.rest_days and beside.weekday() >= 5:
                assert beside in year.rest_days or beside in year.work_days


def test_the_notice_of_2026_reads_as_published() -> None:
    notice = YEARS[-1]
    assert [day.isoformat()[5:] for day in notice.work_days] == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
    assert len(notice.rest_days) == 3 + 9 + 3 + 5 + 3 + 3 + 7


def test_building_the_calendar_keeps_nothing_but_the_data() -> None:
    assert Calendar(reversed(YEARS)).working_days(date(2018, 12, 31), date(2026, 12, 31)) == sum(
        chinese_calendar.is_workday(day) for year in range(2019, 2027) for day in days_of(year)
    )
