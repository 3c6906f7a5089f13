"""Walks, their edges and the picture: what holds for every trail and every graph."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from approvals.events import Event
from approvals.mining.drawing import HEIGHT, WIDTH, draw
from approvals.mining.graph import legs, number, repeated, way_of, within
from approvals.mining.walk import Kind, Told, Visit, walk_of

START = datetime(2026, 6, 8, 1, tzinfo=UTC)
STEPS = ("accept", "a", "b", "decide")


def told(*events: tuple[Event, str]) -> list[Told]:
    """One event a day."""
    return [
        Told(kind, START + timedelta(days=day), day, step, "ZJ" if step else "", "hearing")
        for day, (kind, step) in enumerate(events)
    ]


def edges(walk: tuple[Visit, ...]) -> list[tuple[str, str, int]]:
    def name(place: int) -> str:
        return walk[place].activity.name or walk[place].activity.kind

    return [(name(leg.source), name(leg.target), leg.days) for leg in legs(walk)]


E = Event
PARALLEL = told(
    (E.SUBMITTED, ""),
    (E.STEP_OPENED, "accept"),
    (E.STEP_DECIDED, "accept"),
    (E.STEP_OPENED, "a"),
    (E.STEP_OPENED, "b"),
    (E.STEP_DECIDED, "a"),
    (E.CORRECTION_ASKED, "b"),
    (E.CORRECTION_ANSWERED, ""),
    (E.STEP_DECIDED, "b"),
    (E.STEP_OPENED, "decide"),
    (E.STEP_DECIDED, "decide"),
)


def test_parallel_steps_part_and_meet_and_a_correction_is_a_loop() -> None:
    walk = walk_of(PARALLEL, "issued")
    assert edges(walk) == [
        ("start", "accept", 1),
        ("accept", "a", 1),
        ("accept", "b", 2),
        ("b", "mend", 0),
        ("mend", "b", 0),
        ("a", "decide", 4),
        ("b", "decide", 1),
        ("decide", "issued", 0),
    ]
    assert repeated(each.name for each in way_of(walk) if each.kind is Kind.STEP) == {"b": 1}


def test_a_step_that_opened_only_in_passing_was_never_on_a_desk() -> None:
    trail = told((E.SUBMITTED, ""), (E.STEP_OPENED, "accept"), (E.STEP_DECIDED, "accept"))
    now = trail[-1].at
    passing = [Told(E.STEP_OPENED, now, 2, "a", "ZJ"), Told(E.STEP_HELD, now, 2, "a", "ZJ")]
    assert [each.name for each in way_of(walk_of([*trail, *passing], "withdrawn"))] == ["", "accept", "withdrawn"]


def test_a_suspension_stands_between_what_it_stopped() -> None:
    walk = walk_of(
        told(
            (E.SUBMITTED, ""),
            (E.STEP_OPENED, "accept"),
            (E.SUSPENDED, ""),
            (E.RESUMED, ""),
            (E.STEP_DECIDED, "accept"),
        ),
        "not_accepted",
    )
    assert [pair[:2] for pair in edges(walk)] == [
        ("start", "accept"),
        ("accept", "stop"),
        ("stop", "accept"),
        ("accept", "not_accepted"),
    ]


HAPPENINGS = st.tuples(
    st.sampled_from(
        [
            E.STEP_OPENED,
            E.STEP_DECIDED,
            E.STEP_HELD,
            E.STEP_DROPPED,
            E.CORRECTION_ASKED,
            E.CORRECTION_ANSWERED,
            E.CLOCK_PAUSED,
            E.CLOCK_RESUMED,
            E.SUSPENDED,
            E.RESUMED,
            E.RUNG_REACHED,
        ]
    ),
    st.sampled_from(STEPS),
)


def sensible(events: list[tuple[Event, str]]) -> list[tuple[Event, str]]:
    """No step opens that is open."""
    kept: list[tuple[Event, str]] = []
    there: set[str] = set()
    for kind, step in events:
        if kind is E.STEP_OPENED:
            if step in there:
                continue
            there.add(step)
        elif kind in (E.STEP_DECIDED, E.STEP_HELD, E.STEP_DROPPED):
            there.discard(step)
        kept.append((kind, step))
    return kept


@given(st.lists(HAPPENINGS, max_size=40))
def test_every_walk_is_a_path_in_the_graph(events: list[tuple[Event, str]]) -> None:
    walk = walk_of(told((E.SUBMITTED, ""), *sensible(events)), "withdrawn")
    found = legs(walk)
    assert len(set(found)) == len(found)
    entered, left = Counter(leg.target for leg in found), Counter(leg.source for leg in found)
    assert walk[0].activity.kind is Kind.START
    assert walk[-1].activity.kind is Kind.END
    assert [place for place in range(len(walk)) if not entered[place]] == [0]
    assert [place for place in range(len(walk)) if not left[place]] == [len(walk) - 1]
    for leg in found:
        assert walk[leg.source].ended <= walk[leg.target].began
        assert leg.source < leg.target


@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=12))
def test_of_steps_one_after_another_the_edges_are_the_path(steps: list[str]) -> None:
    events = [(kind, step) for step in steps for kind in (E.STEP_OPENED, E.STEP_DECIDED)]
    walk = walk_of(told((E.SUBMITTED, ""), *events), "issued")
    path = ["start", *steps, "issued"]
    assert [pair[:2] for pair in edges(walk)] == list(itertools.pairwise(path))


@given(st.lists(st.integers(0, 60), min_size=1), st.integers(1, 100))
def test_percentiles_of_counts_are_those_of_the_list(days: list[int], per_cent: int) -> None:
    counts = Counter(days)
    assert number(counts) == len(days)
    assert within(counts, per_cent) == sorted(days)[-(-len(days) * per_cent // 100) - 1]


NAMES = st.sampled_from("abcdefgh")


@given(st.dictionaries(st.tuples(NAMES, NAMES), st.integers(1, 9), max_size=20))
def test_the_picture_has_every_node_once_and_every_edge_from_its_source_to_its_target(
    edges: dict[tuple[str, str], int],
) -> None:
    names = sorted({name for edge in edges for name in edge})
    drawn = draw(names, edges, last=names[-1:])
    places = list(drawn.nodes.values())
    for at, (x, y) in enumerate(places):
        assert 0 <= x <= drawn.width - WIDTH
        assert 0 <= y <= drawn.height - HEIGHT
        assert all(abs(x - x2) >= WIDTH or abs(y - y2) >= HEIGHT for x2, y2 in places[:at])
    assert set(drawn.ways) == set(edges)
    for (source, target), way in drawn.ways.items():
        for name, (x, y) in ((source, way[0]), (target, way[-1])):
            left, top = drawn.nodes[name]
            assert left <= x <= left + WIDTH
            assert top <= y <= top + HEIGHT
