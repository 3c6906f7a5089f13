"""Dated cases from the law, reckoned by hand on the published calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from approvals.clock.deadline import DayKind, due, explain, extended
from approvals.clock.pauses import Pause
from services.item import CalendarYear, Limit, Unit
from tests.approvals.clock.official import OFFICIAL
from tests.approvals.clock.oracle import Oracle


@dataclass(frozen=True)
class Case:
    """What happened, and the date the law gives. `limit` is written "5 wd" or "30 cd", a pause "FROM:TO" or "FROM:"."""

    title: str
    started: str
    limit: str
    due: str
    pauses: tuple[str, ...] = ()
    today: str | None = None
    extended_by: int = 0
    is_provisional: bool = False
    is_stopped: bool = False


def limit_of(case: Case) -> Limit:
    days, unit = case.limit.split()
    return Limit(Decimal(days), Unit(unit))


def pauses_of(case: Case) -> list[Pause]:
    ends = [pause.split(":") for pause in case.pauses]
    return [Pause(date.fromisoformat(start), date.fromisoformat(end) if end else None) for start, end in ends]


CASES = [
    # Checked examples of the domain reference
    Case("National Day with a make-up Saturday", "2026-09-30", "5 wd", "2026-10-13"),
    Case("Spring Festival between two make-up Saturdays", "2026-02-13", "5 wd", "2026-02-27"),
    Case("four ordinary weeks, art. 42", "2026-11-20", "20 wd", "2026-12-18"),
    Case("Labour Day", "2026-04-30", "3 wd", "2026-05-08"),
    Case("make-up Sunday, then Mid-Autumn", "2026-09-18", "7 wd", "2026-09-29"),
    # The day of the start is not counted (Civil Code art. 201)
    Case("one day from Monday is Tuesday", "2026-11-02", "1 wd", "2026-11-03"),
    Case("one day from Friday is Monday", "2026-11-20", "1 wd", "2026-11-23"),
    Case("an event on Saturday counts from Monday", "2026-11-21", "1 wd", "2026-11-23"),
    Case("an event on a make-up Sunday counts from Monday", "2026-09-20", "1 wd", "2026-09-21"),
    Case("an event in the middle of National Day", "2026-10-03", "2 wd", "2026-10-09"),
    # Spring Festival
    Case("Spring Festival 2026: the make-up Saturday before", "2026-02-13", "1 wd", "2026-02-14"),
    Case("Spring Festival 2026: the first day after", "2026-02-13", "2 wd", "2026-02-24"),
    Case("Spring Festival 2026: start on the make-up Saturday", "2026-02-14", "1 wd", "2026-02-24"),
    Case("Spring Festival 2026: start inside it, end on a make-up Saturday", "2026-02-16", "5 wd", "2026-02-28"),
    Case("Spring Festival 2025: eight days off", "2025-01-27", "1 wd", "2025-02-05"),
    Case("Spring Festival 2025: make-up Sunday before", "2025-01-24", "1 wd", "2025-01-26"),
    Case("Spring Festival 2025: make-up Saturday after", "2025-02-05", "3 wd", "2025-02-08"),
    Case("Spring Festival 2024: New Year's Eve was worked", "2024-02-08", "1 wd", "2024-02-09"),
    Case("Spring Festival 2024: make-up Sunday after", "2024-02-08", "2 wd", "2024-02-18"),
    Case("Spring Festival 2023: a whole make-up weekend", "2023-01-20", "3 wd", "2023-01-30"),
    Case("Spring Festival 2022: a whole make-up weekend before", "2022-01-28", "2 wd", "2022-01-30"),
    Case("Spring Festival 2022: across it", "2022-01-28", "3 wd", "2022-02-07"),
    Case("Spring Festival 2021: make-up Saturday after", "2021-02-10", "3 wd", "2021-02-20"),
    Case("Spring Festival 2020: prolonged to 2 February", "2020-01-23", "1 wd", "2020-02-03"),
    Case("Spring Festival 2019: make-up Sunday before", "2019-02-01", "2 wd", "2019-02-03"),
    Case("Spring Festival 2019: across it", "2019-02-01", "3 wd", "2019-02-11"),
    # Other make-up Saturdays and Sundays
    Case("make-up Saturday after Labour Day 2026", "2026-05-08", "1 wd", "2026-05-09"),
    Case("make-up Sunday after the changed Labour Day 2019", "2019-04-30", "1 wd", "2019-05-05"),
    Case("make-up Saturday before Mid-Autumn 2024", "2024-09-13", "1 wd", "2024-09-14"),
    Case("Mid-Autumn 2024", "2024-09-13", "2 wd", "2024-09-18"),
    Case("make-up weekend after National Day 2023", "2023-09-28", "2 wd", "2023-10-08"),
    Case("eight days of National Day and Mid-Autumn 2020", "2020-09-30", "2 wd", "2020-10-10"),
    Case("make-up Sunday after Dragon Boat 2020", "2020-06-24", "1 wd", "2020-06-28"),
    Case("make-up Saturday before Qingming 2022", "2022-04-01", "2 wd", "2022-04-06"),
    Case("Dragon Boat 2026 has no make-up day", "2026-06-18", "1 wd", "2026-06-22"),
    # Year end
    Case("New Year 2026 is made up on Sunday", "2025-12-31", "1 wd", "2026-01-04"),
    Case("New Year 2025 is a single day", "2024-12-31", "1 wd", "2025-01-02"),
    Case("New Year 2023 begins on New Year's Eve", "2022-12-30", "1 wd", "2023-01-03"),
    Case("twenty days over New Year 2026", "2025-12-22", "20 wd", "2026-01-20"),
    Case("the last day of the last known year", "2026-12-30", "1 wd", "2026-12-31"),
    # Unknown years
    Case("the first weekday of an unknown year", "2026-12-31", "1 wd", "2027-01-01", is_provisional=True),
    Case("art. 42 into an unknown year", "2026-12-10", "20 wd", "2027-01-07", is_provisional=True),
    Case("calendar days that end in an unknown year", "2026-12-02", "30 cd", "2027-01-01", is_provisional=True),
    Case("calendar days that end on the last known day", "2026-12-01", "30 cd", "2026-12-31"),
    Case("calendar days moved within an unknown year", "2027-01-04", "5 cd", "2027-01-11", is_provisional=True),
    Case("counted in an unknown year, due in it", "2018-12-28", "1 wd", "2018-12-31", is_provisional=True),
    Case("counted in an unknown year, due in a known one", "2018-12-28", "2 wd", "2019-01-02", is_provisional=True),
    Case("only the start lies in an unknown year", "2018-12-31", "1 wd", "2019-01-02"),
    Case(
        "a pause into an unknown year",
        "2026-12-28",
        "5 wd",
        "2027-01-14",
        pauses=("2026-12-29:2027-01-08",),
        is_provisional=True,
    ),
    Case("an unknown year wholly paused", "2018-10-08", "5 wd", "2019-01-08", pauses=("2018-10-08:2018-12-31",)),
    # Statutory limits and their extension (Licensing Law art. 32, 42, 44)
    Case("five days to name what is missing, art. 32", "2026-11-16", "5 wd", "2026-11-23"),
    Case("ten days to deliver, art. 44", "2026-09-25", "10 wd", "2026-10-15"),
    Case("joint handling, art. 42", "2026-09-30", "45 wd", "2026-12-08"),
    Case("twenty days extended by ten, art. 42", "2026-10-19", "20 wd", "2026-11-30", extended_by=10),
    Case("joint handling extended by fifteen, art. 42", "2026-08-03", "45 wd", "2026-10-30", extended_by=15),
    # Calendar days (Civil Code art. 203)
    Case("ends on a working day", "2026-11-02", "15 cd", "2026-11-17"),
    Case("ends on Saturday, moves to Monday", "2026-11-20", "15 cd", "2026-12-07"),
    Case("ends on National Day, moves behind it", "2026-09-01", "30 cd", "2026-10-08"),
    Case("ends on a make-up Saturday, stays", "2026-09-25", "15 cd", "2026-10-10"),
    Case("ends on the first day of Spring Festival", "2026-01-26", "20 cd", "2026-02-24"),
    Case("sixty days", "2026-01-05", "60 cd", "2026-03-06"),
    Case("calendar days paused and moved", "2026-11-02", "15 cd", "2026-11-23", pauses=("2026-11-05:2026-11-10",)),
    Case(
        "the move runs into a pause that began on the Saturday",
        "2026-11-16",
        "5 cd",
        "2026-11-26",
        pauses=("2026-11-21:2026-11-25",),
    ),
    # On the spot and half days
    Case("on the spot on a working day", "2026-11-20", "0 wd", "2026-11-20"),
    Case("on the spot on Saturday", "2026-11-21", "0 wd", "2026-11-23"),
    Case("on the spot on a make-up Saturday", "2026-10-10", "0 wd", "2026-10-10"),
    Case("on the spot on National Day", "2026-10-01", "0 cd", "2026-10-08"),
    Case("half a day from Friday", "2026-11-20", "0.5 wd", "2026-11-23"),
    Case("a day and a half", "2026-11-18", "1.5 wd", "2026-11-20"),
    Case("half a calendar day from Friday", "2026-11-20", "0.5 cd", "2026-11-23"),
    # Pauses (Licensing Law art. 45); without them ten working days from 2 November end on the 16th
    Case("no pause", "2026-11-02", "10 wd", "2026-11-16"),
    Case("pause on the day of the start", "2026-11-02", "10 wd", "2026-11-20", pauses=("2026-11-02:2026-11-06",)),
    Case("pause on the first day counted", "2026-11-02", "10 wd", "2026-11-19", pauses=("2026-11-03:2026-11-06",)),
    Case("pause on the last day", "2026-11-02", "10 wd", "2026-11-16", pauses=("2026-11-16:2026-11-20",)),
    Case("pause on the day before the last", "2026-11-02", "10 wd", "2026-11-23", pauses=("2026-11-13:2026-11-20",)),
    Case("pause ended on the day it began", "2026-11-02", "10 wd", "2026-11-16", pauses=("2026-11-05:2026-11-05",)),
    Case("pause over a weekend only", "2026-11-02", "10 wd", "2026-11-16", pauses=("2026-11-06:2026-11-08",)),
    Case("pause before the start", "2026-11-02", "10 wd", "2026-11-16", pauses=("2026-10-12:2026-10-16",)),
    Case("pause that began before the start", "2026-11-02", "10 wd", "2026-11-18", pauses=("2026-10-26:2026-11-04",)),
    Case("pause after the due date", "2026-11-02", "10 wd", "2026-11-16", pauses=("2026-11-18:2026-12-01",)),
    Case("pause over National Day", "2026-09-28", "5 wd", "2026-10-14", pauses=("2026-09-29:2026-10-09",)),
    Case(
        "pause that ends on a make-up Saturday", "2026-09-28", "5 wd", "2026-10-15", pauses=("2026-09-29:2026-10-10",)
    ),
    Case(
        "overlapping pauses count once",
        "2026-11-02",
        "10 wd",
        "2026-11-24",
        pauses=("2026-11-04:2026-11-10", "2026-11-06:2026-11-12"),
    ),
    Case(
        "a pause inside another counts once",
        "2026-11-02",
        "10 wd",
        "2026-11-24",
        pauses=("2026-11-06:2026-11-09", "2026-11-04:2026-11-12"),
    ),
    Case(
        "the same pause twice counts once",
        "2026-11-02",
        "10 wd",
        "2026-11-20",
        pauses=("2026-11-04:2026-11-10", "2026-11-04:2026-11-10"),
    ),
    Case(
        "a pause that begins on the other's last day",
        "2026-11-02",
        "10 wd",
        "2026-11-20",
        pauses=("2026-11-04:2026-11-06", "2026-11-06:2026-11-10"),
    ),
    Case(
        "the day a second pause begins is counted",
        "2026-11-02",
        "10 wd",
        "2026-11-20",
        pauses=("2026-11-04:2026-11-06", "2026-11-09:2026-11-11"),
    ),
    Case(
        "a second pause reached only through the first",
        "2026-11-02",
        "10 wd",
        "2026-11-25",
        pauses=("2026-11-04:2026-11-10", "2026-11-19:2026-11-24"),
    ),
    Case("pause and extension", "2026-11-02", "10 wd", "2026-12-04", pauses=("2026-11-04:2026-11-10",), extended_by=10),
    Case(
        "open pause, reckoned as if it ended today",
        "2026-11-02",
        "10 wd",
        "2026-11-20",
        pauses=("2026-11-04:",),
        today="2026-11-10",
        is_stopped=True,
    ),
    Case(
        "open pause without today",
        "2026-11-02",
        "10 wd",
        "2026-11-16",
        pauses=("2026-11-04:",),
        is_stopped=True,
    ),
    Case(
        "pause with an end still to come",
        "2026-11-02",
        "10 wd",
        "2026-11-20",
        pauses=("2026-11-04:2026-11-10",),
        today="2026-11-05",
        is_stopped=True,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_the_law_gives_this_date(case: Case) -> None:
    today = date.fromisoformat(case.today) if case.today else None
    limit, started, pauses = limit_of(case), date.fromisoformat(case.started), pauses_of(case)
    found = extended(due(limit, started, OFFICIAL, pauses, today), case.extended_by, OFFICIAL, pauses, today)
    assert found is not None
    assert (found.due.isoformat(), found.is_provisional, found.is_stopped) == (
        case.due,
        case.is_provisional,
        case.is_stopped,
    )
    lines = explain(limit, started, OFFICIAL, pauses, today, extended_by=case.extended_by)
    assert lines[-1].date == found.due


def test_there_are_at_least_sixty_cases_each_with_its_own_title() -> None:
    assert len({case.title for case in CASES}) == len(CASES) >= 60


def test_a_date_moves_and_becomes_certain_when_the_year_is_imported() -> None:
    limit, started = Limit(Decimal(20)), date(2026, 12, 10)
    notice = CalendarYear(2027, "示例通知", {date(2027, 1, 1): "元旦"})
    before, after = due(limit, started, OFFICIAL), due(limit, started, OFFICIAL.with_year(notice))
    assert before is not None
    assert after is not None
    assert (before.due, before.is_provisional) == (date(2027, 1, 7), True)
    assert (after.due, after.is_provisional) == (date(2027, 1, 8), False)


def test_a_local_closure_moves_the_date() -> None:
    closed = OFFICIAL.with_closures({date(2026, 11, 16): "示例暴雨停办"})
    found = due(Limit(Decimal(10)), date(2026, 11, 2), closed)
    assert found is not None
    assert (found.due, found.is_provisional) == (date(2026, 11, 17), False)


def test_the_oracle_without_any_notice_knows_weekends_only() -> None:
    assert Oracle().due(Limit(Decimal(5)), date(2026, 9, 30), [], None)[:2] == (date(2026, 10, 7), True)


def test_calendar_days_that_end_on_a_holiday_are_shown_as_moved() -> None:
    lines = explain(Limit(Decimal(30), Unit.CALENDAR_DAYS), date(2026, 9, 1), OFFICIAL)
    assert [line.why for line in lines[-8:]] == [DayKind.COUNTED, *[DayKind.HOLIDAY] * 6, DayKind.MOVED]
    assert lines[-8].number == 30
