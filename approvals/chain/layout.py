"""Where the nodes of a diagram stand and which way its flows go: a grid of lanes by ranks, in pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from approvals.chain.diagram import Diagram, Node, Office, Shape, offices

TASK = (120, 80)
GATEWAY = (50, 50)
EVENT = (36, 36)
SIZES: Mapping[Shape, tuple[int, int]] = {
    **dict.fromkeys((Shape.USER, Shape.MANUAL, Shape.SERVICE), TASK),
    **dict.fromkeys((Shape.EXCLUSIVE, Shape.PARALLEL, Shape.COMPLEX), GATEWAY),
    **dict.fromkeys((Shape.START, Shape.END, Shape.STOP), EVENT),
}
GAP = 60
"""Between two columns and between two rows; flows bend and run there, never through a node."""
LABEL = 30
"""The strip at the left of a lane, and of the pool around all lanes, with the name."""

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Box:
    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        return self.y + self.height // 2

    def moved(self, dx: int, dy: int) -> Box:
        return replace(self, x=self.x + dx, y=self.y + dy)


@dataclass(frozen=True, slots=True)
class Picture:
    """Nodes and flows by id; lanes by the subprocess they lie in ("" outside any) and the office."""

    width: int
    height: int
    boxes: Mapping[str, Box]
    ways: Mapping[str, tuple[Point, ...]]
    lanes: Mapping[tuple[str, Office], Box]


def arrange(diagram: Diagram, within: str = "") -> Picture:
    """Columns by rank, so that every flow leads to the right; rows in lanes, no two nodes in one place."""
    return _Grid(diagram, within).picture()


@dataclass
class _Grid:
    diagram: Diagram
    within: str
    boxes: dict[str, Box] = field(default_factory=dict)
    ways: dict[str, tuple[Point, ...]] = field(default_factory=dict)
    lanes: dict[tuple[str, Office], Box] = field(default_factory=dict)

    def picture(self) -> Picture:
        nodes = self.diagram.nodes
        inner = {node.id: arrange(node.inside, node.id) for node in nodes if node.inside is not None}
        size = {node.id: _size(node, inner) for node in nodes}
        rank = _ranks(self.diagram)
        row: dict[str, int] = {}
        first_rows: list[int] = []
        for office in offices(nodes):
            first_rows.append(len(set(row.values())))
            row |= _rows([node for node in nodes if node.office == office], rank, first_rows[-1])
        columns = _spread([max(size[node.id][0] for node in nodes if rank[node.id] == at) for at in _upto(rank)], LABEL)
        rows = _spread([max(size[node.id][1] for node in nodes if row[node.id] == at) for at in _upto(row)], 0)
        width, height = sum(columns[-1]) + GAP, sum(rows[-1]) + GAP // 2
        for node in nodes:
            (left, wide), (top, high) = columns[rank[node.id]], rows[row[node.id]]
            own_width, own_height = size[node.id]
            box = Box(left + (wide - own_width) // 2, top + (high - own_height) // 2, own_width, own_height)
            self._place(node, box, inner.get(node.id))
        for office, start, end in zip(offices(nodes), first_rows, [*first_rows[1:], len(rows)], strict=True):
            top, bottom = rows[start][0] - GAP // 2, sum(rows[end - 1]) + GAP // 2
            self.lanes[self.within, office] = Box(0, top, width, bottom - top)
        for flow in self.diagram.flows:
            one, other = self.boxes[flow.source], self.boxes[flow.target]
            out, back = sum(columns[rank[flow.source]]) + GAP // 2, columns[rank[flow.target]][0] - GAP // 2
            below = sum(rows[row[flow.source]]) + GAP // 4
            begin, end_point = (one.x + one.width, one.middle), (other.x, other.middle)
            detour = ((out, below), (back, below)) if out != back else ()
            bends = ((out, one.middle), *detour, (back, other.middle))
            self.ways[flow.id] = _straight((begin, *bends, end_point))
        return Picture(width, height, self.boxes, self.ways, self.lanes)

    def _place(self, node: Node, box: Box, inside: Picture | None) -> None:
        self.boxes[node.id] = box
        if inside is not None:
            self.boxes |= {name: its.moved(box.x, box.y) for name, its in inside.boxes.items()}
            self.lanes |= {name: its.moved(box.x, box.y) for name, its in inside.lanes.items()}
            self.ways |= {name: tuple((x + box.x, y + box.y) for x, y in way) for name, way in inside.ways.items()}


def _size(node: Node, inner: Mapping[str, Picture]) -> tuple[int, int]:
    return (inner[node.id].width, inner[node.id].height) if node.id in inner else SIZES[node.shape]


def _ranks(diagram: Diagram) -> dict[str, int]:
    """The longest way from a beginning."""
    before: dict[str, list[str]] = {node.id: [] for node in diagram.nodes}
    for flow in diagram.flows:
        before[flow.target].append(flow.source)
    ranks: dict[str, int] = {}
    while len(ranks) < len(before):
        for name, sources in before.items():
            if name not in ranks and all(source in ranks for source in sources):
                ranks[name] = max((ranks[source] + 1 for source in sources), default=0)
    return ranks


def _rows(nodes: list[Node], rank: Mapping[str, int], first: int) -> dict[str, int]:
    """Nodes of one lane; what belongs into one row takes the highest that is free from its first to its last column."""
    groups: dict[str, list[str]] = {}
    for node in nodes:
        groups.setdefault(node.row, []).append(node.id)
    taken: list[list[tuple[int, int]]] = []
    rows: dict[str, int] = {}
    for names in groups.values():
        low, high = min(rank[name] for name in names), max(rank[name] for name in names)
        free = (at for at, spans in enumerate(taken) if all(high < start or end < low for start, end in spans))
        at = next(free, len(taken))
        if at == len(taken):
            taken.append([])
        taken[at].append((low, high))
        rows |= dict.fromkeys(names, first + at)
    return rows


def _upto(places: Mapping[str, int]) -> range:
    return range(max(places.values()) + 1)


def _spread(sizes: list[int], start: int) -> list[tuple[int, int]]:
    """Start and size of each, one after the other with gaps between."""
    found: list[tuple[int, int]] = []
    at = start + GAP // 2
    for size in sizes:
        found.append((at, size))
        at += size + GAP
    return found


def _straight(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """Without points that lie on the way between their neighbours."""
    kept = list(dict.fromkeys(points))
    for middle in kept[1:-1]:
        at = kept.index(middle)
        (x1, y1), (x2, y2), (x3, y3) = kept[at - 1], middle, kept[at + 1]
        if x1 == x2 == x3 or y1 == y2 == y3:
            kept.remove(middle)
    return tuple(kept)
