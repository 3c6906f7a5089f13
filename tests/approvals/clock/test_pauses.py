"""Pauses: the day they begin counts, overlaps count once, and an open one runs on."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.clock.pauses import Pause, is_paused_on, merged

MONDAY = date(2026, 11, 2)


def november(start: int, end: int | None = None) -> Pause:
    return Pause(date(2026, 11, start), None if end is None else date(2026, 11, end))


@st.composite
def pauses(draw: st.DrawFn) -> Pause:
    start = MONDAY + timedelta(days=draw(st.integers(0, 40)))
    length = draw(st.none() | st.integers(0, 20))
    return Pause(start, None if length is None else start + timedelta(days=length))


def test_the_day_a_pause_begins_is_counted_and_its_last_day_is_not() -> None:
    pause = november(4, 6)
    assert [day for day in range(2, 10) if is_paused_on(date(2026, 11, day), [pause])] == [5, 6]


def test_a_pause_of_a_single_day_takes_nothing() -> None:
    assert not is_paused_on(date(2026, 11, 4), [november(4, 4)])
    assert merged([november(4, 4)]) == ()


def test_an_open_pause_covers_every_later_day() -> None:
    assert is_paused_on(date(2036, 1, 1), [november(4)])
    assert not is_paused_on(date(2026, 11, 4), [november(4)])


def test_a_pause_runs_from_its_first_day_until_the_day_before_its_last() -> None:
    assert [day for day in range(2, 10) if november(4, 6).is_running_on(date(2026, 11, day))] == [4, 5]
    assert november(4).is_running_on(date(2027, 11, 4))


def test_overlapping_and_adjacent_pauses_become_one() -> None:
    assert merged([november(6, 12), november(4, 10)]) == (november(4, 12),)
    assert merged([november(4, 6), november(6, 10)]) == (november(4, 10),)
    assert merged([november(4, 20), november(6, 10)]) == (november(4, 20),)


def test_a_counted_day_between_two_pauses_keeps_them_apart() -> None:
    assert merged([november(4, 6), november(7, 10)]) == (november(4, 6), november(7, 10))
    assert not is_paused_on(date(2026, 11, 7), [november(4, 6), november(7, 10)])


def test_an_open_end_swallows_all_that_begins_later() -> None:
    assert merged([november(20, 25), november(4), november(2, 3)]) == (november(2, 3), november(4))


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends on the day it begins or later"):
        november(6, 5)


@given(st.lists(pauses(), max_size=6))
def test_merging_changes_no_day_and_leaves_gaps_between(ledger: list[Pause]) -> None:
    joined = merged(ledger)
    for offset in range(80):
        day = MONDAY + timedelta(days=offset)
        assert is_paused_on(day, joined) == is_paused_on(day, ledger)
    assert all(earlier.end is not None and earlier.end < later.start for earlier, later in pairwise(joined))
