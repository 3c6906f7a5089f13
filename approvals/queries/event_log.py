"""The trail as an event log: what really happened to each application, without any person in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from approvals.events import Event
from approvals.queries.standing import items_by_revision
from approvals.records.application import Application
from approvals.records.commitment import Commitment
from approvals.records.dates import morning
from approvals.records.event import EventRecord
from approvals.records.step import StepRecord
from approvals.vocabulary import ApplicationStatus
from services.item import Item

Ts = TypeVarTuple("Ts")

CHUNK = 500
"""Applications read at a time: a log of any length takes the same memory."""
UNTOLD = frozenset({Event.ATTEMPT_REFUSED, Event.OPENED})
"""Nothing happened to the application."""


@dataclass(frozen=True, slots=True)
class Part:
    """One step of a case."""

    key: str
    title: str
    department: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One event. `part` is None for what concerns the application as a whole."""

    sequence: int
    kind: Event
    at: datetime
    role: str
    part: Part | None
    outcome: str
    round: int | None
    reason: str
    """The word for why a clock stopped or a step fell away; never what somebody wrote."""


@dataclass(frozen=True, slots=True)
class LoggedCase:
    number: str
    item: str
    item_name: str
    region: str
    status: ApplicationStatus
    is_on_promise: bool
    parts: tuple[Part, ...]
    happenings: tuple[Happening, ...]


def event_log(
    session: Session, *, item: str = "", since: date | None = None, until: date | None = None
) -> Iterator[LoggedCase]:
    """Applications in the order of their making, of those sent in from `since` through `until`; five queries for each
    chunk.
    """
    wanted: list[ColumnElement[bool]] = [Application.number.is_not(None)]
    if item:
        wanted.append(Application.item_code == item)
    if since is not None:
        wanted.append(Application.submitted_at >= morning(since))
    if until is not None:
        wanted.append(Application.submitted_at < morning(until + timedelta(days=1)))
    last = 0
    while rows := session.execute(
        select(*COLUMNS).where(Application.id > last, *wanted).order_by(Application.id).limit(CHUNK)
    ).all():
        yield from _cases(session, rows)
        last = rows[-1].id


COLUMNS = (
    Application.id,
    Application.number,
    Application.item_code,
    Application.region,
    Application.status,
    Application.revision_id,
)


def _cases(session: Session, rows: Any) -> Iterator[LoggedCase]:
    ids = [row.id for row in rows]
    items = items_by_revision(session, (row.revision_id for row in rows))
    steps = _grouped(
        session,
        select(StepRecord.application_id, StepRecord.key, StepRecord.department_code)
        .where(StepRecord.application_id.in_(ids))
        .order_by(StepRecord.application_id, StepRecord.position),
    )
    events = _grouped(
        session,
        select(
            EventRecord.application_id,
            EventRecord.sequence,
            EventRecord.kind,
            EventRecord.at,
            EventRecord.by_role,
            EventRecord.data,
        )
        .where(EventRecord.application_id.in_(ids), EventRecord.kind.not_in(UNTOLD))
        .order_by(EventRecord.application_id, EventRecord.sequence),
    )
    promised = set(session.scalars(select(Commitment.application_id).where(Commitment.application_id.in_(ids))))
    for row in rows:
        item = items[row.revision_id]
        parts = {each.key: _part(item, each) for each in steps.get(row.id, ())}
        yield LoggedCase(
            row.number,
            row.item_code,
            item.name.zh,
            row.region or "",
            row.status,
            row.id in promised,
            tuple(parts.values()),
            tuple(_happening(each, parts) for each in events.get(row.id, ())),
        )


def _grouped(session: Session, query: Select[*Ts]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in session.execute(query):
        found.setdefault(row.application_id, []).append(row)
    return found


def _part(item: Item, row: Any) -> Part:
    step = item.steps.get(row.key)
    return Part(row.key, step.title.zh if step else row.key, row.department_code)


def _happening(row: Any, parts: Mapping[str, Part]) -> Happening:
    data = row.data
    round_ = data.get("round")
    return Happening(
        row.sequence,
        Event(row.kind),
        row.at,
        row.by_role,
        parts.get(data.get("step") or ""),
        _word(data.get("outcome")),
        round_ if isinstance(round_, int) else None,
        _word(data.get("reason")) if row.kind == Event.CLOCK_PAUSED else _word(data.get("why")),
    )


def _word(value: object) -> str:
    """A code of the vocabulary; salted digests, lists and numbers are none."""
    return value if isinstance(value, str) and value.replace("_", "").isalpha() and value.isascii() else ""
