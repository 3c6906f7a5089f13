"""A graph with loops laid out in layers from top to bottom, in pixels."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 150, 62
"""Of a node."""
BESIDE, BELOW, RIGHT = 22, 84, 140
"""Between two nodes of a layer, and between two layers: below each other, or side by side, where figures need room."""
THREAD = 22
"""The place of an edge that passes a layer between nodes."""
SWEEPS = 6
APART = 16
"""Between the two edges of a pair that leads there and back."""
TALLEST = 4
"""Nodes side by side: with more in one layer the layers stand from left to right, so that nothing gets too wide."""
NEAR = 0.25
"""Where on its first or last bend the figure of an edge stands."""

Point = tuple[float, float]
Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The upper left corner of every node, the points through which every edge runs from its source on, and where its
    figure stands. `is_across`: layers from left to right, and edges leave their nodes sideways.
    """

    width: float
    height: float
    is_across: bool
    nodes: Mapping[str, Point]
    ways: Mapping[Edge, tuple[Point, ...]]
    figures: Mapping[Edge, Point]


def draw(nodes: Sequence[str], edges: Mapping[Edge, int], last: Iterable[str] = ()) -> Drawn:
    """`nodes` in the order in which they should come, `edges` with their weight, `last` those at the end."""
    kept = {edge: weight for edge, weight in edges.items() if edge[0] != edge[1]}
    back = _turned(nodes, kept)
    forward = sorted({(target, source) if (source, target) in back else (source, target) for source, target in kept})
    layer = _layers(nodes, forward, set(last))
    layers: list[list[str]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for name in nodes:
        layers[layer[name]].append(name)
    is_across = max((len(names) for names in layers), default=0) > TALLEST
    long, broad, beyond = (WIDTH, HEIGHT, RIGHT) if is_across else (HEIGHT, WIDTH, BELOW)
    threads, links = _threaded(forward, layer, layers)
    _untangle(layers, links)
    middle = _placed(layers, set(nodes), broad)
    start = {name: float(at * (long + beyond)) for at, names in enumerate(layers) for name in names}

    def turned(beside: float, along: float) -> Point:
        return (along, beside) if is_across else (beside, along)

    ways: dict[Edge, tuple[Point, ...]] = {}
    figures: dict[Edge, Point] = {}
    busy = Counter(end for edge in kept for end in (("from", edge[0]), ("to", edge[1])))
    for source, target in edges:
        if source == target:
            edge_of, at = middle[source] + broad / 2, start[source] + long / 2
            ways[source, target] = (turned(edge_of, at - 12), turned(edge_of + BESIDE, at), turned(edge_of, at + 12))
            figures[source, target] = turned(edge_of + BESIDE, at)
            continue
        is_back = (source, target) in back
        upper, lower = (target, source) if is_back else (source, target)
        aside = 0 if (target, source) not in kept else APART / 2 * (1 if is_back else -1)
        points = [(middle[upper] + aside, start[upper] + long)]
        for thread in threads[upper, lower]:
            points += [(middle[thread] + aside, start[thread]), (middle[thread] + aside, start[thread] + long)]
        points.append((middle[lower] + aside, start[lower]))
        way = points[::-1] if is_back else points
        ways[source, target] = tuple(turned(*point) for point in way)
        is_near_source = busy["from", source] <= busy["to", target]
        one, other = (way[0], way[1]) if is_near_source else (way[-2], way[-1])
        figures[source, target] = turned(*_on_bend(one, other, NEAR if is_near_source else 1 - NEAR))
    sides = [middle[name] + broad / 2 for name in middle]
    beside, along = max(sides, default=0) + BESIDE, len(layers) * (long + beyond) - beyond if layers else 0
    corners = {name: turned(middle[name] - broad / 2, start[name]) for name in nodes}
    return Drawn(*turned(beside, along), is_across, corners, ways, figures)


def _on_bend(one: Point, other: Point, part: float) -> Point:
    """A point of the curve that leaves and arrives along the layers' axis."""
    sideways = 3 * part**2 - 2 * part**3
    half = (one[1] + other[1]) / 2
    ahead = (
        (1 - part) ** 3 * one[1]
        + 3 * (1 - part) ** 2 * part * half
        + 3 * (1 - part) * part**2 * half
        + part**3 * other[1]
    )
    return one[0] + (other[0] - one[0]) * sideways, ahead


def _turned(nodes: Sequence[str], edges: Mapping[Edge, int]) -> set[Edge]:
    """Edges that lead back, found by walking the commonest way first; without them no loop is left."""
    after: dict[str, list[str]] = {name: [] for name in nodes}
    for source, target in sorted(edges, key=lambda edge: (-edges[edge], edge)):
        after[source].append(target)
    back: set[Edge] = set()
    seen: set[str] = set()
    for root in nodes:
        if root in seen:
            continue
        seen.add(root)
        path, trail = {root}, [(root, iter(after[root]))]
        while trail:
            name, rest = trail[-1]
            onward = next(rest, None)
            if onward is None:
                trail.pop()
                path.discard(name)
            elif onward in path:
                back.add((name, onward))
            elif onward not in seen:
                seen.add(onward)
                path.add(onward)
                trail.append((onward, iter(after[onward])))
    return back


def _layers(nodes: Sequence[str], forward: Iterable[Edge], last: set[str]) -> dict[str, int]:
    """The longest way from above; ends stand at the foot."""
    before: dict[str, list[str]] = {name: [] for name in nodes}
    for source, target in forward:
        before[target].append(source)
    layer: dict[str, int] = {}
    while len(layer) < len(before):
        for name, sources in before.items():
            if name not in layer and all(each in layer for each in sources):
                layer[name] = max((layer[each] + 1 for each in sources), default=0)
    foot = max(layer.values(), default=0)
    return {name: foot if name in last else at for name, at in layer.items()}


def _threaded(
    forward: Iterable[Edge], layer: Mapping[str, int], layers: list[list[str]]
) -> tuple[dict[Edge, list[str]], list[Edge]]:
    """Every edge over more than one layer gets a place in each that it passes."""
    threads: dict[Edge, list[str]] = {}
    links: list[Edge] = []
    for source, target in forward:
        names = [f"\0{source}\0{target}\0{at}" for at in range(layer[source] + 1, layer[target])]
        for at, name in enumerate(names, layer[source] + 1):
            layers[at].append(name)
        threads[source, target] = names
        stations = [source, *names, target]
        links += itertools.pairwise(stations)
    return threads, links


def _untangle(layers: list[list[str]], links: Iterable[Edge]) -> None:
    """Each beside the middle of its neighbours, swept down and up in turns."""
    up: dict[str, list[str]] = {}
    down: dict[str, list[str]] = {}
    for source, target in links:
        up.setdefault(target, []).append(source)
        down.setdefault(source, []).append(target)
    for sweep in range(SWEEPS):
        neighbours = up if sweep % 2 == 0 else down
        place = {name: at / max(1, len(names) - 1) for names in layers for at, name in enumerate(names)}
        for names in layers if sweep % 2 == 0 else reversed(layers):
            middles = {
                name: sum(place[each] for each in neighbours[name]) / len(neighbours[name])
                if neighbours.get(name)
                else place[name]
                for name in names
            }
            names.sort(key=lambda name: middles[name])  # used at once
            place |= {name: at / max(1, len(names) - 1) for at, name in enumerate(names)}


def _placed(layers: Sequence[Sequence[str]], nodes: set[str], broad: int) -> dict[str, float]:
    """The middle of each; every layer is centred."""
    sizes = [[broad if name in nodes else THREAD for name in names] for names in layers]
    wide = [sum(each) + BESIDE * (len(each) - 1) for each in sizes]
    most = max(wide, default=0)
    middle: dict[str, float] = {}
    for names, own, width in zip(layers, sizes, wide, strict=True):
        x = (most - width) / 2
        for name, size in zip(names, own, strict=True):
            middle[name] = x + size / 2
            x += size + BESIDE
    return middle
