"""How the outcomes of several steps are gathered into one verdict: all, any, n of m, veto."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from services.item import Join, JoinKind


class Verdict(Enum):
    PENDING = "pending"
    CONSENT = "consent"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Gate:
    """A join over the steps `of`, all of which take part in this application. `heard` are those of them without a vote:
    they are waited for, and their consent is none that an any or n-of-m join asks for.
    """

    join: Join
    of: tuple[str, ...]
    heard: frozenset[str] = frozenset()

    @property
    def voters(self) -> tuple[str, ...]:
        return tuple(key for key in self.of if key not in self.heard)

    def verdict(self, consents: Mapping[str, bool]) -> Verdict:
        """Gather; a step missing from `consents` has not finished. Fails closed: nothing but consent counts as
        consent.
        """
        match self.join.kind:
            case JoinKind.ANY | JoinKind.N_OF_M:
                if sum(consents.get(key) is True for key in self.voters) >= needed(self.join):
                    return Verdict.CONSENT  # settled early: the others can no longer change it
                has_consent = False
            case JoinKind.VETO:
                has_consent = all(consents.get(key) is True for key in self.join.veto)
            case _:
                has_consent = all(consents.get(key) is True for key in self.of)
        if any(consents.get(key) is None for key in self.of):
            return Verdict.PENDING
        return Verdict.CONSENT if has_consent else Verdict.DENIED

    def settled_on(self, ends: Mapping[str, date], consents: Mapping[str, bool]) -> date | None:
        """When it goes on if each of its steps ends on its day, and those that are not in `consents` yet consent; None
        if never.
        """
        never_begun = {key: False for key in self.of if key in consents and key not in ends}
        for day in sorted(set(ends.values())):
            ended = {key: consents.get(key, True) for key, end in ends.items() if end <= day}
            if self.verdict(never_begun | ended) is not Verdict.PENDING:
                return day
        return None


def needed(join: Join) -> int:
    """How many consents settle an any or n-of-m join."""
    return max(1, join.n) if join.kind is JoinKind.N_OF_M else 1


def gathered(verdicts: tuple[Verdict, ...]) -> Verdict:
    """All gates must consent; a denial only counts once every gate is settled, so that no department is cut short."""
    if Verdict.PENDING in verdicts:
        return Verdict.PENDING
    return Verdict.DENIED if Verdict.DENIED in verdicts else Verdict.CONSENT
