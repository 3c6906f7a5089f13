"""Which applications a project makes: one for each item, or one joint case for each of the four stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from approvals.chain.plan import Plan, joining, lay_out
from approvals.commitments.offers import offers, promised_steps
from services.catalogue import Catalogue
from services.item import Handling, Item, Limit, Stage, Step, StepKind, Text
from services.project import Assumptions, Part, Scheme, Traits

ACCEPTANCE: Final = Limit(Decimal(5))
"""Licensing Law art. 32: what is missing is said within five days."""
DELIVERY: Final = Limit(Decimal(10))
"""Licensing Law art. 44: the certificate is delivered within ten days of the decision."""
ONE_DAY: Final = Limit(Decimal(1))
"""What the construction permit of the catalogue promises for acceptance and for issue."""


@dataclass(frozen=True, slots=True)
class Work:
    """One step: what is examined in it, by whom, and within what."""

    key: str
    kind: StepKind
    code: str
    """The item; empty for acceptance and issue, which serve all items of the application."""
    department: str
    promised: Limit
    statutory: Limit
    is_on_promise: bool = False
    """The applicant promised, and the portal decides when the step opens."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One application of a project: its plan in the chain, its steps and the items it covers."""

    name: str
    stage: int
    plan: Plan
    works: Mapping[str, Work]
    codes: tuple[str, ...]


class Construction:
    """The catalogue's construction items and the scheme by which projects need them."""

    def __init__(self, catalogue: Catalogue, scheme: Scheme, assumptions: Assumptions) -> None:
        self.catalogue, self.scheme = catalogue, scheme
        self._changed = assumptions.limits
        self._stages = {number: self._joint(number) for number in scheme.stages}
        self._singles: dict[str, Planned] = {}
        self._plans: dict[tuple[str, frozenset[str]], Plan] = {}
        self._parts = {part.code: part for stage in scheme.stages.values() for part in stage.parts}

    def in_stages(self, traits: Traits, *, promises: bool) -> list[Planned]:
        """Four joint cases, one after another."""
        return [self._stage(number, traits, promises=promises) for number in sorted(self.scheme.stages)]

    def one_by_one(self, traits: Traits) -> list[Planned]:
        """An application for each item, in the order of the stages and of what each needs from another."""
        stages = self.in_stages(traits, promises=False)
        return [self._single(code, stage.stage) for stage in stages for code in stage.codes]

    def _stage(self, number: int, traits: Traits, *, promises: bool) -> Planned:
        item = self._stages[number]
        present = joining(item, traits)
        promised = self._promised(item, traits) if promises else frozenset()
        plan = self._plan(item, present)
        works = {step.key: self._work(item.steps[step.key], promised) for step in plan.steps}
        codes = tuple(work.code for work in works.values() if work.code)
        return Planned(f"stage {number}", number, plan, works, codes)

    def _single(self, code: str, stage: int) -> Planned:
        if code not in self._singles:
            item = self._alone(code)
            plan = self._plan(item, frozenset(item.steps))
            works = {step.key: self._work(item.steps[step.key], frozenset()) for step in plan.steps}
            self._singles[code] = Planned(code, stage, plan, works, (code,))
        return self._singles[code]

    def _plan(self, item: Item, present: frozenset[str]) -> Plan:
        if (item.code, present) not in self._plans:
            self._plans[item.code, present] = lay_out(item, present)
        return self._plans[item.code, present]

    def _work(self, step: Step, promised: frozenset[str]) -> Work:
        limit = self._changed.get(step.item_code or "")
        return Work(
            step.key,
            step.kind,
            step.item_code or "",
            step.duty,
            Limit(limit) if limit is not None else step.promised,
            step.statutory,
            step.key in promised,
        )

    def _promised(self, item: Item, traits: Traits) -> frozenset[str]:
        """The steps that are decided on a promise when the applicant promises whatever is offered."""
        if item.handling is Handling.JOINT and item.questions:  # a joint case that is online says it itself
            signed = {offer.key for offer in offers(item, traits)}
            return frozenset(promised_steps(item, traits, signed))
        return frozenset(
            key for key, step in item.steps.items() if step.item_code and self._may_promise(step.item_code, traits)
        )

    def _may_promise(self, code: str, traits: Traits) -> bool:
        """What the catalogue says in a letter: Y always, N never, Y(…) where the scheme says that this holds."""
        item = self.catalogue.items[code]
        if item.commitment_terms is not None and item.commitment_terms.excluded is not None:
            return False
        condition = self._parts[code].promise_if if code in self._parts else None
        letter = (item.commitment or "N")[0]
        return letter == "Y" and (item.commitment == "Y" or (condition is not None and condition.holds(traits)))

    def _joint(self, number: int) -> Item:
        """The joint case of a stage: the catalogue's own where it is online, else made in its likeness."""
        parts = self.scheme.stages[number]
        closing = self.catalogue.items[parts.closes]
        if closing.handling is Handling.JOINT and closing.is_online:
            return closing
        reviews = tuple(self._review(part) for part in parts.parts if part.code != parts.closes)
        decide = self._step("decide", StepKind.DECISION, closing)
        return replace(
            closing,
            code=f"stage-{number}",
            handling=Handling.JOINT,
            sections=(),
            stages=_around(closing, Stage("review", Text(""), reviews), Stage("decision", Text(""), (decide,))),
        )

    def _alone(self, code: str) -> Item:
        item = self.catalogue.items[code]
        decide = self._step("decide", StepKind.DECISION, item)
        return replace(item, sections=(), stages=_around(item, Stage("decision", Text(""), (decide,))))

    def _review(self, part: Part) -> Step:
        kind = StepKind.TECHNICAL_REVIEW if self.catalogue.items[part.code].role == "lead" else StepKind.REVIEW
        step = self._step(part.code.lower(), kind, self.catalogue.items[part.code])
        # An item that waits for none of its stage waits for acceptance, like every step without `after`.
        return replace(step, joins_if=part.joins_if, after=tuple(code.lower() for code in part.after))

    def _step(self, key: str, kind: StepKind, item: Item) -> Step:
        """With the limits of the item; those of an item that is a joint case stand on the step that handles it."""
        handling = item.steps.values() if item.handling is Handling.JOINT else ()
        own = next((step for step in handling if step.item_code == item.code), None)
        return Step(
            key,
            kind,
            item.name,
            item.department,
            item_code=item.code,
            statutory=own.statutory if own else item.statutory,
            promised=own.promised if own else item.promised,
        )


def _around(item: Item, *inner: Stage) -> tuple[Stage, ...]:
    """Acceptance before and issue after, as in the construction permit of the catalogue."""
    accept = Step("accept", StepKind.ACCEPTANCE, Text(""), item.department, statutory=ACCEPTANCE, promised=ONE_DAY)
    issue = Step("issue", StepKind.ISSUE, Text(""), item.department, statutory=DELIVERY, promised=ONE_DAY)
    return Stage("acceptance", Text(""), (accept,)), *inner, Stage("issue", Text(""), (issue,))
