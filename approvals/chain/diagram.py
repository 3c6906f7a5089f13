"""The chain of an item as nodes and flows of BPMN, before anybody writes or draws them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from itertools import combinations
from math import comb

from approvals.chain.joins import Gate, needed
from approvals.chain.plan import heard
from approvals.vocabulary import Outcome
from services.item import Item, Join, JoinKind, Step, StepKind

MOST_COMBINATIONS = 20
"""An n-of-m join is drawn as one parallel join for each way to find n; beyond this nobody could read the picture."""


class Shape(StrEnum):
    """Elements of BPMN 2.0 by their names; STOP is an end event that ends everything around it."""

    START = "startEvent"
    END = "endEvent"
    STOP = "stop"
    USER = "userTask"
    MANUAL = "manualTask"
    SERVICE = "serviceTask"
    EXCLUSIVE = "exclusiveGateway"
    PARALLEL = "parallelGateway"
    COMPLEX = "complexGateway"
    RACE = "subProcess"


SHAPES: Mapping[StepKind, Shape] = {
    StepKind.ACCEPTANCE: Shape.USER,
    StepKind.REVIEW: Shape.USER,
    StepKind.TECHNICAL_REVIEW: Shape.USER,
    StepKind.CONSULTATION: Shape.USER,
    StepKind.ON_SITE: Shape.MANUAL,
    StepKind.PUBLIC_NOTICE: Shape.SERVICE,
    StepKind.DECISION: Shape.USER,
    StepKind.ISSUE: Shape.SERVICE,
}
CONSENTS: Mapping[StepKind, tuple[Outcome, str]] = {
    StepKind.ACCEPTANCE: (Outcome.ACCEPT, "不受理或不予受理"),
    StepKind.DECISION: (Outcome.GRANT, "不予许可"),
}
"""The outcome with which the whole goes on, and what any other one is called."""


@dataclass(frozen=True, slots=True)
class Office:
    """Who acts: a duty at a level of government; one lane."""

    duty: str
    level: str


@dataclass(frozen=True, slots=True)
class Node:
    id: str
    shape: Shape
    office: Office
    name: str = ""
    step: Step | None = None
    gate: Gate | None = None
    """The join that this node stands for."""
    inside: Diagram | None = None
    row: str = ""
    """Nodes of one row are drawn side by side."""


@dataclass(frozen=True, slots=True)
class Flow:
    source: str
    target: str
    name: str = ""
    condition: str = ""
    is_default: bool = False

    @property
    def id(self) -> str:
        return f"{self.source}.{self.target}"


@dataclass(frozen=True, slots=True)
class Diagram:
    """Nodes in the order of the steps. `is_executable`: nothing in it needs more than engines commonly run."""

    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]

    @property
    def is_executable(self) -> bool:
        return not any(node.shape is Shape.COMPLEX for node in self.nodes)


class Form(Enum):
    """How a join is drawn."""

    PARALLEL = "parallel"
    RACE = "race"
    """A subprocess that the consent which settles it brings to its end, with whoever has not decided yet."""
    COMPLEX = "complex"


def draw(item: Item) -> Diagram:
    """The chain of an online item, every department consenting; only acceptance and decision lead to another end.

    A step that joins by condition is passed by where its condition does not hold: who waited for it then waits for what
    it waited for, as in `lay_out`.
    """
    return _Draft(item).diagram()


def outcome_name(step: Step) -> str:
    """The process variable in which an engine finds a step's outcome; keys of questions have no capitals."""
    return f"OUTCOME_{step.key}"


