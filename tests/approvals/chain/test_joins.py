"""When a join goes on: with the n-th consent, or with the last of those that it hears."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from approvals.chain.joins import Gate
from services.item import Join, JoinKind
from tests.approvals.chain.items import joins

KEYS = ("a", "b", "c", "d", "e")
DAY = date(2026, 3, 2)
DAYS = st.integers(0, 9).map(lambda days: DAY + timedelta(days=days))


@given(
    joins(KEYS),
    st.fixed_dictionaries(dict.fromkeys(KEYS, DAYS)),
    st.dictionaries(st.sampled_from(KEYS), st.booleans()),
    st.frozensets(st.sampled_from(KEYS)),
)
def test_a_join_goes_on_with_the_nth_consent_that_can_still_come(
    join: Join, ends: dict[str, date], consents: dict[str, bool], heard: frozenset[str]
) -> None:
    consenting = sorted(end for key, end in ends.items() if key not in heard and consents.get(key, True))
    awaited = {JoinKind.ANY: 1, JoinKind.N_OF_M: join.n}.get(join.kind, len(KEYS) + 1)
    wanted = consenting[awaited - 1] if awaited <= len(consenting) else max(ends.values())
    assert Gate(join, KEYS, heard).settled_on(ends, consents) == wanted


def test_what_was_cut_off_before_it_began_is_not_waited_for() -> None:
    gate = Gate(Join(JoinKind.N_OF_M, n=2), ("a", "b", "c"))
    ends = {"a": DAY, "b": DAY + timedelta(days=3)}
    assert gate.settled_on(ends, {"c": False}) == ends["b"]
    assert gate.settled_on({}, {}) is None
