"""From rows to values: the item an application holds on to, its plan, its facts and where it stands."""

from __future__ import annotations

from approvals.chain.plan import Plan, lay_out
from approvals.chain.position import Facts, Position, locate
from approvals.records.application import Application
from approvals.records.catalogue import ItemRevision
from services.answers import Value, load
from services.item import Item
from services.revision import from_revision

_items: dict[str, Item] = {}
"""Parsed revisions by hash; a revision never changes, so neither does its entry."""


def item_of(application: Application) -> Item:
    """The item as it was published when the application was started."""
    return item_in(application.revision)


def item_in(revision: ItemRevision) -> Item:
    """The item that a revision holds; its content is read once a process."""
    if revision.sha256 not in _items:
        _items[revision.sha256] = from_revision(revision.content)
    return _items[revision.sha256]


_plans: dict[tuple[str, frozenset[str]], Plan] = {}
"""Plans by revision and steps taking part; there are few of them, and hashing an item would cost more than they do."""


def plan_of(application: Application) -> Plan:
    present = frozenset(step.key for step in application.steps)
    key = (application.revision.sha256, present)
    if key not in _plans:
        _plans[key] = lay_out(item_of(application), present)
    return _plans[key]


def facts_of(application: Application) -> Facts:
    """The append-only facts: decisions of the current rounds, unanswered corrections, running special procedures."""
    keys = {step.id: step.key for step in application.steps}
    return Facts(
        outcomes={step.key: step.decision.outcome for step in application.steps if step.decision},
        returned=frozenset(keys[asked.step_id] for asked in application.corrections if asked.answered_at is None),
        paused=frozenset(keys[pause.step_id] for pause in application.pauses if pause.step_id and not pause.ended_at),
        is_withdrawn=application.withdrawn_at is not None,
    )


def position_of(application: Application) -> Position:
    return locate(plan_of(application), facts_of(application))


def sent_answers(application: Application) -> dict[str, Value]:
    """The answers as last sent."""
    return load(item_of(application), application.submissions[-1].answers)
