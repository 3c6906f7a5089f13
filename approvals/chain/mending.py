"""What a correction changes in the chain: which steps join, which fall away, which are asked again, and why."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from approvals.chain.plan import joining
from services.answers import Answers
from services.item import OPINIONS, Item, Step


@dataclass(frozen=True, slots=True)
class Sending:
    """What was sent at one time: the answers that count, and the digests of the files by material."""

    answers: Answers
    files: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """Keys of the questions and of the materials that say something else than before, in the order of the item."""

    questions: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.questions or self.materials)


@dataclass(frozen=True, slots=True)
class Mending:
    """By step, in the order of the item: who `joins` or `leaves` and which changed questions say so; whose opinion is
    `reopened` and which changes took its ground away.
    """

    joins: Mapping[str, tuple[str, ...]]
    leaves: Mapping[str, tuple[str, ...]]
    reopened: Mapping[str, Changes]


def changes(item: Item, before: Sending, now: Sending) -> Changes:
    """An answer that is no longer asked for has changed, as has one that is new; a file replaced by itself has not."""
    nothing: frozenset[str] = frozenset()
    return Changes(
        tuple(key for key in item.questions if before.answers.get(key) != now.answers.get(key)),
        tuple(
            each.key
            for each in item.materials
            if before.files.get(each.key, nothing) != now.files.get(each.key, nothing)
        ),
    )


def relied_on(item: Item, step: Step, changed: Changes) -> Changes:
    """Those of the changes on which the step's opinion rests; a material without `steps` is everybody's."""
    materials = {each.key for each in item.materials if not each.steps or step.key in each.steps}
    return Changes(
        tuple(key for key in changed.questions if key in step.relies_on),
        tuple(key for key in changed.materials if key in materials),
    )


def mending(
    item: Item, changed: Changes, answers: Answers, *, present: Set[str], decided: Set[str], asked: Set[str]
) -> Mending:
    """`present` steps take part so far, `decided` have an opinion in their current round, `asked` wait for this answer
    and go on anyway. Acceptance and decision are never asked again: the one is given once, the other ends it all.
    """
    called = joining(item, answers)
    joins: dict[str, tuple[str, ...]] = {}
    leaves: dict[str, tuple[str, ...]] = {}
    reopened: dict[str, Changes] = {}
    for key, step in item.steps.items():
        names = step.joins_if.names if step.joins_if else frozenset()
        why = tuple(each for each in changed.questions if each in names)
        if key in called and key not in present:
            joins[key] = why
        elif key in present and key not in called:
            leaves[key] = why
        elif key in decided and key not in asked and step.kind in OPINIONS:
            ground = relied_on(item, step, changed)
            if ground:
                reopened[key] = ground
    return Mending(joins, leaves, reopened)
