"""How many days things took, exactly: counts per whole day, and what follows from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil


@dataclass(frozen=True)
class Days:
    """`counts` says how many cases took each whole number of days; nothing is sampled, so every figure is exact."""

    counts: Mapping[int, int]

    @classmethod
    def of(cls, days: Iterable[int]) -> Days:
        return cls(Counter(days))

    @cached_property
    def _ordered(self) -> list[tuple[int, int]]:
        return sorted((day, count) for day, count in self.counts.items() if count)

    @cached_property
    def number(self) -> int:
        """How many cases."""
        return sum(self.counts.values())

    @cached_property
    def total(self) -> int:
        return sum(day * count for day, count in self.counts.items())

    @property
    def mean(self) -> Fraction | None:
        return Fraction(self.total, self.number) if self.number else None

    @property
    def least(self) -> int | None:
        return self._ordered[0][0] if self.number else None

    @property
    def most(self) -> int | None:
        return self._ordered[-1][0] if self.number else None

    def quantile(self, share: Fraction) -> int | None:
        """The least day within which at least this share of the cases was done (nearest rank: a day that occurred)."""
        wanted, reached = ceil(share * self.number), 0
        for day, count in self._ordered:
            reached += count
            if reached >= wanted:
                return day
        return None

    @property
    def median(self) -> int | None:
        return self.quantile(HALF)

    @property
    def p75(self) -> int | None:
        return self.quantile(THREE_QUARTERS)

    @property
    def p90(self) -> int | None:
        return self.quantile(NINE_TENTHS)

    def within(self, days: int) -> Fraction | None:
        """The share of cases that took at most so many days."""
        if not self.number:
            return None
        return Fraction(sum(count for day, count in self.counts.items() if day <= days), self.number)


HALF, THREE_QUARTERS, NINE_TENTHS = Fraction(1, 2), Fraction(3, 4), Fraction(9, 10)
