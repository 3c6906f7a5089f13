"""What may be promised with these answers, and which steps then rest on the promise (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from services.answers import Answers, relevant
from services.item import OPINIONS, CommitmentTerms, Item, Limit, Notice, StepKind

WHOLE = ""
"""The key of a promise for the whole item."""


@dataclass(frozen=True, slots=True)
class Offer:
    """`key` is the step of a joint case, WHOLE for an item of one department; `steps` are decided on the promise."""

    key: str
    terms: CommitmentTerms
    notice: Notice
    steps: tuple[str, ...]


def offers(item: Item, answers: Answers) -> tuple[Offer, ...]:
    """In the order of the steps. What is excluded or whose condition does not hold is not offered.

    A promise for the whole item stands for what its own department examines: others that it asks are asked as usual.
    """
    counted = relevant(item, answers)
    joined = {key: step for key, step in item.steps.items() if step.joins_if is None or step.joins_if.holds(counted)}
    whole = item.commitment_terms
    if whole is not None:
        kinds = OPINIONS | ({StepKind.ACCEPTANCE, StepKind.DECISION} if whole.is_same_day else set())
        own = tuple(key for key, step in joined.items() if step.kind in kinds and step.duty == item.department)
        found = [_offer(WHOLE, whole, own, counted)]
    else:
        found = [_offer(key, step.commitment_terms, (key,), counted) for key, step in joined.items()]
    return tuple(each for each in found if each is not None)


def _offer(key: str, terms: CommitmentTerms | None, steps: tuple[str, ...], answers: Answers) -> Offer | None:
    if terms is None or terms.excluded is not None or terms.notice is None or not steps:
        return None
    if terms.allowed_if is not None and not terms.allowed_if.holds(answers):
        return None
    return Offer(key, terms, terms.notice, steps)


def promised_steps(item: Item, answers: Answers, signed: Set[str]) -> Mapping[str, str]:
    """Step → key of the promise it rests on, of those signed and still offered."""
    if not signed:
        return {}
    return {step: each.key for each in offers(item, answers) if each.key in signed for step in each.steps}


def deferred(item: Item, answers: Answers, signed: Set[str]) -> Mapping[str, Limit]:
    """The materials that may follow, with the limit of each."""
    if not signed:
        return {}
    return {
        each.material: each.limit
        for offer in offers(item, answers)
        if offer.key in signed
        for each in offer.terms.deferred
    }
