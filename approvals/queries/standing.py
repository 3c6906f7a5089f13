"""How a step or an application stands against its limits today, for one of them and for a whole list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from approvals.clock.calendar import ONE_DAY
from approvals.clock.deadline import remaining
from approvals.clock.lights import LEAST_WARNING, WARNING_SHARE, light
from approvals.clock.moment import Moment
from approvals.records.catalogue import ItemRevision
from approvals.records.fold import item_in
from approvals.vocabulary import Light
from services.item import Item, Limit

Column: TypeAlias = ColumnElement[Any] | InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """`remaining` counts the working days after today up to and including the next due date; negative: days past it.

    While the clock is stopped, `stopped_days` says how many days of work it has stood still, and nothing remains.
    """

    light: Light
    remaining: int | None
    stopped_days: int = 0


def standing(
    promised: Limit,
    promised_due: date | None,
    statutory_due: date | None,
    *,
    stopped_since: date | None = None,
    at: Moment,
) -> Standing:
    """The light of one running clock and the number that stands beside it."""
    shown = light(
        at.today,
        promised=promised,
        promised_due=promised_due,
        statutory_due=statutory_due,
        is_stopped=stopped_since is not None,
        calendar=at.calendar,
    )
    if stopped_since is not None:
        return Standing(shown, None, at.calendar.working_days(stopped_since, at.today))
    next_due = promised_due or statutory_due
    return Standing(shown, None if next_due is None else remaining(at.today, next_due, at.calendar))


def yellow_until(promised: Limit, at: Moment) -> date:
    """The last due date whose light is yellow today: the rule of clock.lights turned around, so that SQL can ask it."""
    warning = max(LEAST_WARNING, (promised.days or LEAST_WARNING) * WARNING_SHARE)
    return at.calendar.add_working_days(at.today, int(warning) + 1) - ONE_DAY


def light_column(
    *,
    is_stopped: Column,
    promised_due: Column,
    statutory_due: Column,
    warnings: Mapping[date, ColumnElement[bool]],
    at: Moment,
) -> ColumnElement[str]:
    """The light as a column. `warnings` says for each last yellow date which rows it belongs to."""
    next_due = func.coalesce(promised_due, statutory_due)
    is_yellow = or_(*(and_(next_due <= until, whose) for until, whose in warnings.items())) if warnings else None
    branches = [
        (is_stopped, Light.PAUSED.value),
        (statutory_due < at.today, Light.DEEP_RED.value),
        (promised_due < at.today, Light.RED.value),
    ]
    if is_yellow is not None:
        branches.append((is_yellow, Light.YELLOW.value))
    return case(*branches, else_=Light.GREEN.value)


def warnings_of(
    limits: Mapping[tuple[int, Any], Limit], *columns: Column, at: Moment
) -> dict[date, ColumnElement[bool]]:
    """Gather promised limits by the last date that is yellow under them; `columns` hold what the pairs hold."""
    by_date: dict[date, list[tuple[int, Any]]] = {}
    for pair, promised in limits.items():
        by_date.setdefault(yellow_until(promised, at), []).append(pair)
    return {until: tuple_(*columns).in_(pairs) for until, pairs in by_date.items()}


def items_by_revision(session: Session, revisions: Iterable[int]) -> dict[int, Item]:
    """The items that running applications hold on to, in one query."""
    found = session.scalars(select(ItemRevision).where(ItemRevision.id.in_(set(revisions))))
    return {revision.id: item_in(revision) for revision in found}
