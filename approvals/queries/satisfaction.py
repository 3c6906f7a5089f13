"""How content people were, for everybody to read: rates by department and item, of the last twelve months."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from approvals.clock.moment import Moment
from approvals.records.people import department_names
from approvals.records.rating import FollowUp, Rating
from approvals.vocabulary import Finding, RatingLevel
from services.item import Text

PERIOD = timedelta(days=365)
LEAST = 5
"""Ratings: of fewer nothing is shown, for somebody might be recognised."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Of the `rated`, `good` were at least mostly satisfied; who did not answer is not among them."""

    rated: int
    good: int

    @property
    def per_cent(self) -> float:
        return 100 * self.good / self.rated


@dataclass(frozen=True, slots=True)
class DepartmentRate:
    """`rate` None: too few. `items` by code, those with enough; `hidden` counts those without. `followed` and
    `closed` are follow-ups of bad ratings, `mended` those of the closed that led to something being put right.
    """

    code: str
    name: Text
    rate: Rate | None
    items: tuple[tuple[str, Rate], ...]
    hidden: int
    followed: int
    closed: int
    mended: int


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """`again` are second ratings, given after a bad one was followed up."""

    all: Rate | None
    again: Rate | None
    departments: tuple[DepartmentRate, ...]


def satisfaction(session: Session, *, at: Moment) -> Satisfaction:
    """Three queries, each over ratings of the period alone."""
    since = at.instant - PERIOD
    counted: dict[str, dict[str, Counter[bool]]] = defaultdict(lambda: defaultdict(Counter))
    again: Counter[bool] = Counter()
    groups = (Rating.department_code, Rating.item_code, Rating.level, Rating.round)
    for department, item, level, round_, number in session.execute(
        select(*groups, func.count()).where(Rating.at >= since).group_by(*groups)
    ):
        if round_ == 1:
            counted[department][item][not RatingLevel(level).is_bad] += number
        else:
            again[not RatingLevel(level).is_bad] += number
    closed = FollowUp.closed_at.is_not(None)
    mended = FollowUp.finding.in_((Finding.SIMPLE, Finding.COMPLEX))
    followed = {
        code: figures
        for code, *figures in session.execute(
            select(
                FollowUp.department_code,
                func.count(),
                func.sum(case((closed, 1), else_=0)),
                func.sum(case((closed & mended, 1), else_=0)),
            )
            .join(Rating, Rating.id == FollowUp.rating_id)
            .where(Rating.at >= since)
            .group_by(FollowUp.department_code)
        )
    }
    names = department_names(session)
    totals = {code: _rate(sum(items.values(), Counter())) for code, items in counted.items()}
    shown = shown_of({code: rate.rated for code, rate in totals.items()})
    rows = [
        _department(code, names[code], items, totals[code] if code in shown else None, followed.get(code, [0, 0, 0]))
        for code, items in counted.items()
    ]
    whole = _rate(sum((each for items in counted.values() for each in items.values()), Counter()))
    return Satisfaction(
        all=whole if whole.rated >= LEAST else None,
        again=_rate(again) if again.total() >= LEAST else None,
        departments=tuple(sorted(rows, key=lambda each: (each.rate is None, each.code))),
    )


def shown_of(sizes: Mapping[str, int]) -> frozenset[str]:
    """Which groups may be shown beside their sum: those that are large enough, but where what is hidden would be too
    few together, the smallest of these is hidden as well, or the difference would tell.
    """
    shown = sorted((code for code, size in sizes.items() if size >= LEAST), key=lambda code: (sizes[code], code))
    hidden = sum(size for code, size in sizes.items() if code not in shown)
    if 0 < hidden < LEAST and shown:
        shown = shown[1:]
    return frozenset(shown)


def _department(
    code: str, name: Text, items: Mapping[str, Counter[bool]], rate: Rate | None, followed: Sequence[int]
) -> DepartmentRate:
    shown = shown_of({item: each.total() for item, each in items.items()}) if rate else frozenset()
    rates = sorted(((item, _rate(items[item])) for item in shown), key=lambda pair: (-pair[1].rated, pair[0]))
    number, closed, mended = followed if rate else (0, 0, 0)
    return DepartmentRate(code, name, rate, tuple(rates), len(items) - len(rates), number, closed, mended)


def _rate(counted: Counter[bool]) -> Rate:
    return Rate(counted.total(), counted[True])
