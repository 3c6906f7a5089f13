"""The trail of an installation: two schedulers, what is committed late, the copy kept outside, proofs for others."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy import text as sql

from approvals.audit import key as keys
from approvals.audit.append import append
from approvals.errors import NotYourStep
from approvals.events import Event
from approvals.permissions import SYSTEM
from approvals.queries import for_change
from approvals.queries.actor import clerk_of
from approvals.queries.proof import NotCovered
from approvals.records.checkpoint import Checkpoint, CheckpointHead
from approvals.records.event import EventRecord
from approvals.vocabulary import Outcome
from config import ROOT, Settings
from portal.cli import main
from portal.extensions import db
from portal.invariants import examine
from portal.trail import gather, kept, prove, verify_trail
from portal.unit_of_work import changing, reading
from tests.deciding import decide
from tests.fixtures.heart import Office
from tests.processes import WORKER, running, wait_until


@pytest.fixture(params=["office", "postgres_office"], ids=["sqlite", "postgres"])
def any_office(request: pytest.FixtureRequest) -> Office:
    found: Office = request.getfixturevalue(request.param)
    return found


def settings_of(office: Office) -> Settings:
    found: Settings = office.app.extensions["settings"]
    return found


def checkpoints() -> list[tuple[int, int, int]]:
    reading().rollback()
    rows = reading().execute(select(Checkpoint.sequence, Checkpoint.heads, Checkpoint.events).order_by("sequence"))
    return [(sequence, heads, events) for sequence, heads, events in rows]


def holds(office: Office) -> bool:
    reading().rollback()
    found = verify_trail(office.app)
    return bool(found["holds"]) and found["broken"] == examine(office.app)["broken"] == []


def test_a_permit_is_covered_while_it_goes_on(any_office: Office) -> None:
    number = any_office.small()
    gather()
    any_office.take(number, "accept")
    other = any_office.small()
    gather()
    gather()
    (first, *_), (second, heads, _) = checkpoints()
    assert (first, second, heads) == (1, 2, 2)
    assert holds(any_office)
    assert verify_trail(any_office.app)["uncovered"] == 0
    any_office.take(other, "accept")
    assert verify_trail(any_office.app)["uncovered"] > 0
    assert holds(any_office)


def test_of_many_schedulers_at_once_one_makes_the_checkpoint(any_office: Office) -> None:
    for _ in range(5):
        any_office.small()
    reading().rollback()
    barrier = Barrier(6)

    def tick(_: int) -> int:
        with any_office.app.app_context():
            reading()
            barrier.wait(timeout=60)
            try:
                return gather().checkpoints
            finally:
                db.session.remove()

    with ThreadPoolExecutor(6) as threads:
        made = list(threads.map(tick, range(6)))
    assert sorted(made) == [0, 0, 0, 0, 0, 1]
    assert [(sequence, heads) for sequence, heads, _ in checkpoints()] == [(1, 5)]
    assert holds(any_office)


def test_an_event_committed_after_a_later_one_was_covered_is_covered_next(postgres_office: Office) -> None:
    """The transaction that began first commits last: its application is passed over, and neither lost nor suspected."""
    slow, quick = postgres_office.small(), postgres_office.small()
    gather()
    at = postgres_office.at("2026-05-07")
    with changing(at=at) as session:
        append(for_change.application(session, slow), Event.RESUMED, by=SYSTEM, at=at.instant)
        session.flush()

        def meanwhile() -> None:
            with postgres_office.app.app_context():
                with changing(at=at) as other:
                    append(for_change.application(other, quick), Event.RESUMED, by=SYSTEM, at=at.instant)
                gather()
                assert verify_trail(postgres_office.app)["holds"]
                db.session.remove()

        with ThreadPoolExecutor(1) as thread:
            thread.submit(meanwhile).result(timeout=60)
    assert [heads for _, heads, _ in checkpoints()] == [2, 1]
    assert verify_trail(postgres_office.app)["uncovered"] == 1
    gather()
    assert [(heads, events) for _, heads, events in checkpoints()][1:] == [(1, 1), (1, 1)]
    assert holds(postgres_office)
    assert verify_trail(postgres_office.app)["uncovered"] == 0


def test_a_refused_attempt_outlives_the_rollback_and_is_covered(any_office: Office) -> None:
    number = any_office.small()
    gather()
    by, at = clerk_of(reading(), "SW"), any_office.at("2026-05-07")
    with pytest.raises(NotYourStep), changing(by, at) as session:
        decide(for_change.step(session, number, "accept"), Outcome.ACCEPT, "", by=by, at=at)
    reading().rollback()
    refused = select(EventRecord.data, EventRecord.by_account).where(EventRecord.kind == str(Event.ATTEMPT_REFUSED))
    assert reading().execute(refused).all() == [({"refusal": "NotYourStep"}, by.account)]
    gather()
    assert checkpoints()[1] == (2, 1, 1)
    assert holds(any_office)


def test_the_copy_in_the_home_folder_shows_that_the_end_was_cut_off(office: Office) -> None:
    office.small()
    gather()
    office.small()
    gather()
    place = kept(settings_of(office))
    assert json.loads(place.read_text())["checkpoint"]["sequence"] == 2
    with db.engine.begin() as connection:
        for table in ("checkpoint_heads", "checkpoints"):
            connection.execute(sql(f"DROP TRIGGER {table}_no_delete"))
        connection.execute(sql("DELETE FROM checkpoint_heads WHERE checkpoint = 2"))
        connection.execute(sql("DELETE FROM checkpoints WHERE sequence = 2"))
        connection.execute(sql("UPDATE sequences SET value = 1 WHERE name = 'checkpoints'"))
        connection.execute(sql("UPDATE applications SET trail_is_covered = 0 WHERE id = 2"))
    (found,) = verify_trail(office.app)["broken"]
    assert (found["of"], found["sequence"], found["what"]) == ("checkpoint", 2, "missing")
    assert examine(office.app)["broken"] == ["checkpoint 2: missing"]
    office.small()
    gather()
    assert json.loads(place.read_text())["checkpoint"]["heads"] == 1, "what was known first is not overwritten"
    assert [each["what"] for each in verify_trail(office.app)["broken"]] == ["forked"]


# ── proofs, as others check them ──


def checked(proof: dict[str, Any], key: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """By the recipe of docs/trail.md, letter by letter, in a Python that knows nothing of this project."""
    text = (ROOT / "docs" / "trail.md").read_text("utf-8")
    (recipe,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    for name, content in (("check.py", recipe), ("proof.json", json.dumps(proof)), ("key.pem", key)):
        (folder / name).write_text(content, "utf-8")
    return subprocess.run(
        [sys.executable, "-I", "check.py", "proof.json", "key.pem"],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_a_stranger_checks_the_proof_by_the_recipe(any_office: Office, tmp_path: Path) -> None:
    numbers = [any_office.small() for _ in range(5)]
    with pytest.raises(NotCovered):
        prove(any_office.app, numbers[0])
    gather()
    key = keys.signing_key(settings_of(any_office).keys).public.pem
    for number in numbers:
        proof = prove(any_office.app, number)
        found = checked(proof, key, tmp_path)
        assert found.returncode == 0, found.stderr
        assert json.loads(found.stdout) == proof["leaf"]
        assert proof["leaf"]["number"] == number
        last = select(EventRecord.hash).where(
            EventRecord.application_id == proof["leaf"]["application"],
            EventRecord.sequence == proof["leaf"]["length"],
        )
        assert reading().scalars(last).one() == proof["leaf"]["head"]
        reading().rollback()
    any_office.take(numbers[0], "accept")
    later = prove(any_office.app, numbers[0])
    assert later["later"] > 0
    assert checked(later, key, tmp_path).returncode == 0


def test_the_recipe_refuses_whatever_is_not_what_was_signed(office: Office, tmp_path: Path) -> None:
    numbers = [office.small() for _ in range(3)]
    gather()
    key = keys.signing_key(settings_of(office).keys).public.pem
    keys.ensure(tmp_path)
    proof, other = prove(office.app, numbers[0]), prove(office.app, numbers[1])
    assert checked(proof, keys.signing_key(tmp_path).public.pem, tmp_path).returncode == 1
    for changed in (
        {"leaf": {**proof["leaf"], "length": 9}},
        {"leaf": other["leaf"]},
        {"index": 2},
        {"index": 3},
        {"index": -1},
        {"path": proof["path"][:-1]},
        {"path": [*proof["path"], "00" * 32]},
        {"path": proof["path"][::-1]},
        {"checkpoint": {**proof["checkpoint"], "heads": 2}},
        {"signature": "00" * 64},
    ):
        assert checked({**proof, **changed}, key, tmp_path).returncode == 1, changed


# ── the command line and the scheduler ──


def rongyiban(office: Office, *arguments: str) -> Result:
    reading().rollback()
    return CliRunner().invoke(main, list(arguments), env={"RONGYIBAN_HOME": str(settings_of(office).home)})


def test_the_command_line_says_what_holds_by_its_exit_status(office: Office, tmp_path: Path) -> None:
    number = office.small()
    assert rongyiban(office, "audit", "verify").output.splitlines()[-1] == "everything holds"
    refused = rongyiban(office, "audit", "proof", number)
    assert (refused.exit_code, "run rongyiban audit checkpoint" in refused.stderr) == (1, True)
    assert rongyiban(office, "audit", "proof", "none").exit_code == 1
    made = rongyiban(office, "audit", "checkpoint", "--json")
    assert (made.exit_code, json.loads(made.stdout)["made"]) == (0, 1)
    assert json.loads(rongyiban(office, "audit", "checkpoint", "--json").stdout)["made"] == 0
    assert number in rongyiban(office, "audit", "proof", number).output
    shown = rongyiban(office, "audit", "key")
    assert shown.output.strip() == keys.signing_key(settings_of(office).keys).public.pem.strip()

    known = tmp_path / "known.json"
    known.write_text(made.stdout)
    assert rongyiban(office, "audit", "verify", "--known", str(known)).exit_code == 0
    known.write_text("{}")
    wrong = rongyiban(office, "audit", "verify", "--known", str(known))
    assert (wrong.exit_code, "not a signed checkpoint" in wrong.stderr) == (1, True)

    with db.engine.begin() as connection:
        connection.execute(sql("DROP TRIGGER events_no_update"))
        connection.execute(sql("UPDATE events SET by_role = 'manager' WHERE sequence = 2"))
    found = rongyiban(office, "audit", "verify", "--json")
    assert found.exit_code == 1
    (broken,) = json.loads(found.stdout)["broken"]
    assert (broken["number"], broken["sequence"], broken["until"], broken["what"]) == (number, 2, 2, "changed")
    assert f"{number}: the trail does not hold at event 2: changed" in rongyiban(office, "audit", "verify").output
    assert rongyiban(office, "check").exit_code == 1


def test_without_its_key_nothing_is_signed_and_none_is_made_in_its_place(office: Office) -> None:
    number = office.small()
    gather()
    place = settings_of(office).keys / keys.FOLDER
    shutil.move(place / keys.KEY_FILE, place.parent)
    office.take(number, "accept")
    refused = rongyiban(office, "audit", "checkpoint")
    assert (refused.exit_code, "cannot be read" in refused.stderr) == (1, True)
    assert not (place / keys.KEY_FILE).exists()
    assert rongyiban(office, "audit", "verify").exit_code == 0, "verifying needs the public half alone"
    (place / keys.PUBLIC_FILE).unlink()
    assert "signed by a key that is not trusted here" in rongyiban(office, "audit", "verify").output


def test_the_scheduler_makes_checkpoints(office: Office, tmp_path: Path) -> None:
    number = office.small()
    environment = {
        "RONGYIBAN_HOME": str(settings_of(office).home),
        "RONGYIBAN_DEMONSTRATION": "true",
        "RONGYIBAN_CHECKPOINT_SECONDS": "1",
    }
    with running(tmp_path / "worker.log", environment, *WORKER):
        wait_until(lambda: len(checkpoints()) == 1, "the first checkpoint")
        office.take(number, "accept")
        wait_until(lambda: len(checkpoints()) >= 2, "the next one")
    assert holds(office)
    assert reading().scalars(select(CheckpointHead.length)).all()
