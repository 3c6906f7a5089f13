"""From rows to values: the item an application holds on to, its plan, its facts and where it stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from approvals.chain.checklist import points
from approvals.chain.plan import Plan, lay_out
from approvals.chain.position import Facts, Position, locate
from approvals.clock.moment import Moment, local_date
from approvals.records.application import Application
from approvals.records.catalogue import ItemRevision
from approvals.records.pause import PauseRecord
from approvals.records.step import StepRecord
from approvals.vocabulary import StepStatus
from services.answers import Value, load
from services.item import Item, Point, StepKind
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


def suspension_of(application: Application) -> PauseRecord | None:
    """The suspension that stands now."""
    return next((pause for pause in application.pauses if pause.is_suspension and pause.ended_at is None), None)


def day_of_judging(application: Application, at: Moment) -> date:
    """The day that `today` means to its rules: `at` while it is a draft, then the day it was sent for the first time,
    so that no answer becomes wrong because the review takes its time.
    """
    return local_date(application.submitted_at) if application.submitted_at else at.today


def lead_of(application: Application) -> StepRecord:
    """The step whose department answers for the application as a whole: the one that decides."""
    steps = item_of(application).steps
    deciding = (step for step in application.steps if steps[step.key].kind is StepKind.DECISION)
    return next(deciding, application.steps[0])


_plans: dict[tuple[str, frozenset[str]], Plan] = {}
"""Plans by revision and steps taking part; there are few of them, and hashing an item would cost more than they do."""


def plan_of(application: Application) -> Plan:
    present = frozenset(step.key for step in application.steps if step.left_at is None)
    key = (application.revision.sha256, present)
    if key not in _plans:
        _plans[key] = lay_out(item_of(application), present)
    return _plans[key]


def facts_of(application: Application) -> Facts:
    """The append-only facts: decisions of the current rounds, unanswered corrections, running special procedures.

    Of a step that fell away nothing counts.
    """
    present = [step for step in application.steps if step.left_at is None]
    keys = {step.id: step.key for step in present}
    asked = (keys.get(each.step_id) for each in application.corrections if each.answered_at is None)
    stopped = (keys.get(pause.step_id or 0) for pause in application.pauses if pause.ended_at is None)
    return Facts(
        outcomes={step.key: taken.outcome for step in present if (taken := step.decision)},
        returned=frozenset(key for key in asked if key),
        paused=frozenset(key for key in stopped if key),
        is_withdrawn=application.withdrawn_at is not None,
        is_terminated=application.terminated_at is not None,
        is_suspended=suspension_of(application) is not None,
    )


def position_of(application: Application) -> Position:
    """Of every step, those that fell away too."""
    position = locate(plan_of(application), facts_of(application))
    left = {step.key: StepStatus.LEFT for step in application.steps if step.left_at is not None}
    return replace(position, steps={**position.steps, **left}) if left else position


def points_of(step: StepRecord) -> tuple[Point, ...]:
    """The points of its checklist that the answers as last sent call for."""
    item = item_of(step.application)
    return points(item, step.key, sent_answers(step.application)) if item.steps[step.key].checklist else ()


def sent_answers(application: Application) -> dict[str, Value]:
    """The answers as last sent."""
    return load(item_of(application), application.submissions[-1].answers)
