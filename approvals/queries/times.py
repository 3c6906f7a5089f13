"""Where time goes: exact figures from the counts per whole day, what they are told apart by, and the cases behind."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Subquery, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from approvals.days import Days
from approvals.permissions import Actor, check
from approvals.records.application import Application
from approvals.records.measure import CELL, Figure, Measured, MeasureRecord, Tally

PAGE = 20
MOST_CASES = 10_000
"""Rows of one export."""


NONE = "none"
"""Asks for what belongs to no stage, or to no district."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at; whatever is empty is not asked for. Months are YYYY-MM, both included."""

    since: str
    until: str
    subject: Measured = Measured.APPLICATION
    item: str = ""
    stage: str = ""
    step: str = ""
    department: str = ""
    region: str = ""
    is_promised: bool | None = None
    channel: str = ""

    @property
    def months(self) -> list[str]:
        first, last = _number(self.since), _number(self.until)
        return [_month(each) for each in range(first, last + 1)]

    @property
    def before(self) -> Asked:
        """The same length of time just before."""
        length = len(self.months)
        return replace(self, since=_month(_number(self.since) - length), until=_month(_number(self.since) - 1))


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _month(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


@dataclass(frozen=True)
class Line:
    """The figures of one group of cases."""

    days: Mapping[Figure, Days] = field(default_factory=dict)

    def of(self, figure: Figure) -> Days:
        return self.days.get(figure, Days({}))

    @property
    def gross(self) -> Days:
        return self.of(Figure.GROSS)

    @property
    def net(self) -> Days:
        return self.of(Figure.NET)

    @property
    def corrections(self) -> Days:
        return self.of(Figure.CORRECTIONS)

    @property
    def cases(self) -> int:
        return self.net.number

    @cached_property
    def promised(self) -> Fraction | None:
        """The share on time, of those to which anything was promised."""
        return self.of(Figure.PROMISED).mean

    @cached_property
    def statutory(self) -> Fraction | None:
        return self.of(Figure.STATUTORY).mean

    @cached_property
    def right_first(self) -> Fraction | None:
        """The share without any correction."""
        return self.corrections.within(0)

    @cached_property
    def waiting(self) -> Fraction | None:
        """The share of the net days on which nobody had it."""
        waited, worked = self.of(Figure.WAITING).total, self.of(Figure.WORKING).total
        return Fraction(waited, waited + worked) if waited + worked else None


@dataclass(frozen=True)
class Times:
    total: Line
    before: Line
    months: Mapping[str, Line]
    groups: Mapping[tuple[str, ...], Line]
    """The most cases first; by item and step for steps."""


GROUPS: Mapping[str, tuple[str, ...]] = {
    "item": ("item_code",),
    "stage": ("stage",),
    "step": ("item_code", "step_key"),
    "department": ("department_code",),
    "region": ("region",),
    "way": ("is_promised",),
    "channel": ("channel",),
    "month": ("month",),
}


def times(session: Session, asked: Asked, *, group: str, by: Actor) -> Times:
    """Two queries, however many cases there are."""
    check(by, "application:oversee")
    return _times(session, asked, group)


def on_time(session: Session, since: str, until: str, *, by: Actor) -> dict[str, Days]:
    """By department, of the steps decided in these months: how many kept the promised limit (1) and how many did not
    (0); one query.
    """
    check(by, "application:oversee")
    asked = Asked(since, until, Measured.STEP)
    kept = _grouped(session, asked, GROUPS["department"], Figure.PROMISED)
    return {department: line.of(Figure.PROMISED) for (department,), line in kept.items()}


def published(session: Session, asked: Asked, *, least: int) -> dict[str, Line]:
    """What everybody may know: applications by item, without any item that has fewer cases than `least`."""
    groups = _grouped(session, asked, GROUPS["item"])
    return {item: line for (item,), line in groups.items() if line.cases >= least}


def _times(session: Session, asked: Asked, group: str) -> Times:
    whole = replace(asked, since=asked.before.since)
    months = {key[0]: line for key, line in _grouped(session, whole, ("month",)).items()}
    return Times(
        total=_sum(months, asked.months),
        before=_sum(months, asked.before.months),
        months={month: months.get(month, Line()) for month in asked.months},
        groups=_grouped(session, asked, GROUPS[group]),
    )


def _sum(months: Mapping[str, Line], wanted: list[str]) -> Line:
    sums: dict[Figure, Counter[int]] = defaultdict(Counter)
    for month in wanted:
        for figure, days in months.get(month, Line()).days.items():
            sums[figure].update(days.counts)
    return Line({figure: Days(counts) for figure, counts in sums.items()})


def _grouped(session: Session, asked: Asked, by: tuple[str, ...], *figures: Figure) -> dict[tuple[str, ...], Line]:
    each = counted(asked, *(figures or Figure)).c
    told, number = [each[name] for name in (*by, "figure", "value")], func.sum(each.cases)
    rows = session.execute(select(*told, number).group_by(*told).having(number != 0))
    counts: dict[tuple[str, ...], dict[Figure, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for *key, figure, value, cases in rows:
        counts[tuple(str(part) for part in key)][figure][value] = int(cases)
    lines = {key: Line({figure: Days(values) for figure, values in figures.items()}) for key, figures in counts.items()}
    return dict(sorted(lines.items(), key=lambda each: (-each[1].cases, each[0])))


def counted(asked: Asked | None, *figures: Figure) -> Subquery:
    """By cell: the tallies, and each measure that is not counted into them yet."""
    tallies = select(*(getattr(Tally, name) for name in (*CELL, "cases"))).where(
        Tally.figure.in_(figures), *_matching(Tally, asked)
    )
    return union_all(tallies, *(_uncounted(asked, figure) for figure in figures)).subquery()


def _uncounted(asked: Asked | None, figure: Figure) -> Select[Any]:
    value = getattr(MeasureRecord, figure.value)
    told = {"figure": literal(figure, Tally.figure.type), "value": cast(value, Integer), "cases": literal(1)}
    columns = (told[name].label(name) if name in told else getattr(MeasureRecord, name) for name in (*CELL, "cases"))
    return select(*columns).where(~MeasureRecord.is_tallied, value.is_not(None), *_matching(MeasureRecord, asked))


def _matching(table: Any, asked: Asked | None) -> list[ColumnElement[bool]]:
    if asked is None:
        return []
    wanted = [table.subject == asked.subject, table.month >= asked.since, table.month <= asked.until]
    for column, value in (
        (table.item_code, asked.item),
        (table.stage, asked.stage),
        (table.step_key, asked.step),
        (table.department_code, asked.department),
        (table.region, asked.region),
        (table.channel, asked.channel),
    ):
        if value:
            wanted.append(column == ("" if value == NONE else value))
    if asked.is_promised is not None:
        wanted.append(table.is_promised == asked.is_promised)
    return wanted


ONLY: Mapping[str, ColumnElement[bool]] = {
    "kept": MeasureRecord.promised.is_(True),
    "late": MeasureRecord.promised.is_(False),
    "lawful": MeasureRecord.statutory.is_(True),
    "overdue": MeasureRecord.statutory.is_(False),
    "mended": MeasureRecord.corrections > 0,
    "right": MeasureRecord.corrections == 0,
    "waited": MeasureRecord.waiting > 0,
}
"""Which cases a figure leads to."""
COUNTED: Mapping[str, tuple[Figure, Callable[[Any], ColumnElement[bool]]]] = {
    "kept": (Figure.PROMISED, lambda value: value == 1),
    "late": (Figure.PROMISED, lambda value: value == 0),
    "lawful": (Figure.STATUTORY, lambda value: value == 1),
    "overdue": (Figure.STATUTORY, lambda value: value == 0),
    "mended": (Figure.CORRECTIONS, lambda value: value > 0),
    "right": (Figure.CORRECTIONS, lambda value: value == 0),
    "waited": (Figure.WAITING, lambda value: value > 0),
}
"""The same, as it is counted: by the value of a figure."""
LENGTHS: Mapping[str, Any] = {"net": MeasureRecord.net, "gross": MeasureRecord.gross}


def _number_of(
    session: Session, asked: Asked, only: str, least: int, length: str, wanted: list[ColumnElement[bool]]
) -> int:
    """As it is counted; what is asked for by two figures at once nobody counts, and is walked through."""
    if only and least:
        return session.scalars(select(func.count()).select_from(MeasureRecord).where(*wanted)).one()
    figure, is_wanted = COUNTED.get(only, (Figure(length), lambda value: value >= least))
    cells = counted(asked, figure).c
    return int(session.scalar(select(func.sum(cells.cases)).where(is_wanted(cells.value))) or 0)


@dataclass(frozen=True, slots=True)
class Case:
    number: str
    title: str
    item: str
    step: str
    round: int
    department: str
    ended_on: date
    gross: int
    net: int
    waiting: int | None
    working: int | None
    promised: bool | None
    statutory: bool | None
    corrections: int


@dataclass(frozen=True, slots=True)
class Cases:
    rows: tuple[Case, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def cases(
    session: Session,
    asked: Asked,
    *,
    only: str = "",
    least: int = 0,
    length: str = "net",
    page: int = 1,
    most: int = PAGE,
    by: Actor,
) -> Cases:
    """The longest first, by one of LENGTHS. `least`: those that took at least so many days of it. A page past the end
    means the last one.
    """
    check(by, "application:oversee")
    took = LENGTHS[length]
    wanted = [*_matching(MeasureRecord, asked), took >= least]
    if only in ONLY:
        wanted.append(ONLY[only])
    total = _number_of(session, asked, only, least, length, wanted)
    number = min(page, max(1, -(-total // PAGE)))
    rows: Any = session.execute(
        select(
            Application.number,
            Application.title,
            MeasureRecord.item_code,
            MeasureRecord.step_key,
            MeasureRecord.round,
            MeasureRecord.department_code,
            MeasureRecord.ended_on,
            MeasureRecord.gross,
            MeasureRecord.net,
            MeasureRecord.waiting,
            MeasureRecord.working,
            MeasureRecord.promised,
            MeasureRecord.statutory,
            MeasureRecord.corrections,
        )
        .join(Application, MeasureRecord.application_id == Application.id)
        .where(*wanted)
        .order_by(took.desc(), MeasureRecord.id.desc())
        .limit(most)
        .offset((number - 1) * PAGE)
    )
    return Cases(tuple(Case(*row) for row in rows), total, number)
