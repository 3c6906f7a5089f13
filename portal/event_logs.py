"""The event log as files that any process-mining tool opens: XES (IEEE 1849) and OCEL 2.0 in JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO
from xml.sax.saxutils import quoteattr

from approvals.commands.count_walk import count_walk, forget_walks
from approvals.events import Event
from approvals.queries import for_change
from approvals.queries.event_log import Happening, LoggedCase, Part
from approvals.queries.walks import finished_after
from portal.unit_of_work import changing, now

Cases = Callable[[], Iterable[LoggedCase]]
"""Reads the log from its beginning, as often as it is called."""

NAMESPACE = "http://www.xes-standard.org/"
EXTENSIONS = (("Concept", "concept"), ("Time", "time"), ("Lifecycle", "lifecycle"), ("Organizational", "org"))
TRANSITIONS: Mapping[Event, str] = {
    Event.STEP_JOINED: "schedule",
    Event.STEP_ASSIGNED: "assign",
    Event.STEP_OPENED: "start",
    Event.STEP_REOPENED: "start",
    Event.STEP_HELD: "suspend",
    Event.CORRECTION_ASKED: "suspend",
    Event.CLOCK_PAUSED: "suspend",
    Event.CLOCK_RESUMED: "resume",
    Event.STEP_DROPPED: "withdraw",
    Event.STEP_LEFT: "withdraw",
}
"""The standard transactional life cycle; whatever is not listed is a thing done."""


def export(cases: Cases, form: str, out: Path) -> tuple[int, int]:
    """How many applications and events were written. A file that was there is replaced only by a whole one."""
    half = out.with_name(out.name + ".part")
    try:
        with half.open("w", encoding="utf-8", newline="\n") as file:
            counted = {"xes": write_xes, "ocel": write_ocel}[form](cases, file)
        half.replace(out)
    finally:
        half.unlink(missing_ok=True)
    return counted


def recount() -> int:
    """What the process map counts, from nothing; how many applications were counted."""
    with changing() as session:
        forget_walks(session)
    last = number = 0
    at = now()
    while True:
        with changing() as session:
            batch = finished_after(session, last)
            for each in batch:
                application = for_change.lock(session, each)
                if application is not None and application.ended_at is not None:
                    number += count_walk(application, at=at)
        if not batch:
            return number
        last = batch[-1]


# ── XES ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def write_xes(cases: Cases, file: TextIO) -> tuple[int, int]:
    """A trace for each application. The activity is the step's title, or the kind of what concerns the whole."""
    number = events = 0
    file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    file.write(f'<log xes.version="1849-2016" xes.features="" xmlns="{NAMESPACE}">\n')
    file.writelines(
        f'<extension name="{name}" prefix="{prefix}" uri="{NAMESPACE}{prefix}.xesext"/>\n'
        for name, prefix in EXTENSIONS
    )
    file.write(f'<global scope="trace">{_string("concept:name", "")}</global>\n')
    usual = _string("concept:name", "") + _date("1970-01-01T00:00:00+00:00") + _string("lifecycle:transition", "")
    file.write(f'<global scope="event">{usual}</global>\n')
    file.write('<classifier name="Activity" keys="concept:name"/>\n')
    file.write('<classifier name="Activity and transition" keys="concept:name lifecycle:transition"/>\n')
    file.write(_string("lifecycle:model", "standard") + "\n")
    for case in cases():
        number, events = number + 1, events + len(case.happenings)
        file.write("<trace>\n" + "".join(_string(key, value) for key, value in _case_facts(case)) + "\n")
        file.writelines(f"<event>{_xes_event(happening)}</event>\n" for happening in case.happenings)
        file.write("</trace>\n")
    file.write("</log>\n")
    return number, events


def _case_facts(case: LoggedCase) -> Iterator[tuple[str, str]]:
    yield "concept:name", case.number
    yield "item", case.item
    yield "item_name", case.item_name
    yield "region", case.region
    yield "status", case.status.value
    yield "procedure", "commitment" if case.is_on_promise else "normal"