@dataclass
class _Draft:
    item: Item
    nodes: list[Node] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.steps = self.item.steps
        self.offices = {key: Office(step.duty, step.level) for key, step in self.steps.items()}
        self.waits_at = {key: self._gate_of(step) for key, step in self.steps.items()}
        self.waiting: dict[Gate, list[str]] = {}
        for key, gate in self.waits_at.items():
            if gate is not None:
                self.waiting.setdefault(gate, []).append(key)
        self.forms = {gate: self._form(gate) for gate in self.waiting}
        self.names = {gate: str(number) for number, gate in enumerate(self.waiting, start=1)}
        races = [gate for gate, form in self.forms.items() if form is Form.RACE]
        self.race_of = {key: gate for gate in races for key in gate.of}

    def diagram(self) -> Diagram:
        first = next(iter(self.steps))
        targets: dict[str, dict[str, None]] = {"start": {}}
        for key in self.steps:
            gate = self.waits_at[key]
            targets.setdefault("start" if gate is None else self._outlet(gate), {})[self._place(key)] = None
            if key not in self.race_of:
                targets.setdefault(self._exit(key), {})
        for gate in self.waiting:
            if len(gate.of) > 1 and self.forms[gate] is not Form.RACE:
                for key in gate.of:
                    targets[self._exit(key)][self._outlet(gate)] = None
        self._node("start", Shape.START, first, "提交申请")
        drawn: set[Gate] = set()
        for key in self.steps:
            gate = self.waits_at[key]
            if gate is not None and gate not in drawn:
                drawn.add(gate)
                self._join(gate)
            if key not in self.race_of:
                self._step(key)
        owners = {self._exit(key): key for key in self.steps if key not in self.race_of}
        owners |= {self._outlet(gate): keys[0] for gate, keys in self.waiting.items() if len(gate.of) > 1}
        for source, found in targets.items():
            self._lead(source, list(found), owners.get(source, first))
        return Diagram(tuple(self.nodes), tuple(self.flows))

    def _gate_of(self, step: Step) -> Gate | None:
        """One step alone settles every kind of join."""
        of = tuple(dict.fromkeys(step.after))
        return Gate(step.join if len(of) > 1 else Join(), of, heard(self.item, of)) if of else None

    # ── where a step or a join begins and ends ────────────────────────────────────────────────────────────────────

    def _place(self, key: str) -> str:
        gate = self.race_of.get(key)
        return self._entry(key) if gate is None else self._outlet(gate)

    def _entry(self, key: str) -> str:
        return f"ask_{key}" if self.steps[key].joins_if is not None else f"step_{key}"

    def _exit(self, key: str) -> str:
        step = self.steps[key]
        if step.joins_if is not None:
            return f"rejoin_{key}"
        return f"outcome_{key}" if step.kind in CONSENTS else f"step_{key}"

    def _outlet(self, gate: Gate) -> str:
        if len(gate.of) == 1:
            return self._exit(gate.of[0])
        return f"race_{self.names[gate]}" if self.forms[gate] is Form.RACE else f"join_{self.names[gate]}"

    # ── how a join is drawn ───────────────────────────────────────────────────────────────────────────────────────

    def _form(self, gate: Gate) -> Form:
        is_conditional = any(self.steps[key].joins_if is not None for key in gate.of)
        match gate.join.kind:
            case JoinKind.ALL:
                return Form.PARALLEL
            case JoinKind.VETO:
                return Form.COMPLEX if is_conditional else Form.PARALLEL
            case _:
                return Form.RACE if self._is_race(gate) else Form.COMPLEX

    def _is_race(self, gate: Gate) -> bool:
        """Whether the steps begin together, end in this join alone, and can settle it whatever the answers are."""
        members, voters = [self.steps[key] for key in gate.of], [self.steps[key] for key in gate.voters]
        others = {other for other in self.waiting if other != gate and set(other.of) & set(gate.of)}
        return (
            not others
            and len({self.waits_at[key] for key in gate.of}) == 1
            and all(step.kind not in CONSENTS for step in members)
            and (
                (gate.join.kind is JoinKind.ANY and not gate.heard)
                or sum(step.joins_if is None for step in voters) >= needed(gate.join)
            )
            and comb(len(voters), needed(gate.join)) <= MOST_COMBINATIONS
        )

    # ── nodes ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _node(
        self,
        id: str,  # noqa: A002  # what BPMN calls it
        shape: Shape,
        key: str,
        name: str = "",
        *,
        gate: Gate | None = None,
        inside: Diagram | None = None,
        row: str = "",
    ) -> str:
        step = self.steps[key] if id == f"step_{key}" else None
        self.nodes.append(Node(id, shape, self.offices[key], name, step, gate, inside, row or id))
        return id

    def _flow(self, source: str, target: str, name: str = "", condition: str = "", *, default: bool = False) -> None:
        self.flows.append(Flow(source, target, name, condition, default))

    def _lead(self, source: str, targets: list[str], key: str) -> None:
        """From the source to all targets at once, or to the end."""
        condition = self._consent(key) if source == f"outcome_{key}" else ""
        if not targets:
            targets = [self._node(f"end_{key}", Shape.END, key, "办结", row=key)]
        if len(targets) > 1:
            fork = self._node(f"fork_{source}", Shape.PARALLEL, key, row=key)
            for target in targets:
                self._flow(fork, target)
            targets = [fork]
        self._flow(source, targets[0], condition=condition)

    def _consent(self, key: str) -> str:
        step = self.steps[key]
        return f'{outcome_name(step)} == "{CONSENTS[step.kind][0]}"' if step.kind in CONSENTS else ""

    def _step(self, key: str) -> None:
        step = self.steps[key]
        task = self._task(key)
        last = task
        if step.kind in CONSENTS:
            last = self._node(f"outcome_{key}", Shape.EXCLUSIVE, key, row=key)
            stop = self._node(f"stop_{key}", Shape.STOP, key, CONSENTS[step.kind][1])
            self._flow(task, last)
            self._flow(last, stop, default=True)
        if step.joins_if is not None:
            rejoin = self._node(f"rejoin_{key}", Shape.EXCLUSIVE, key, row=key)
            self._flow(last, rejoin, condition=self._consent(key))
            self._flow(f"ask_{key}", rejoin, "不涉及", default=True)

    def _task(self, key: str) -> str:
        """The task, behind the question whether it takes part."""
        step = self.steps[key]
        if step.joins_if is not None:
            ask = self._node(f"ask_{key}", Shape.EXCLUSIVE, key, row=key)
            self._flow(ask, f"step_{key}", "涉及", step.joins_if.source)
        return self._node(f"step_{key}", SHAPES[step.kind], key, step.title.zh, row=key)

    def _join(self, gate: Gate) -> None:
        if len(gate.of) == 1:
            return
        key, id = self.waiting[gate][0], self._outlet(gate)  # noqa: A001  # what BPMN calls it
        match self.forms[gate]:
            case Form.PARALLEL:
                self._node(id, Shape.PARALLEL, key, named(gate), gate=gate, row=key)
            case Form.COMPLEX:
                self._node(id, Shape.COMPLEX, key, named(gate), gate=gate, row=key)
            case Form.RACE:
                self._node(id, Shape.RACE, key, named(gate), gate=gate, inside=self._race(gate), row=key)

    def _race(self, gate: Gate) -> Diagram:
        """Begun together; the first consents that are enough end it. Who is not concerned adds nothing."""
        outer = self.nodes, self.flows
        self.nodes, self.flows = [], []
        number, first = self.names[gate], gate.voters[0]
        start = self._node(f"start_{number}", Shape.START, first)
        fork = self._node(f"fork_{start}", Shape.PARALLEL, first, row=start)
        self._flow(start, fork)
        shares: dict[str, list[str]] = {key: [] for key in gate.of}
        settled = f"settled_{number}"
        enough = list(combinations(gate.voters, needed(gate.join)))
        for index, some in enumerate(enough, start=1):
            for key in some:
                shares[key].append(settled if len(some) == 1 else f"enough_{number}_{index}")
        for key in gate.of:
            self._flow(fork, self._entry(key))
            self._task(key)
            if self.steps[key].joins_if is not None:
                self._flow(f"ask_{key}", self._node(f"absent_{key}", Shape.END, key), "不涉及", default=True)
            self._lead(f"step_{key}", shares[key], key)
        for index, some in enumerate(enough, start=1):
            if len(some) > 1:
                join = self._node(f"enough_{number}_{index}", Shape.PARALLEL, some[0])
                self._flow(join, settled)
        self._node(settled, Shape.EXCLUSIVE, first, row=first)
        self._flow(settled, self._node(f"stop_{number}", Shape.STOP, first, named(gate), row=first))
        inside = Diagram(tuple(self.nodes), tuple(self.flows))
        self.nodes, self.flows = outer
        return inside


def named(gate: Gate) -> str:
    """What the join waits for, in a few words."""
    match gate.join.kind:
        case JoinKind.ALL:
            return "全部办结"
        case JoinKind.ANY:
            return "任一同意"
        case JoinKind.N_OF_M:
            return f"{len(gate.voters)} 个中 {needed(gate.join)} 个同意"
        case JoinKind.VETO:
            return "全部办结，可否决"


def offices(nodes: Iterable[Node]) -> list[Office]:
    """Every office that acts, in the order of its first node."""
    return list(dict.fromkeys(node.office for node in nodes))
