"""The process map: what finished applications really went through, how often and how long, from monthly counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from approvals.mining.drawing import Drawn, draw
from approvals.mining.graph import number, repeated, total, within
from approvals.mining.walk import Kind
from approvals.permissions import Actor, check
from approvals.queries.paging import Page, paged
from approvals.records.application import Application
from approvals.records.catalogue import ItemRevision
from approvals.records.fold import item_in
from approvals.records.walk import ActivityRecord, LegCount, StayCount, Walk, Way, WayCount, latest_month
from approvals.vocabulary import ApplicationStatus
from services.item import Item, StepKind, Text

MOST_VARIANTS = 10
DETOURS = frozenset({Kind.MEND, Kind.PAUSE, Kind.STOP})


class Road(StrEnum):
    """What an edge is against the plan of the item."""

    PLAN = "plan"
    DETOUR = "detour"
    """The applicant mends, a special procedure runs, or the whole is suspended."""
    OWN = "own"
    """Not in the plan of any revision: an application ended early, or went its own way."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Months as 2026-06, both included; no item: all of them, their steps by kind; a department: what touches it."""

    since: str
    until: str
    item: str = ""
    department: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """`title` is the step's, where one item is shown. `times` and days are of visits; None for a neighbour of the
    department that is shown.
    """

    id: str
    kind: Kind
    name: str
    title: Text | None
    times: int | None
    median: int
    ninetieth: int
    days: int
    share: float
    """Of the working days of all steps together."""
    again: int
    """Visits after the first one of the same application."""


@dataclass(frozen=True, slots=True)
class Edge:
    """`median` and `ninetieth`: working days from the end of one to the beginning of the other."""

    source: str
    target: str
    times: int
    median: int
    ninetieth: int
    road: Road


@dataclass(frozen=True, slots=True)
class Variant:
    """`ways` are ids; one where one item is shown."""

    steps: tuple[str, ...]
    cases: int
    share: float
    ways: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ProcessMap:
    wanted: Wanted
    cases: int
    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]
    variants: tuple[Variant, ...]
    all_variants: int
    mended: int
    """Applications whose applicant had to mend something at least once."""
    drawn: Drawn
    latest: str | None
    """The last month in which anything ended at all."""

    @property
    def bottlenecks(self) -> list[Node]:
        """Steps by the working days they took altogether, the most first."""
        steps = [node for node in self.nodes.values() if node.kind is Kind.STEP and node.times]
        return sorted(steps, key=lambda node: (-node.days, node.id))


Source, Target = aliased(ActivityRecord), aliased(ActivityRecord)


def process_map(session: Session, wanted: Wanted, *, by: Actor) -> ProcessMap:
    """As many queries for a year as for a month: what is read are counts, never applications."""
    check(by, "application:oversee")
    items = _revisions(session, wanted.item)
    legs = _legs(session, wanted)
    stays = _stays(session, wanted)
    activities = {row.id: row for row in _activities(session, wanted)}
    ways = _ways(session, wanted, activities)
    cases = sum(count for _way, count in ways)
    ids = {name: None for pair in legs for name in pair} | dict.fromkeys(stays)
    ordered = sorted(ids, key=lambda name: _order(name, items))
    again = _again(ways, activities, wanted)
    nodes = _nodes(ordered, stays, again, items)
    planned = _planned(items)
    edges = tuple(
        Edge(source, target, number(counts), within(counts, 50), within(counts, 90), _road(source, target, planned))
        for (source, target), counts in sorted(legs.items(), key=lambda entry: (-number(entry[1]), entry[0]))
    )
    variants = _variants(ways, activities, wanted, cases)
    ends = [name for name in ordered if name.startswith(f"{Kind.END}:")]
    return ProcessMap(
        wanted,
        cases,
        nodes,
        edges,
        tuple(variants[:MOST_VARIANTS]),
        len(variants),
        sum(count for way, count in ways if any(activities[each].kind == Kind.MEND for each in way.activities)),
        draw(ordered, {(edge.source, edge.target): edge.times for edge in edges}, ends),
        latest_month(session),
    )


@dataclass(frozen=True, slots=True)
class WalkedCase:
    number: str
    title: str
    item: Text
    status: ApplicationStatus
    month: str


