"""The plan of one application: which steps take part and what each waits for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from approvals.chain.joins import Gate
from services.answers import Value
from services.item import Item, JoinKind, Step, StepKind


@dataclass(frozen=True, slots=True)
class PlannedStep:
    key: str
    kind: StepKind
    gates: tuple[Gate, ...]


@dataclass(frozen=True)
class Plan:
    """Steps in an order in which every step stands after those it waits for."""

    steps: tuple[PlannedStep, ...]

    @cached_property
    def waiting_for(self) -> dict[str, tuple[tuple[str, int], ...]]:
        """Who waits for each step, and by which of its gates."""
        found: dict[str, list[tuple[str, int]]] = {step.key: [] for step in self.steps}
        for step in self.steps:
            for number, gate in enumerate(step.gates):
                for key in gate.of:
                    found[key].append((step.key, number))
        return {key: tuple(waiting) for key, waiting in found.items()}


def joining(item: Item, answers: Mapping[str, Value]) -> frozenset[str]:
    """Keys of the steps that these answers call in."""
    return frozenset(key for key, step in item.steps.items() if step.joins_if is None or step.joins_if.holds(answers))


def lay_out(item: Item, present: frozenset[str]) -> Plan:
    """Order the steps that take part. A step that does not is transparent: who waited for it waits for what it waited
    for.
    """
    gates: dict[str, tuple[Gate, ...]] = {}
    planned: list[PlannedStep] = []
    for step in _ordered(item.steps):
        gates[step.key] = _gates(item, step, present, gates)
        if step.key in present:
            planned.append(PlannedStep(step.key, step.kind, gates[step.key]))
    return Plan(tuple(planned))


def _gates(item: Item, step: Step, present: frozenset[str], known: Mapping[str, tuple[Gate, ...]]) -> tuple[Gate, ...]:
    here = tuple(key for key in step.after if key in present)
    join = step.join
    if join.kind is JoinKind.VETO:
        join = replace(join, veto=join.veto & present)
    own = (Gate(join, here, heard(item, here)),) if here else ()
    inherited = (gate for key in step.after if key not in present for gate in known[key])
    return tuple(dict.fromkeys((*own, *inherited)))


def heard(item: Item, keys: Iterable[str]) -> frozenset[str]:
    """Those of the steps that have no vote."""
    return frozenset(key for key in keys if not item.steps[key].kind.has_vote)


def _ordered(steps: Mapping[str, Step]) -> list[Step]:
    """Depth first after predecessors; the catalogue has refused cycles already."""
    ordered: dict[str, Step] = {}

    def place(key: str) -> None:
        if key not in ordered:
            for earlier in steps[key].after:
                place(earlier)
            ordered[key] = steps[key]

    for key in steps:
        place(key)
    return list(ordered.values())
