"""The life of an obligation: every way through it ends where it should, and nothing moves what is closed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from approvals.commitments.life import MOVES, moved, possible, stands
from approvals.errors import NotPossibleNow
from approvals.vocabulary import Act, ObligationKind, ObligationStatus

KINDS = some.sampled_from(list(ObligationKind))


@given(KINDS, some.data())
def test_whatever_is_possible_can_be_folded_again(kind: ObligationKind, data: some.DataObject) -> None:
    status, acts = ObligationStatus.OPEN, list[Act]()
    for _ in range(data.draw(some.integers(0, 12))):
        choices = sorted(possible(kind, status))
        if not choices:
            break
        act = data.draw(some.sampled_from(choices))
        status = moved(kind, status, act)
        acts.append(act)
        assert stands(kind, acts) is status


@given(KINDS, some.sampled_from(list(ObligationStatus)), some.sampled_from(list(Act)))
def test_what_is_not_possible_is_refused_by_name(kind: ObligationKind, status: ObligationStatus, act: Act) -> None:
    if act in possible(kind, status):
        assert isinstance(moved(kind, status, act), ObligationStatus)
    else:
        with pytest.raises(NotPossibleNow) as refused:
            moved(kind, status, act)
        assert refused.value.facts == {"status": str(status)}


@pytest.mark.parametrize("kind", ObligationKind)
def test_what_is_fulfilled_stays_fulfilled(kind: ObligationKind) -> None:
    assert possible(kind, ObligationStatus.FULFILLED) == frozenset()


@pytest.mark.parametrize("kind", ObligationKind)
def test_every_open_obligation_can_be_ended_and_dropped(kind: ObligationKind) -> None:
    for status in (ObligationStatus.OPEN, ObligationStatus.LATE):
        assert {Act.FULFIL, Act.DROP} <= possible(kind, status)


def test_only_a_verification_finds_an_untruth_and_only_an_objection_undoes_it() -> None:
    untrue = {kind for kind in ObligationKind for moves in MOVES[kind].values() if Act.DISPROVE in moves}
    assert untrue == {ObligationKind.VERIFICATION}
    assert possible(ObligationKind.VERIFICATION, ObligationStatus.UNTRUE) == {Act.UPHOLD}
