"""How the outcomes of several steps are gathered into one verdict: all, any, n of m, veto."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from services.item import Join, JoinKind


class Verdict(Enum):
    PENDING = "pending"
    CONSENT = "consent"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Gate:
    """A join over the steps `of`, all of which take part in this application."""

    join: Join
    of: tuple[str, ...]

    def verdict(self, consents: Mapping[str, bool]) -> Verdict:
        """Gather; a step missing from `consents` has not finished. Fails closed: nothing but consent counts as
        consent.
        """
        given = [consents.get(key) for key in self.of]
        agreed = given.count(True)
        match self.join.kind:
            case JoinKind.ANY | JoinKind.N_OF_M:
                needed = 1 if self.join.kind is JoinKind.ANY else max(1, self.join.n)
                if agreed >= needed:
                    return Verdict.CONSENT  # settled early: the others can no longer change it
                has_consent = False
            case JoinKind.VETO:
                has_consent = all(consents.get(key) is True for key in self.join.veto)
            case _:
                has_consent = agreed == len(self.of)
        if None in given:
            return Verdict.PENDING
        return Verdict.CONSENT if has_consent else Verdict.DENIED


def gathered(verdicts: tuple[Verdict, ...]) -> Verdict:
    """All gates must consent; a denial only counts once every gate is settled, so that no department is cut short."""
    if Verdict.PENDING in verdicts:
        return Verdict.PENDING
    return Verdict.DENIED if Verdict.DENIED in verdicts else Verdict.CONSENT
