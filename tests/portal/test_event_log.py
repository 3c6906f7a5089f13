"""The event log: it says what the trail says, in the order of the trail, and names no person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

import approvals.queries.event_log
from approvals.events import Event
from approvals.queries.event_log import LoggedCase, event_log
from approvals.records.event import EventRecord
from approvals.vocabulary import Outcome
from portal.cli import main
from portal.demonstration.people import APPLICANTS, COMPANY
from portal.event_logs import NAMESPACE, export
from portal.unit_of_work import reading
from tests.counting import statements
from tests.factories import PERMIT, RESIDENCE, applied, decided, granted, on, returned

MONDAY = date(2026, 6, 8)
SCHEMA = Path(__file__).parents[1] / "fixtures" / "xes.xsd"


@pytest.fixture
def happened(app: Flask) -> list[str]:
    """A permit in review with something to mend, a residence permit that is granted, and one just sent in."""
    permit = applied(PERMIT, on(MONDAY))
    decided(permit, "accept", Outcome.ACCEPT, at=on(MONDAY))
    returned(permit, "gc301", "drawings", at=on(MONDAY, 14))
    residence = applied(RESIDENCE, on(MONDAY))
    granted(residence, on(MONDAY))
    return [permit, residence, applied(RESIDENCE, on(date(2026, 6, 9)))]


def written(out: Path, form: str, **wanted: Any) -> tuple[int, int]:
    return export(lambda: event_log(reading(), **wanted), form, out)


def in_the_trail() -> list[tuple[str, str]]:
    """Kind and time of every event, read by itself."""
    rows = reading().execute(
        select(EventRecord.kind, EventRecord.at)
        .where(EventRecord.kind != Event.ATTEMPT_REFUSED)
        .order_by(EventRecord.application_id, EventRecord.sequence)
    )
    return [(row.kind, row.at.isoformat()) for row in rows]


def xes(element: ET.Element, key: str) -> str | None:
    return next((each.get("value") for each in element if each.get("key") == key), None)


def test_xes_says_what_the_trail_says(happened: list[str], tmp_path: Path) -> None:
    counted = written(tmp_path / "log.xes", "xes")
    log = ET.fromstring((tmp_path / "log.xes").read_text("utf-8"))  # noqa: S314  # its own file
    traces = log.findall(f"{{{NAMESPACE}}}trace")
    assert [xes(trace, "concept:name") for trace in traces] == happened
    events = [event for trace in traces for event in trace.findall(f"{{{NAMESPACE}}}event")]
    assert [(xes(event, "kind"), xes(event, "time:timestamp")) for event in events] == in_the_trail()
    assert counted == (3, len(events))
    asked = next(event for event in events if xes(event, "kind") == "correction_asked")
    assert (xes(asked, "concept:name"), xes(asked, "org:group")) == ("施工图设计文件联合审查", "ZJ")
    assert xes(asked, "lifecycle:transition") == "suspend"
    names_nobody(tmp_path / "log.xes")
    is_built_as_the_standard_says(tmp_path)


def names_nobody(log: Path) -> None:
    text = log.read_text("utf-8")
    people = [each.name for each in APPLICANTS] + list(COMPANY)
    assert [name for name in people if name in text] == []


def is_built_as_the_standard_says(tmp_path: Path) -> None:
    """By a schema of the part of IEEE 1849 that the export uses, written for this test."""
    schema = xmlschema.XMLSchema(SCHEMA)
    schema.validate(tmp_path / "log.xes")
    text = (tmp_path / "log.xes").read_text("utf-8")
    for old, new in (
        ("</global>", "<trace/></global>"),
        ('key="concept:name"', 'name="concept:name"'),
        ("+00:00", "X"),
    ):
        (tmp_path / "broken.xes").write_text(text.replace(old, new, 1), "utf-8")
        assert not schema.is_valid(tmp_path / "broken.xes"), old


def test_ocel_relates_every_event_to_objects_that_exist(happened: list[str], tmp_path: Path) -> None:
    written(tmp_path / "log.json", "ocel")
    log = json.loads((tmp_path / "log.json").read_text("utf-8"))
    assert set(log) == {"objectTypes", "eventTypes", "objects", "events"}
    names = {each["id"]: each["type"] for each in log["objects"]}
    assert len(names) == len(log["objects"]), "no object stands there twice"
    declared = {
        each["name"]: {one["name"] for one in each["attributes"]} for each in (*log["objectTypes"], *log["eventTypes"])
    }
    for each in (*log["objects"], *log["events"]):
        assert {one["name"] for one in each["attributes"]} <= declared[each["type"]]
        assert all(one["objectId"] in names for one in each["relationships"])
    assert [(each["type"], each["time"]) for each in log["events"]] == in_the_trail()
    assert [each for each in names if names[each] == "application"] == happened
    names_nobody(tmp_path / "log.json")


def test_what_is_wanted_is_chosen_by_item_and_day_and_read_in_chunks(
    happened: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert written(tmp_path / "log", "xes", item="GC303")[0] == 1
    assert written(tmp_path / "log", "xes", since=date(2026, 6, 9))[0] == 1
    assert written(tmp_path / "log", "xes", until=MONDAY)[0] == 2
    assert written(tmp_path / "log", "xes", item="GC303", since=date(2026, 6, 9)) == (0, 0)

    with statements() as sent:
        whole = list(event_log(reading()))
    monkeypatch.setattr(approvals.queries.event_log, "CHUNK", 1)
    with statements() as one_by_one:
        assert list(event_log(reading())) == whole
    assert len(happened) == 3
    assert sum(each.startswith("SELECT") for each in sent) == 5 + 1, "five for the chunk, and one that finds no other"
    assert sum(each.startswith("SELECT") for each in one_by_one) == 3 * 5 + 1


def test_a_file_that_breaks_off_leaves_the_old_one(happened: list[str], tmp_path: Path) -> None:
    out = tmp_path / "logs" / "log.xes"
    out.parent.mkdir()
    out.write_text("before")

    def broken() -> Iterator[LoggedCase]:
        yield next(iter(event_log(reading())))
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        export(broken, "xes", out)
    assert (out.read_text(), list(out.parent.iterdir())) == ("before", [out])


def test_the_command_says_what_it_does_not_know(home: Path, tmp_path: Path) -> None:
    def run(*arguments: str) -> Any:
        return CliRunner().invoke(main, ["log", "export", *arguments], env={"RONGYIBAN_HOME": str(home)})

    assert run("--format", "xes", "--out", str(tmp_path / "log.xes")).exit_code == 0
    assert (tmp_path / "log.xes").read_text("utf-8").endswith("</log>\n")
    unknown = run("--format", "xes", "--out", str(tmp_path / "x"), "--item", "GC999")
    assert unknown.exit_code == 2
    assert "GC999" in unknown.stderr
    assert run("--format", "csv", "--out", str(tmp_path / "x")).exit_code == 2
    assert run("--format", "ocel", "--out", str(tmp_path / "no" / "x")).exit_code == 1
