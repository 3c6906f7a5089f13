"""The life of an obligation: which act is possible where it stands, and where that leads (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from approvals.errors import NotPossibleNow
from approvals.vocabulary import Act, ObligationKind, ObligationStatus

Moves = Mapping[ObligationStatus, Mapping[Act, ObligationStatus]]

OPEN, REPORTED, LATE = ObligationStatus.OPEN, ObligationStatus.REPORTED, ObligationStatus.LATE
FULFILLED, UNTRUE, DROPPED = ObligationStatus.FULFILLED, ObligationStatus.UNTRUE, ObligationStatus.DROPPED

HANDED_IN: Moves = {
    OPEN: {Act.FULFIL: FULFILLED, Act.FALL_DUE: LATE, Act.DROP: DROPPED},
    LATE: {Act.FULFIL: FULFILLED, Act.DROP: DROPPED},
    DROPPED: {Act.TAKE_UP: OPEN},
}
"""A material is there or not; whether it is right is for the verification to find."""
VERIFIED: Moves = {
    OPEN: {Act.FULFIL: FULFILLED, Act.DISPROVE: UNTRUE, Act.FALL_DUE: LATE, Act.DROP: DROPPED},
    LATE: {Act.FULFIL: FULFILLED, Act.DISPROVE: UNTRUE, Act.DROP: DROPPED},
    UNTRUE: {Act.UPHOLD: FULFILLED},
    DROPPED: {Act.TAKE_UP: OPEN},
}
REPORTED_ON: Moves = {
    OPEN: {Act.REPORT: REPORTED, Act.FULFIL: FULFILLED, Act.FALL_DUE: LATE, Act.DROP: DROPPED},
    REPORTED: {Act.SEND_BACK: OPEN, Act.FULFIL: FULFILLED, Act.DROP: DROPPED},
    LATE: {Act.REPORT: REPORTED, Act.FULFIL: FULFILLED, Act.UPHOLD: FULFILLED, Act.DROP: DROPPED},
    DROPPED: {Act.TAKE_UP: OPEN},
}
ANSWERED: Moves = {
    OPEN: {Act.FULFIL: FULFILLED, Act.DROP: DROPPED},
    LATE: {Act.FULFIL: FULFILLED, Act.DROP: DROPPED},
    DROPPED: {Act.TAKE_UP: OPEN},
}
MOVES: Mapping[ObligationKind, Moves] = {
    ObligationKind.DEFERRED_MATERIAL: HANDED_IN,
    ObligationKind.VERIFICATION: VERIFIED,
    ObligationKind.RECTIFICATION: REPORTED_ON,
    ObligationKind.CONDITION: REPORTED_ON,
    ObligationKind.OBJECTION: ANSWERED,
}


def possible(kind: ObligationKind, status: ObligationStatus) -> frozenset[Act]:
    """What may happen to it now."""
    return frozenset(MOVES[kind].get(status, {}))


def moved(kind: ObligationKind, status: ObligationStatus, act: Act) -> ObligationStatus:
    """Where the act leads; NotPossibleNow where it leads nowhere."""
    after = MOVES[kind].get(status, {}).get(act)
    if after is None:
        raise NotPossibleNow(status=str(status))
    return after


def stands(kind: ObligationKind, acts: Iterable[Act]) -> ObligationStatus:
    """Fold the acts, the oldest first. Raises NotPossibleNow for acts that cannot follow each other."""
    status = ObligationStatus.OPEN
    for act in acts:
        status = moved(kind, status, act)
    return status
