"""What every measure should be, walked day by day from the trail alone: slow, and by other code than what is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from approvals.clock.calendar import Calendar
from approvals.clock.deadline import due, extended
from approvals.clock.moment import Moment, local_date
from approvals.clock.pauses import Pause
from approvals.events import Event
from approvals.queries.standing import items_by_revision
from approvals.queries.times import counted
from approvals.records.application import Application, Submission
from approvals.records.event import EventRecord
from approvals.records.measure import CELL, Figure, Measured, MeasureRecord, Took
from approvals.vocabulary import Channel
from services.answers import Address, load
from services.item import Handling, Item, Limit, StepKind

CHUNK = 200
CITY_REGION = "510100"
ENDING = frozenset({"grant", "refuse", "not_needed", "not_accepted"})

Span = tuple[datetime, datetime | None]


@dataclass
class _Spans:
    """Times that begin and end; of two that are open at once both end together."""

    found: list[Span] = field(default_factory=list)

    def begin(self, at: datetime) -> None:
        self.found.append((at, None))

    def end(self, at: datetime) -> None:
        self.found = [(began, ended or at) for began, ended in self.found]

    @property
    def is_open(self) -> bool:
        return any(ended is None for _began, ended in self.found)


@dataclass
class _Step:
    department: str = ""
    opened: datetime | None = None
    """For the first time."""
    started: datetime | None = None
    """Of what will be decided next."""
    round: int = 1
    began: datetime | None = None
    decided: set[int] = field(default_factory=set)
    asked: int = 0
    stopped: _Spans = field(default_factory=_Spans)
    idle: _Spans = field(default_factory=_Spans)
    held: _Spans = field(default_factory=_Spans)


class _Walk:
    """The life of one application, event by event."""

    def __init__(self, application: int, code: str, item: Item, calendar: Calendar, places: Sequence[Any]) -> None:
        self.application, self.code, self.item, self.calendar = application, code, item, calendar
        self.places = places
        self.steps: dict[str, _Step] = {}
        self.own, self.suspended = _Spans(), _Spans()
        self.submitted: datetime | None = None
        self.accepted: datetime | None = None
        self.first_accepted: datetime | None = None
        self.ended: datetime | None = None
        self.extra = self.asked = 0
        self.is_promised = False
        self.channel = Channel.ONLINE
        self.of_steps: list[Took] = []
        self.whole: Took | None = None

    def take(self, kind: Event, at: datetime, data: dict[str, Any]) -> None:
        key = data.get("step")
        step = self.steps.setdefault(key, _Step()) if isinstance(key, str) and key in self.item.steps else None
        if step is not None:
            self._step(step, str(key), kind, at, data)
        elif kind is Event.SUBMITTED:
            self.submitted, self.channel = at, Channel(data.get("channel", Channel.ONLINE))
        elif kind in (Event.CORRECTION_ANSWERED, Event.AMENDED):
            for each in (self.steps[name] for name in data["steps"]):
                each.stopped.end(at)
                each.idle.end(at)
                each.round, each.began = each.round + 1, at
        elif kind is Event.CLOCK_PAUSED:
            self.own.begin(at)
        elif kind is Event.CLOCK_RESUMED:
            self.own.end(at)
        elif kind is Event.SUSPENDED:
            self.suspended.begin(at)
        elif kind is Event.RESUMED:
            self.suspended.end(at)
        elif kind is Event.EXTENDED:
            self.extra = data["days"]

    def _step(self, step: _Step, key: str, kind: Event, at: datetime, data: dict[str, Any]) -> None:
        if kind in (Event.STEP_JOINED, Event.STEP_MOVED, Event.STEP_OPENED):
            step.department = data["department"]
        if kind in (Event.STEP_JOINED, Event.STEP_REOPENED, Event.REOPENED) and data.get("round", 1) > step.round:
            step.round, step.began = data["round"], at
        if kind is Event.REOPENED:
            self.suspended.found.append((self.ended or at, at))
            self.whole = None
        elif kind is Event.STEP_OPENED:
            step.opened, step.started = step.opened or at, step.started or at
            step.idle.end(at)
        elif kind in (Event.STEP_DROPPED, Event.STEP_LEFT, Event.STEP_HELD):
            self._close(step, at)
            if kind is Event.STEP_LEFT:
                step.stopped.end(at)
        elif kind is Event.STEP_DECIDED:
            self._decided(step, key, at, data)
        else:
            self._handled(step, kind, at, data)

    def _handled(self, step: _Step, kind: Event, at: datetime, data: dict[str, Any]) -> None:
        if kind is Event.STEP_ASSIGNED and data["to"] is None:
            step.held.end(at)
        elif kind is Event.STEP_ASSIGNED and not step.held.is_open:
            step.held.begin(at)
        elif kind in (Event.CORRECTION_ASKED, Event.CLOCK_PAUSED):
            step.stopped.begin(at)
            asked = kind is Event.CORRECTION_ASKED
            step.asked, self.asked = step.asked + asked, self.asked + asked
        elif kind is Event.CLOCK_RESUMED:
            step.stopped.end(at)
            step.idle.end(at)

    @staticmethod
    def _close(step: _Step, at: datetime) -> None:
        if step.opened is not None and not step.idle.is_open:
            step.idle.begin(at)

    def _decided(self, step: _Step, key: str, at: datetime, data: dict[str, Any]) -> None:
        outcome, promised = data["outcome"], "promised" in data
        self.is_promised = self.is_promised or promised
        if self.item.steps[key].kind is not StepKind.ISSUE:
            self.of_steps.append(self._took_step(step, key, at, is_promised=promised))
        step.decided.add(step.round)
        step.started, step.asked = None, 0
        self._close(step, at)
        if outcome == "accept":
            self.accepted = datetime.fromisoformat(data["deemed_from"]) if "deemed_from" in data else at
            self.first_accepted = self.first_accepted or at
        if outcome in ENDING:
            self.ended = at
            self.whole = self._took_whole(at)

    def _took_step(self, step: _Step, key: str, at: datetime, *, is_promised: bool) -> Took:
        stopped = [*step.stopped.found, *step.idle.found, *self.suspended.found]
        gross, net = self._count(step.started or at, at, stopped)
        waiting = self._count(step.started or at, at, [*stopped, *step.held.found])[1]
        promised, statutory = self._limits(step, key, stopped, at)
        return Took(
            **self._under(at),
            subject=Measured.STEP,
            step_key=key,
            round=step.round,
            department_code=step.department,
            is_promised=is_promised,
            gross=gross,
            net=net,
            waiting=waiting,
            working=net - waiting,
            promised=_kept(promised, at),
            statutory=_kept(statutory, at),
            corrections=step.asked,
        )

    def _took_whole(self, at: datetime) -> Took:
        steps = self.item.steps
        accepting = [step for key, step in self.steps.items() if steps[key].kind is StepKind.ACCEPTANCE]
        until = self.first_accepted or at
        before = [span for step in accepting for span in step.stopped.found if span[0] < until]
        own = [*self.own.found, *self.suspended.found]
        gross, net = self._count(self.submitted or at, at, [*own, *before])
        lead = next((key for key in steps if key in self.steps and steps[key].kind is StepKind.DECISION), "")
        first = self.steps[lead] if lead else next(self.steps[key] for key in steps if key in self.steps)
        return Took(
            **self._under(at),
            subject=Measured.APPLICATION,
            step_key="",
            round=0,
            department_code=first.department,
            is_promised=self.is_promised,
            gross=gross,
            net=net,
            waiting=None,
            working=None,
            promised=_kept(self._whole_due(self.item.promised, at), at),
            statutory=_kept(self._whole_due(self.item.statutory, at), at),
            corrections=self.asked,
        )

    def _under(self, at: datetime) -> dict[str, Any]:
        sent = [answers for sent_at, answers in self.places if sent_at <= at]
        place = load(self.item, sent[-1]).get(self.item.district_from or "") if sent else None
        return {
            "application_id": self.application,
            "item_code": self.code,
            "stage": str(self.item.construction_stage or ""),
            "region": place.region if isinstance(place, Address) else CITY_REGION,
            "channel": self.channel,
            "ended_on": local_date(at),
        }

    def _count(self, started: datetime, ended: datetime, stopped: Iterable[Span]) -> tuple[int, int]:
        """Day by day: the day it starts is not counted, nor is any after the day a pause began through its last."""
        first, last = local_date(started), local_date(ended)
        spans = [(local_date(began), local_date(end or ended)) for began, end in stopped]
        gross = net = 0
        day = first + timedelta(days=1)
        while day <= last:
            if self.calendar.is_working_day(day):
                gross += 1
                net += not any(began < day <= end for began, end in spans)
            day += timedelta(days=1)
        return gross, net

    def _limits(self, step: _Step, key: str, stopped: Sequence[Span], at: datetime) -> tuple[date | None, date | None]:
        """Until when it was promised and had to be decided by law."""
        limits = self.item.steps[key]
        is_joint, is_decision = self.item.handling is Handling.JOINT, limits.kind is StepKind.DECISION
        extra = 0 if is_joint and not is_decision else self.extra
        is_accepting, first = limits.kind is StepKind.ACCEPTANCE, step.opened or at
        was_decided = step.round - 1 in step.decided
        since, promise = first, limits.promised
        if step.began is not None:
            if limits.round_limit is not None or is_accepting:
                since, promise = step.began, limits.round_limit or limits.promised
            elif was_decided:
                since = step.began
        law = self._due(limits.statutory, step.began or first if is_accepting else first, stopped, extra, at)
        if law is not None and step.began is not None and not was_decided:
            law = max(law, self.calendar.on_or_after(local_date(step.began)))
        if law is not None and not is_accepting and (is_decision or not is_joint):
            whole = self._whole_due(self.item.statutory, at)
            law = law if whole is None else min(law, whole)
        promised = self._due(promise, since, stopped, extra, at)
        if promised is not None and law is not None and since != first:
            promised = min(promised, law)
        return promised, law

    def _whole_due(self, limit: Limit, at: datetime) -> date | None:
        if self.accepted is None:
            return None
        return self._due(limit, self.accepted, [*self.own.found, *self.suspended.found], self.extra, at)

    def _due(self, limit: Limit, since: datetime, stopped: Iterable[Span], extra: int, at: datetime) -> date | None:
        pauses = [Pause(local_date(began), local_date(end) if end else None) for began, end in stopped]
        today = local_date(at)
        found = due(limit, local_date(since), self.calendar, pauses, today)
        later = extended(found, extra, self.calendar, pauses, today)
        return later.due if later else None


def _kept(last: date | None, at: datetime) -> bool | None:
    return None if last is None else local_date(at) <= last


def reference(session: Session, *, at: Moment, after: int = 0, chunk: int = CHUNK) -> tuple[list[int], list[Took]]:
    """Of the next applications that were sent in: their ids, none when there are no more, and all their measures."""
    rows = session.execute(
        select(Application.id, Application.item_code, Application.revision_id)
        .where(Application.id > after, Application.number.is_not(None))
        .order_by(Application.id)
        .limit(chunk)
    ).all()
    ids = [row.id for row in rows]
    items = items_by_revision(session, (row.revision_id for row in rows))
    places: dict[int, list[Any]] = {}
    sent = select(Submission.application_id, Submission.at, Submission.answers).where(
        Submission.application_id.in_(ids)
    )
    for owner, sent_at, answers in session.execute(sent.order_by(Submission.version)):
        places.setdefault(owner, []).append((sent_at, answers))
    walks = {
        row.id: _Walk(row.id, row.item_code, items[row.revision_id], at.calendar, places.get(row.id, ()))
        for row in rows
    }
    events = (
        select(EventRecord.application_id, EventRecord.kind, EventRecord.at, EventRecord.data)
        .where(EventRecord.application_id.in_(ids), EventRecord.kind.in_(TOLD))
        .order_by(EventRecord.application_id, EventRecord.sequence)
    )
    for owner, kind, when, data in session.execute(events):
        walks[owner].take(Event(kind), when, data)
    return ids, [took for walk in walks.values() for took in (*walk.of_steps, *([walk.whole] if walk.whole else []))]


TOLD = (
    Event.SUBMITTED,
    Event.STEP_JOINED,
    Event.STEP_OPENED,
    Event.STEP_DROPPED,
    Event.STEP_LEFT,
    Event.STEP_REOPENED,
    Event.STEP_MOVED,
    Event.STEP_HELD,
    Event.STEP_ASSIGNED,
    Event.STEP_DECIDED,
    Event.CORRECTION_ASKED,
    Event.CORRECTION_ANSWERED,
    Event.AMENDED,
    Event.CLOCK_PAUSED,
    Event.CLOCK_RESUMED,
    Event.SUSPENDED,
    Event.RESUMED,
    Event.REOPENED,
    Event.EXTENDED,
)


def differences(session: Session, *, at: Moment, most: int = 100) -> tuple[int, list[str]]:
    """How many measures there should be, and one sentence for each that is not what it should be; then whether the
    tallies are the sums of these measures.
    """
    after, number, wrong = 0, 0, list[str]()
    wanted_cases: Counter[tuple[Any, ...]] = Counter()
    while True:
        ids, wanted = reference(session, at=at, after=after)
        if not ids:
            break
        after, number = ids[-1], number + len(wanted)
        kept = session.scalars(select(MeasureRecord).where(MeasureRecord.application_id.in_(ids)))
        wrong.extend(_compare({_name(each): each for each in wanted}, {_name(each.took): each.took for each in kept}))
        for each in wanted:
            wanted_cases.update(each.cells())
    found = counted(None, *Figure).c
    columns = [found[name] for name in CELL]
    sums = select(*columns, func.sum(found.cases)).group_by(*columns).having(func.sum(found.cases) != 0)
    tallied = {tuple(cell): int(cases) for *cell, cases in session.execute(sums)}
    for cell in sorted({*tallied, *wanted_cases}, key=str):
        if tallied.get(cell, 0) != wanted_cases[cell]:
            words = " ".join(str(part) for part in cell if part != "")
            wrong.append(f"the tally {words} is {tallied.get(cell, 0)} and should be {wanted_cases[cell]}")
    return number, wrong[:most]


def _name(took: Took) -> tuple[int, str, int]:
    return took.application_id, took.step_key, took.round


def _compare(wanted: dict[tuple[int, str, int], Took], kept: dict[tuple[int, str, int], Took]) -> Iterator[str]:
    for name in sorted({*wanted, *kept}):
        if wanted.get(name) == kept.get(name):
            continue
        here, there = kept.get(name), wanted.get(name)
        what = f"application {name[0]}" + (f" step {name[1]} round {name[2]}" if name[1] else "")
        if here is None or there is None:
            yield f"{what} is {'measured' if here else 'not measured'} and should {'not ' if here else ''}be"
            continue
        parts = [part for part in Took.__slots__ if replace(here, **{part: getattr(there, part)}) != here]
        yield f"{what}: " + ", ".join(f"{each} is {getattr(here, each)}, not {getattr(there, each)}" for each in parts)
