"""Days counted per whole day give the same figures as the sorted list of all cases."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from approvals.days import Days

CASES = st.lists(st.integers(0, 60), min_size=1, max_size=200)


@given(CASES, st.sampled_from([Fraction(1, 2), Fraction(3, 4), Fraction(9, 10), Fraction(1, 100), Fraction(1)]))
def test_a_quantile_is_a_day_of_the_sorted_list(days: list[int], share: Fraction) -> None:
    assert Days.of(days).quantile(share) == sorted(days)[ceil(share * len(days)) - 1]


@given(CASES)
def test_sums_and_ends_are_those_of_the_list(days: list[int]) -> None:
    found = Days.of(days)
    assert (found.number, found.total) == (len(days), sum(days))
    assert found.mean == Fraction(sum(days), len(days))
    assert (found.least, found.most) == (min(days), max(days))
    assert found.within(30) == Fraction(sum(day <= 30 for day in days), len(days))


@given(CASES)
def test_a_day_that_nobody_took_changes_nothing(days: list[int]) -> None:
    counts = dict(Days.of(days).counts)
    padded = Days({**counts, **{day: 0 for day in range(-3, 90) if day not in counts}})
    assert (padded.least, padded.median, padded.p90, padded.most) == (
        Days.of(days).least,
        Days.of(days).median,
        Days.of(days).p90,
        Days.of(days).most,
    )


def test_of_no_case_nothing_is_said() -> None:
    nothing = Days({})
    assert (nothing.mean, nothing.median, nothing.p90, nothing.most, nothing.within(9)) == (None,) * 5