def _xes_event(happening: Happening) -> str:
    part = happening.part
    written = [
        _string("concept:name", part.title if part else happening.kind.value),
        _date(happening.at.isoformat()),
        _string("lifecycle:transition", TRANSITIONS.get(happening.kind, "complete")),
        _string("org:role", happening.role),
    ]
    if part:
        written += [_string("org:group", part.department), _string("step", part.key)]
    written.append(_string("kind", happening.kind.value))
    written += [_string(key, value) for key, value in _details(happening)]
    if happening.round is not None:
        written.append(f'<int key="round" value="{happening.round}"/>')
    return "".join(written)


def _details(happening: Happening) -> Iterator[tuple[str, str]]:
    if happening.outcome:
        yield "outcome", happening.outcome
    if happening.reason:
        yield "reason", happening.reason


def _string(key: str, value: str) -> str:
    return f"<string key={quoteattr(key)} value={quoteattr(value)}/>"


def _date(value: str) -> str:
    return f'<date key="time:timestamp" value="{value}"/>'


# ── OCEL ──────────────────────────────────────────────────────────────────────────────────────────────────────────

OBJECT_TYPES: Mapping[str, tuple[str, ...]] = {
    "application": ("item", "item_name", "region", "status", "procedure"),
    "step": ("key", "title"),
    "department": (),
}
EVENT_ATTRIBUTES: Mapping[str, str] = {"role": "string", "outcome": "string", "reason": "string", "round": "integer"}


def write_ocel(cases: Cases, file: TextIO) -> tuple[int, int]:
    """Applications, their steps and the departments are objects; an event names every one that it concerns. The log is
    read twice, for objects stand apart from events.
    """
    number = events = 0
    types = [
        {"name": name, "attributes": _declared(dict.fromkeys(keys, "string"))} for name, keys in OBJECT_TYPES.items()
    ]
    kinds = [{"name": kind.value, "attributes": _declared(EVENT_ATTRIBUTES)} for kind in Event]
    file.write(f'{{"objectTypes":{_json(types)},\n"eventTypes":{_json(kinds)},\n"objects":[')
    _list(file, _objects(cases))
    file.write('],\n"events":[')
    for case in cases():
        number += 1
        for happening in case.happenings:
            file.write(("," if events else "") + "\n" + _json(_ocel_event(case, happening)))
            events += 1
    file.write("]}\n")
    return number, events


def _declared(attributes: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "type": kind} for name, kind in attributes.items()]


def _list(file: TextIO, entries: Iterable[dict[str, Any]]) -> None:
    file.writelines(("," if place else "") + "\n" + _json(entry) for place, entry in enumerate(entries))


def _objects(cases: Cases) -> Iterator[dict[str, Any]]:
    departments: set[str] = set()
    for case in cases():
        since = case.happenings[0].at.isoformat() if case.happenings else "1970-01-01T00:00:00+00:00"
        facts = dict(_case_facts(case))
        yield _object(case.number, "application", {key: facts[key] for key in OBJECT_TYPES["application"]}, since, [])
        for part in case.parts:
            if part.department not in departments:
                departments.add(part.department)
                yield _object(f"department/{part.department}", "department", {}, since, [])
            around = [(case.number, "part of"), (f"department/{part.department}", "with")]
            yield _object(_step_id(case, part), "step", {"key": part.key, "title": part.title}, since, around)


def _object(
    name: str, kind: str, attributes: Mapping[str, str], since: str, around: list[tuple[str, str]]
) -> dict[str, Any]:
    return {
        "id": name,
        "type": kind,
        "attributes": [{"name": key, "value": value, "time": since} for key, value in attributes.items()],
        "relationships": [{"objectId": other, "qualifier": how} for other, how in around],
    }


def _step_id(case: LoggedCase, part: Part) -> str:
    return f"{case.number}/{part.key}"


def _ocel_event(case: LoggedCase, happening: Happening) -> dict[str, Any]:
    attributes: list[dict[str, Any]] = [{"name": "role", "value": happening.role}]
    attributes += [{"name": key, "value": value} for key, value in _details(happening)]
    if happening.round is not None:
        attributes.append({"name": "round", "value": happening.round})
    around = [(case.number, "application")]
    if happening.part:
        around.append((_step_id(case, happening.part), "step"))
        around.append((f"department/{happening.part.department}", "department"))
    return {
        "id": f"{case.number}/{happening.sequence}",
        "type": happening.kind.value,
        "time": happening.at.isoformat(),
        "attributes": attributes,
        "relationships": [{"objectId": other, "qualifier": how} for other, how in around],
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