def walked_cases(
    session: Session,
    wanted: Wanted,
    *,
    way: int | None = None,
    edge: tuple[str, str] | None = None,
    page: int = 1,
    by: Actor,
) -> Page[WalkedCase]:
    """The applications behind a figure of the map, the newest first."""
    check(by, "application:oversee")
    activities = {row.id: row for row in _activities(session, wanted)}
    found = [each for each, _count in _ways(session, wanted, activities)]
    if way is not None:
        found = [each for each in found if each.id == way]
    if edge is not None:
        names = {id_: _id(row.kind, row.label) for id_, row in activities.items()}
        found = [each for each in found if any((names[a], names[b]) == edge for a, b in each.edges)]
    query = (
        select(Application.number, Application.title, Application.revision_id, Application.status, Walk.month)
        .join(Walk, Walk.application_id == Application.id)
        .where(Walk.way_id.in_([each.id for each in found]), *_in_time(Walk.month, wanted))
        .order_by(Walk.month.desc(), Walk.application_id.desc())
    )
    query, shown, count = paged(session, query, page)
    rows = session.execute(query).all()
    revisions = select(ItemRevision).where(ItemRevision.id.in_({row.revision_id for row in rows}))
    names_ = {each.id: item_in(each).name for each in session.scalars(revisions)}
    return Page(
        tuple(WalkedCase(row.number, row.title, names_[row.revision_id], row.status, row.month) for row in rows),
        shown,
        count,
    )


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _in_time(column: Any, wanted: Wanted) -> tuple[ColumnElement[bool], ...]:
    return column >= wanted.since, column <= wanted.until


def _label(activity: Any, wanted: Wanted) -> ColumnElement[str]:
    if wanted.item:
        label: ColumnElement[str] = activity.name
        return label
    return case((activity.kind == Kind.STEP, activity.step_kind), else_=activity.name)


def _id(kind: str, label: str) -> str:
    return f"{kind}:{label}"


def _of(activity: Any, wanted: Wanted) -> list[ColumnElement[bool]]:
    return [activity.item_code == wanted.item] if wanted.item else []


def _legs(session: Session, wanted: Wanted) -> dict[tuple[str, str], Counter[int]]:
    """Months are put together before anything is joined: half a million rows become some thousands."""
    ends = (LegCount.source_id, LegCount.target_id)
    counted = _summed(LegCount, ends, LegCount.source_id, wanted)
    columns = (Source.kind, _label(Source, wanted), Target.kind, _label(Target, wanted), counted.c.days)
    query = (
        select(*columns, func.sum(counted.c.times))
        .join(Source, Source.id == counted.c.source_id)
        .join(Target, Target.id == counted.c.target_id)
        .group_by(*columns)
    )
    if wanted.department:
        query = query.where(
            or_(Source.department_code == wanted.department, Target.department_code == wanted.department)
        )
    found: dict[tuple[str, str], Counter[int]] = {}
    for kind, label, target_kind, target_label, days, times in session.execute(query):
        pair = _id(kind, label), _id(target_kind, target_label)
        found.setdefault(pair, Counter())[days] += int(times)
    return found


def _stays(session: Session, wanted: Wanted) -> dict[str, Counter[int]]:
    counted = _summed(StayCount, (StayCount.activity_id,), StayCount.activity_id, wanted)
    columns = (Source.kind, _label(Source, wanted), counted.c.days)
    query = (
        select(*columns, func.sum(counted.c.times)).join(Source, Source.id == counted.c.activity_id).group_by(*columns)
    )
    if wanted.department:
        query = query.where(Source.department_code == wanted.department)
    found: dict[str, Counter[int]] = {}
    for kind, label, days, times in session.execute(query):
        found.setdefault(_id(kind, label), Counter())[days] += int(times)
    return found


def _summed(record: Any, keys: Sequence[Any], activity: Any, wanted: Wanted) -> Subquery:
    """Of all months; what was taken off again is left out."""
    times = func.sum(record.times)
    query = select(*keys, record.days, times.label("times")).where(*_in_time(record.month, wanted))
    if wanted.item:
        query = query.where(activity.in_(select(ActivityRecord.id).where(ActivityRecord.item_code == wanted.item)))
    return query.group_by(*keys, record.days).having(times > 0).subquery()


def _activities(session: Session, wanted: Wanted) -> Sequence[Any]:
    columns = (Source.id, Source.kind, Source.department_code, _label(Source, wanted).label("label"))
    return session.execute(select(*columns).where(*_of(Source, wanted))).all()


def _ways(session: Session, wanted: Wanted, activities: Mapping[int, Any]) -> list[tuple[Any, int]]:
    """With how many applications went each."""
    counted = (
        select(WayCount.way_id, func.sum(WayCount.times).label("times"))
        .where(*_in_time(WayCount.month, wanted))
        .group_by(WayCount.way_id)
        .having(func.sum(WayCount.times) > 0)
        .subquery()
    )
    query = select(Way.id, Way.activities, Way.edges, counted.c.times).join(counted, counted.c.way_id == Way.id)
    if wanted.item:
        query = query.where(Way.item_code == wanted.item)
    rows = session.execute(query).all()
    theirs = {id_ for id_, row in activities.items() if row.department_code == wanted.department}
    return [(row, int(row.times)) for row in rows if not wanted.department or not theirs.isdisjoint(row.activities)]


