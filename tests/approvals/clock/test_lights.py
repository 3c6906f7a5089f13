"""Lights: green, yellow, red, deep red and grey, on the very day each begins."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.clock.deadline import due, remaining
from approvals.clock.lights import light
from approvals.vocabulary import Light
from services.item import Limit, Unit
from tests.approvals.clock.official import OFFICIAL

ACCEPTED = date(2026, 10, 19)
TEN, TWENTY = Limit(Decimal(10)), Limit(Decimal(20))
PROMISED, STATUTORY = date(2026, 11, 2), date(2026, 11, 16)


def seen_on(today: date, *, promised: Limit = TEN, is_stopped: bool = False) -> Light:
    return light(
        today,
        promised=promised,
        promised_due=PROMISED,
        statutory_due=STATUTORY,
        is_stopped=is_stopped,
        calendar=OFFICIAL,
    )


@pytest.mark.parametrize(
    "today,expected",
    [
        (ACCEPTED, Light.GREEN),
        (date(2026, 10, 28), Light.GREEN),  # three working days remain
        (date(2026, 10, 29), Light.YELLOW),  # two: 20 % of ten
        (date(2026, 10, 31), Light.YELLOW),
        (PROMISED, Light.YELLOW),
        (date(2026, 11, 3), Light.RED),
        (STATUTORY, Light.RED),
        (date(2026, 11, 17), Light.DEEP_RED),
        (date(2027, 3, 1), Light.DEEP_RED),
    ],
)
def test_a_promise_of_ten_days_turns_yellow_two_days_before(today: date, expected: Light) -> None:
    assert [found.due for limit in (TEN, TWENTY) if (found := due(limit, ACCEPTED, OFFICIAL))] == [PROMISED, STATUTORY]
    assert seen_on(today) is expected


@pytest.mark.parametrize(
    "days,first_yellow",
    [("0", 30), ("0.5", 30), ("3", 30), ("5", 30), ("7", 30), ("10", 29), ("14", 29), ("15", 28), ("20", 27)],
)
def test_yellow_begins_at_a_fifth_of_the_promise_and_one_working_day_before_at_the_latest(
    days: str, first_yellow: int
) -> None:
    limit = Limit(Decimal(days))
    assert seen_on(date(2026, 10, first_yellow), promised=limit) is Light.YELLOW
    assert seen_on(date(2026, 10, first_yellow - 1), promised=limit) is Light.GREEN


def test_a_short_promise_turns_yellow_on_friday_for_monday() -> None:
    assert seen_on(date(2026, 10, 30), promised=Limit(Decimal(5))) is Light.YELLOW
    assert seen_on(date(2026, 10, 29), promised=Limit(Decimal(5))) is Light.GREEN


@given(st.dates(date(2026, 9, 1), date(2027, 6, 1)))
def test_a_stopped_clock_is_grey_on_every_day(today: date) -> None:
    assert seen_on(today, is_stopped=True) is Light.PAUSED


@given(st.dates(date(2026, 9, 1), date(2027, 6, 1)))
def test_the_light_only_ever_grows_darker(today: date) -> None:
    order = [Light.GREEN, Light.YELLOW, Light.RED, Light.DEEP_RED]
    shown = [order.index(seen_on(today.fromordinal(today.toordinal() + days))) for days in range(60)]
    assert shown == sorted(shown)


def test_without_a_promise_the_warning_comes_before_the_statutory_date() -> None:
    def seen(today: date) -> Light:
        return light(
            today,
            promised=Limit(None),
            promised_due=None,
            statutory_due=STATUTORY,
            is_stopped=False,
            calendar=OFFICIAL,
        )

    assert seen(date(2026, 11, 12)) is Light.GREEN
    assert seen(date(2026, 11, 13)) is Light.YELLOW
    assert seen(STATUTORY) is Light.YELLOW
    assert seen(date(2026, 11, 17)) is Light.DEEP_RED


def test_without_any_limit_the_light_stays_green() -> None:
    assert (
        light(
            date(2036, 1, 1),
            promised=Limit(None),
            promised_due=None,
            statutory_due=None,
            is_stopped=False,
            calendar=OFFICIAL,
        )
        is Light.GREEN
    )


def test_working_days_remain_even_where_the_limit_counts_calendar_days() -> None:
    thirty = Limit(Decimal(30), Unit.CALENDAR_DAYS)
    assert remaining(date(2026, 10, 24), PROMISED, OFFICIAL) == 6
    assert seen_on(date(2026, 10, 24), promised=thirty) is Light.YELLOW
    assert seen_on(date(2026, 10, 22), promised=thirty) is Light.GREEN
