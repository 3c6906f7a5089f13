"""Deadlines: the fast reckoning against the slow oracle, and what every reckoning must keep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from approvals.clock.calendar import Calendar
from approvals.clock.deadline import DayKind, due, explain, extended, remaining, used
from approvals.clock.pauses import Pause, is_paused_on
from services.item import CalendarYear, Limit, Unit
from tests.approvals.clock.official import OFFICIAL, YEARS
from tests.approvals.clock.oracle import Oracle, is_uncounted

STARTS = st.dates(date(2018, 6, 1), date(2027, 12, 31))
LIMITS = st.builds(
    Limit,
    st.one_of(st.integers(0, 65).map(Decimal), st.sampled_from([Decimal("0.5"), Decimal("2.5")])),
    st.sampled_from(Unit),
)
CLOSURES = st.dictionaries(st.dates(date(2018, 6, 1), date(2028, 3, 1)), st.just("示例停办"), max_size=4)
KNOWN = st.one_of(st.just(list(YEARS)), st.sets(st.sampled_from(range(8))).map(lambda kept: [YEARS[n] for n in kept]))


@st.composite
def ledgers(draw: st.DrawFn, start: date) -> list[Pause]:
    """Up to five pauses around and after the start: overlapping, nested, before it, empty, open."""
    found: list[Pause] = []
    for _ in range(draw(st.integers(0, 5))):
        begin = start + timedelta(days=draw(st.integers(-25, 80)))
        length = draw(st.one_of(st.none(), st.integers(0, 30)))
        found.append(Pause(begin, None if length is None else begin + timedelta(days=length)))
    return found


@st.composite
def situations(draw: st.DrawFn) -> tuple[Limit, date, list[Pause], date | None]:
    start = draw(STARTS)
    today = draw(st.one_of(st.none(), st.integers(-10, 150).map(lambda days: start + timedelta(days=days))))
    return draw(LIMITS), start, draw(ledgers(start)), today


Situation = tuple[Limit, date, list[Pause], date | None]


@settings(deadline=None, max_examples=400)
@given(situations(), KNOWN, CLOSURES)
@example(  # a calendar-day limit whose last day is a Saturday, with a pause that begins on it
    (Limit(Decimal(5), Unit.CALENDAR_DAYS), date(2026, 11, 16), [Pause(date(2026, 11, 21), date(2026, 11, 25))], None),
    list(YEARS),
    {},
)
@example(  # on the spot, while a pause from before still runs
    (Limit(Decimal(0)), date(2026, 11, 17), [Pause(date(2026, 11, 16), date(2026, 11, 19))], None), list(YEARS), {}
)
def test_due_dates_agree_with_the_day_by_day_oracle(
    situation: Situation, years: list[CalendarYear], closures: dict[date, str]
) -> None:
    limit, started, pauses, today = situation
    expected, is_provisional, counted = Oracle(years, closures).due(limit, started, pauses, today)
    calendar = Calendar(years, closures)
    found = due(limit, started, calendar, pauses, today)
    assert found is not None
    assert (found.due, found.is_provisional) == (expected, is_provisional)
    lines = explain(limit, started, calendar, pauses, today)
    assert [line.date for line in lines if line.why is DayKind.COUNTED] == counted


@settings(deadline=None)
@given(situations(), KNOWN, CLOSURES)
def test_what_is_due_is_due_on_a_day_of_work_after_exactly_the_days_of_the_limit(
    situation: Situation, years: list[CalendarYear], closures: dict[date, str]
) -> None:
    limit, started, pauses, today = situation
    calendar = Calendar(years, closures)
    found = due(limit, started, calendar, pauses, today)
    assert found is not None
    assert limit.days is not None
    assert calendar.is_working_day(found.due)
    assert not is_uncounted(found.due, pauses, today)
    if limit.unit is Unit.WORKING_DAYS and limit.days:
        between = [started + timedelta(days=n) for n in range(1, (found.due - started).days + 1)]
        open_days = [d for d in between if calendar.is_working_day(d) and not is_uncounted(d, pauses, today)]
        assert len(open_days) == limit.days.to_integral_value(rounding="ROUND_CEILING")


@settings(deadline=None)
@given(situations(), CLOSURES)
def test_the_explanation_walks_without_gaps_from_the_start_to_the_due_date(
    situation: Situation, closures: dict[date, str]
) -> None:
    limit, started, pauses, today = situation
    calendar = Calendar(YEARS, closures)
    found = due(limit, started, calendar, pauses, today)
    lines = explain(limit, started, calendar, pauses, today)
    assert found is not None
    assert lines[0].why is DayKind.START
    assert (lines[0].date, lines[-1].date) == (started, found.due)
    assert all(later.date - earlier.date == timedelta(days=1) for earlier, later in pairwise(lines))
    numbers = [line.number for line in lines if line.number is not None]
    assert numbers == list(range(1, len(numbers) + 1))
    assert all((line.number is None) == (line.why is not DayKind.COUNTED) for line in lines)
    assert all(line.is_provisional != calendar.is_official(line.date) for line in lines)
    for line in lines[1:]:
        match line.why:
            case DayKind.PAUSED:
                assert is_uncounted(line.date, pauses, today)
            case DayKind.REST:
                assert not calendar.is_working_day(line.date)
                assert line.name == ""
            case DayKind.HOLIDAY:
                assert not calendar.is_working_day(line.date)
                assert line.name == calendar.rest_name(line.date)
            case DayKind.MOVED:
                assert line is lines[-1]
                assert calendar.is_working_day(line.date)
            case _:
                assert line.why is DayKind.COUNTED


@settings(deadline=None)
@given(situations())
def test_used_days_reach_the_limit_on_the_due_date_and_not_before(situation: Situation) -> None:
    limit, started, pauses, _ = situation
    closed = [pause for pause in pauses if pause.end is not None]
    found = due(limit, started, OFFICIAL, closed)
    assert found is not None
    assert limit.days is not None
    if not limit.days:
        return
    wanted = int(limit.days.to_integral_value(rounding="ROUND_CEILING"))
    spent = used(started, found.due, OFFICIAL, closed, limit.unit)
    the_day_before = used(started, found.due - timedelta(days=1), OFFICIAL, closed, limit.unit)
    if limit.unit is Unit.WORKING_DAYS:
        assert (spent, the_day_before) == (wanted, wanted - 1)
    else:
        assert spent >= wanted  # a move to the next working day adds days after the last one


@settings(deadline=None)
@given(STARTS, st.integers(-20, 120), st.sampled_from(Unit), st.data())
def test_used_days_are_the_unpaused_days_one_by_one(
    started: date, length: int, unit: Unit, data: st.DataObject
) -> None:
    pauses = data.draw(ledgers(started))
    until = started + timedelta(days=length)
    days = [started + timedelta(days=n) for n in range(1, length + 1)]
    expected = [
        day
        for day in days
        if not is_paused_on(day, pauses) and (unit is Unit.CALENDAR_DAYS or OFFICIAL.is_working_day(day))
    ]
    assert used(started, until, OFFICIAL, pauses, unit) == len(expected)


@given(STARTS, st.integers(1, 60).map(Decimal), st.sampled_from(Unit))
def test_a_longer_limit_never_ends_earlier(started: date, days: Decimal, unit: Unit) -> None:
    shorter, longer = due(Limit(days, unit), started, OFFICIAL), due(Limit(days + 1, unit), started, OFFICIAL)
    assert shorter is not None
    assert longer is not None
    assert shorter.due <= longer.due


def test_without_a_limit_nothing_is_due() -> None:
    assert due(Limit(None), date(2026, 11, 20), OFFICIAL) is None
    assert explain(Limit(None), date(2026, 11, 20), OFFICIAL) == ()
    assert extended(None, 10, OFFICIAL) is None


@given(STARTS, st.integers(1, 45), st.integers(1, 15))
def test_an_extension_in_working_days_is_as_if_they_had_been_granted_at_once(
    started: date, days: int, extra: int
) -> None:
    whole = due(Limit(Decimal(days + extra)), started, OFFICIAL)
    assert extended(due(Limit(Decimal(days)), started, OFFICIAL), extra, OFFICIAL) == whole


@given(STARTS, st.integers(1, 60), st.integers(1, 15))
def test_an_extension_is_counted_in_working_days_whatever_the_unit(started: date, days: int, extra: int) -> None:
    before = due(Limit(Decimal(days), Unit.CALENDAR_DAYS), started, OFFICIAL)
    after = extended(before, extra, OFFICIAL)
    assert before is not None
    assert after is not None
    assert OFFICIAL.working_days(before.due, after.due) == extra


@pytest.mark.parametrize(
    "today,until_friday,until_next_monday",
    [
        (date(2026, 11, 18), 2, 3),
        (date(2026, 11, 20), 0, 1),
        (date(2026, 11, 21), 0, 1),
        (date(2026, 11, 23), -1, 0),
        (date(2026, 11, 25), -3, -2),
    ],
)
def test_what_remains_is_counted_after_today_and_through_the_due_date(
    today: date, until_friday: int, until_next_monday: int
) -> None:
    assert remaining(today, date(2026, 11, 20), OFFICIAL) == until_friday
    assert remaining(today, date(2026, 11, 23), OFFICIAL) == until_next_monday


def test_what_remains_can_be_counted_in_calendar_days() -> None:
    assert remaining(date(2026, 11, 18), date(2026, 11, 23), OFFICIAL, Unit.CALENDAR_DAYS) == 5
    assert remaining(date(2026, 11, 23), date(2026, 11, 18), OFFICIAL, Unit.CALENDAR_DAYS) == -5


@pytest.mark.parametrize(
    "pauses,today,is_stopped",
    [
        ([], date(2026, 11, 5), False),
        ([Pause(date(2026, 11, 4))], None, True),
        ([Pause(date(2026, 11, 4))], date(2026, 11, 4), True),
        ([Pause(date(2026, 11, 4))], date(2026, 11, 3), False),
        ([Pause(date(2026, 11, 4), date(2026, 11, 6))], None, False),
        ([Pause(date(2026, 11, 4), date(2026, 11, 6))], date(2026, 11, 5), True),
        ([Pause(date(2026, 11, 4), date(2026, 11, 6))], date(2026, 11, 6), False),
        ([Pause(date(2026, 11, 4), date(2026, 11, 4))], date(2026, 11, 4), False),
    ],
)
def test_the_clock_stands_still_from_the_day_a_pause_begins_until_it_ends(
    pauses: Sequence[Pause], today: date | None, is_stopped: bool
) -> None:
    found = due(Limit(Decimal(10)), date(2026, 11, 2), OFFICIAL, pauses, today)
    assert found is not None
    assert found.is_stopped is is_stopped


@pytest.mark.parametrize("unit", Unit)
def test_limits_out_of_bounds_are_refused(unit: Unit) -> None:
    with pytest.raises(ValueError, match="never negative"):
        due(Limit(Decimal(-1), unit), date(2026, 11, 20), OFFICIAL)
    with pytest.raises(OverflowError):
        due(Limit(Decimal(10**10), unit), date(2026, 11, 20), OFFICIAL)


def test_the_explanation_names_holidays_and_make_up_workdays() -> None:
    lines = explain(Limit(Decimal(2)), date(2026, 9, 30), OFFICIAL, [Pause(date(2026, 10, 8), date(2026, 10, 9))])
    words = [f"{line.date:%m-%d} {line.why} {line.number or ''} {line.name}".strip() for line in lines]
    assert words == [
        "09-30 start",
        *(f"10-0{day} holiday  国庆节" for day in range(1, 8)),
        "10-08 counted 1",
        "10-09 paused",
        "10-10 counted 2 国庆节调休",
    ]