def _revisions(session: Session, item: str) -> list[Item]:
    """Every published revision of the item, the newest first."""
    if not item:
        return []
    query = select(ItemRevision).where(ItemRevision.item_code == item).order_by(ItemRevision.id.desc())
    return [item_in(each) for each in session.scalars(query)]


# ── what is made of it ────────────────────────────────────────────────────────────────────────────────────────────


def _nodes(
    ordered: Iterable[str], stays: Mapping[str, Counter[int]], again: Mapping[str, int], items: Sequence[Item]
) -> dict[str, Node]:
    all_days = sum(total(counts) for name, counts in stays.items() if name.startswith(f"{Kind.STEP}:"))
    nodes = {}
    for id_ in ordered:
        kind, _, name = id_.partition(":")
        counts = stays.get(id_)
        title = next((item.steps[name].title for item in items if kind == Kind.STEP and name in item.steps), None)
        days = total(counts) if counts else 0
        nodes[id_] = Node(
            id_,
            Kind(kind),
            name,
            title,
            number(counts) if counts else None,
            within(counts, 50) if counts else 0,
            within(counts, 90) if counts else 0,
            days,
            days / all_days if all_days and kind == Kind.STEP else 0.0,
            again.get(id_, 0),
        )
    return nodes


def _again(ways: Iterable[tuple[Any, int]], activities: Mapping[int, Any], wanted: Wanted) -> Counter[str]:
    """Of one item only: of several a kind of step may come twice in the plan."""
    found: Counter[str] = Counter()
    for way, count in ways if wanted.item else ():
        names = (_id(activities[each].kind, activities[each].label) for each in way.activities)
        for name, times in repeated(names).items():
            found[name] += times * count
    return found


def _variants(
    ways: Iterable[tuple[Any, int]], activities: Mapping[int, Any], wanted: Wanted, cases: int
) -> list[Variant]:
    """The commonest first. Steps of several departments are one where all items are shown together."""
    counted: Counter[tuple[str, ...]] = Counter()
    ids: dict[tuple[str, ...], list[int]] = {}
    for way, count in ways:
        names = tuple(_id(activities[each].kind, activities[each].label) for each in way.activities)
        steps = names if wanted.item else tuple(_without_runs(names))
        counted[steps] += count
        ids.setdefault(steps, []).append(way.id)
    return [
        Variant(steps, count, count / cases, tuple(ids[steps]))
        for steps, count in sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))
    ]


def _without_runs(names: Iterable[str]) -> Iterable[str]:
    before = ""
    for name in names:
        if name != before:
            yield name
        before = name


def _order(id_: str, items: Sequence[Item]) -> tuple[int, int, str]:
    kind, _, name = id_.partition(":")
    places = [str(each) for each in StepKind] if not items else [key for item in items for key in item.steps]
    return list(Kind).index(Kind(kind)), places.index(name) if name in places else len(places), name


def _planned(items: Sequence[Item]) -> set[tuple[str, str]] | None:
    """Every edge that the plan of any revision has; None where no item is chosen."""
    if not items:
        return None
    start = _id(Kind.START, "")
    found: set[tuple[str, str]] = set()
    for item in items:
        for key, step in item.steps.items():
            found |= {(origin, _id(Kind.STEP, key)) for origin in _origins(item, step.after, start)}
            found |= {(_id(Kind.STEP, key), _id(Kind.END, end)) for end in ENDS.get(step.kind, ())}
    return found


ENDS: Mapping[StepKind, tuple[ApplicationStatus, ...]] = {
    StepKind.ACCEPTANCE: (ApplicationStatus.NOT_NEEDED, ApplicationStatus.NOT_ACCEPTED),
    StepKind.DECISION: (ApplicationStatus.REFUSED,),
    StepKind.ISSUE: (ApplicationStatus.ISSUED,),
}


EARLY = frozenset(_id(Kind.END, end) for end in (ApplicationStatus.WITHDRAWN, ApplicationStatus.TERMINATED))
"""Ends that stand in no plan."""


def _origins(item: Item, after: Sequence[str], start: str) -> set[str]:
    """What a step waits for; who joins by condition may be passed by."""
    if not after:
        return {start}
    found = {_id(Kind.STEP, key) for key in after}
    for key in after:
        if item.steps[key].joins_if is not None:
            found |= _origins(item, item.steps[key].after, start)
    return found


def _road(source: str, target: str, planned: set[tuple[str, str]] | None) -> Road:
    if {source.partition(":")[0], target.partition(":")[0]} & {str(each) for each in DETOURS}:
        return Road.DETOUR
    is_planned = target not in EARLY if planned is None else (source, target) in planned
    return Road.PLAN if is_planned else Road.OWN
