"""`rongyiban check`: a healthy installation passes; whatever was tampered with is named, and the status says so."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from approvals.commands.copy import make_copy, revoke_copy
from approvals.commands.return_for_correction import Mend, return_for_correction
from approvals.commands.translate import translate
from approvals.commands.write_paper import write_paper
from approvals.queries import for_change
from approvals.queries.actor import actor_named, clerk_of
from config import Settings
from portal import create_app
from portal.cli import main
from portal.extensions import db
from portal.unit_of_work import changing, reading
from portal.worker.delivery import sweep
from services.papers import SEAL, Seal, seal_content
from tests.fixtures.heart import Office
from tests.fixtures.portal import MoveIn

Check = Callable[[], Result]


@pytest.fixture(scope="module")
def issued(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home with a small construction permit that was issued, its database closed; and the permit's number."""
    home = Path(shutil.copytree(prepared, tmp_path_factory.mktemp("issued") / "home"))
    app = create_app(Settings(home=home, demonstration=True, log_level="ERROR"))
    with app.app_context():
        office = Office(app)
        number = office.small()
        office.take(number, "accept")
        office.take_all_but(number)
        office.take(number, "decide", "2026-05-11")
        sweep(office.at("2026-05-11", 11))
        close()
    return home, number


@pytest.fixture
def number(issued: tuple[Path, str]) -> str:
    return issued[1]


@pytest.fixture
def home(issued: tuple[Path, str], move_in: MoveIn) -> Path:
    """A copy to tamper with."""
    return move_in(issued[0])


@pytest.fixture
def check(home: Path) -> Check:
    def run() -> Result:
        return CliRunner().invoke(main, ["check", "--json"], env={"RONGYIBAN_HOME": str(home)})

    return run


def close() -> None:
    db.session.remove()
    db.engine.dispose()


def change(home: Path, *statements: str) -> None:
    """By raw SQL, past every rule of the program."""
    with closing(sqlite3.connect(home / "rongyiban.sqlite3")) as database, database:
        for statement in statements:
            assert database.execute(statement).rowcount != 0


def broken(result: Result) -> list[str]:
    assert result.exit_code == 1, result.output
    found: list[str] = json.loads(result.stdout)["broken"]
    return found


def test_a_healthy_installation_passes_and_says_how_much_was_checked(check: Check, home: Path) -> None:
    result = check()
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["broken"] == []
    assert found["checked"].pop("staff_events") > 100, "one for each account of staff at least"
    assert found["checked"] == {
        "applications": 1,
        "submissions": 1,
        "steps": 5,
        "assignments": 0,
        "events": 23,
        "checkpoints": 0,
        "heads": 0,
        "decisions": 5,
        "certificates": 1,
        "copies": 0,
        "files": 2,
        "parcels": 5,
        "papers": 0,
    }
    text = CliRunner().invoke(main, ["check"], env={"RONGYIBAN_HOME": str(home)})
    assert (text.exit_code, text.output.splitlines()[-1]) == (0, "everything holds")


DECISION = "UPDATE decisions SET {} WHERE step_id = (SELECT id FROM steps WHERE key = '{}')"
NO_TRIGGER = "DROP TRIGGER events_no_{}"


@pytest.mark.parametrize(
    "statements, words",
    [
        ([DECISION.format("outcome = 'refuse'", "decide")], "its facts say refused"),
        ([DECISION.format("outcome = 'not_concerned'", "gc301")], "stored as not_concerned, but the trail says agree"),
        ([DECISION.format("by_account = 1", "gc301")], "another author or time"),
        ([DECISION.format("at = '2026-05-08 01:00:00.000000'", "gc301")], "another author or time"),
        ([DECISION.format("reason = '另有理由'", "decide")], "the reason of the decision on step decide"),
        ([DECISION.format("conditions = '另有条件'", "gc301")], "the conditions of the decision on step gc301"),
        (["DELETE FROM decisions WHERE step_id = (SELECT id FROM steps WHERE key = 'gc301')"], "is missing"),
        (["UPDATE steps SET status = 'open' WHERE key = 'gc301'"], "step gc301 is stored as open"),
        (["UPDATE applications SET status = 'in_review'"], "its facts say issued"),
        (["UPDATE submissions SET sha256 = '" + "0" * 64 + "'"], "do not have their hash"),
        (["UPDATE submissions SET by_account = 1"], "submission 1 is not the one in the trail"),
        (["UPDATE certificates SET number = 'ZJ0'"], "the number of its certificate"),
        (["UPDATE certificates SET status = 'pending'"], "nothing in the outbox will make it"),
        (
            ["UPDATE certificates SET sha256 = (SELECT sha256 FROM stored_files WHERE scan <> 'own' LIMIT 1)"],
            "the paper of certificate",
        ),
        (
            [NO_TRIGGER.format("delete"), "DELETE FROM events WHERE sequence = (SELECT max(sequence) FROM events)"],
            "the tail was cut",
        ),
        ([NO_TRIGGER.format("delete"), "DELETE FROM events WHERE sequence = 3"], "at event 3: missing"),
        (
            [NO_TRIGGER.format("update"), "UPDATE events SET by_account = 1 WHERE sequence = 7"],
            "at event 7: changed",
        ),
        (
            [NO_TRIGGER.format("update"), 'UPDATE events SET data = \'{"step": "x"}\' WHERE sequence = 2'],
            "at event 2: changed",
        ),
        (["UPDATE outbox SET done_at = NULL, failed_at = created_at, error = 'no font'"], "given up"),
    ],
)
def test_what_was_tampered_with_is_named(
    check: Check, home: Path, number: str, statements: list[str], words: str
) -> None:
    change(home, *statements)
    found = broken(check())
    assert any(words in sentence for sentence in found), found
    assert any(number in sentence or "parcel" in sentence or "ZJ5101" in sentence for sentence in found)


def test_a_version_of_what_stands_on_certificates_is_held_against_its_hash(
    office: Office, home: Path, check: Check
) -> None:
    content = seal_content(Seal("成都市住建局", "5101", "专用章"))
    clerk, at = clerk_of(reading(), "ZJ"), office.at("2026-05-08", 14)
    for reason in ("换章。", "再换。"):
        with changing(clerk, at) as session:
            write_paper(session, "ZJ", SEAL, content, reason, after=None, by=clerk, at=at)
    close()
    healthy = check()
    assert (healthy.exit_code, json.loads(healthy.stdout)["checked"]["papers"]) == (0, 2)
    change(home, "DROP TRIGGER paper_versions_no_update", "DROP TRIGGER paper_versions_no_delete")
    change(home, "UPDATE paper_versions SET content = replace(content, '专用章', '公章') WHERE number = 2")
    assert broken(check()) == ["version 2 of seal of ZJ does not have its hash"]
    change(home, "DELETE FROM paper_versions WHERE number = 1")
    assert "version 2 of seal of ZJ follows version 0" in broken(check())


COPY = "UPDATE certificate_copies SET {} WHERE number LIKE '%-{}'"


def test_what_was_made_from_a_certificate_is_held_against_the_trail(
    office: Office, number: str, home: Path, check: Check
) -> None:
    holder, at = actor_named(reading(), "lijinrong"), office.at("2026-05-12")
    with changing(holder, at) as session:
        certificate = for_change.application(session, number).certificate
        assert certificate is not None
        translate(certificate, by=holder, at=at)
        first, second = (make_copy(certificate, "开户", each, 30, by=holder, at=at) for each in ("甲银行", "乙银行"))
        revoke_copy(certificate, second.id, by=holder, at=at)
    copy = first.number.removesuffix("-F1")
    close()
    assert "asked for, but nothing in the outbox will make it" not in check().output
    with office.app.app_context():
        sweep(office.at("2026-05-12", 11))
        close()
    healthy = check()
    assert (healthy.exit_code, json.loads(healthy.stdout)["checked"]["copies"]) == (0, 3)
    whole = home / "rongyiban.sqlite3"
    kept = whole.read_bytes()
    for statement, words in (
        (COPY.format("sha256 = (SELECT sha256 FROM certificates)", "EN1"), f"the paper of copy {copy}-EN1 is not"),
        (COPY.format("signer = signed_sha256", "F1"), f"the signature of copy {copy}-F1 is not"),
        (COPY.format("signed_sha256 = signer", "EN1"), f"the signature of copy {copy}-EN1 is not"),
        (COPY.format("purpose = recipient", "F1"), f"what copy {copy}-F1 says is not"),
        (COPY.format("sheet = (SELECT sheet FROM certificates)", "EN1"), f"what copy {copy}-EN1 says is not"),
        (COPY.format("valid_until = '2029-01-01'", "F1"), f"what copy {copy}-F1 says is not"),
        (COPY.format("by_account = 1", "EN1"), f"copy {copy}-EN1 is stored with another author"),
        (COPY.format("revoked_at = NULL", "F2"), f"whether copy {copy}-F2 was taken back"),
        (COPY.format("made_at = NULL", "EN1"), f"{copy}-EN1: asked for, but nothing in the outbox will make it"),
        ("DELETE FROM certificate_copies WHERE number LIKE '%-F1'", f"copy {copy}-F1 is missing"),
    ):
        change(home, statement)
        assert any(words in sentence for sentence in broken(check())), statement
        whole.write_bytes(kept)


def stored(home: Path) -> Path:
    return next(iter(sorted((home / "files").glob("??/*"))))


def test_a_file_that_is_gone_or_changed_is_named(check: Check, home: Path) -> None:
    place = stored(home)
    content = place.read_bytes()
    place.write_bytes(content[:-1] + b"x")
    assert broken(check()) == [f"file {place.name} is not what was stored"]
    place.unlink()
    assert broken(check()) == [f"file {place.name} is missing"]
    place.write_bytes(content)
    assert check().exit_code == 0


def test_a_correction_is_held_against_the_trail_as_well(office: Office, home: Path, check: Check) -> None:
    sent = office.small()
    office.take(sent, "accept")
    clerk, at = clerk_of(reading(), "ZJ"), office.at("2026-05-08", 14)
    with changing(clerk, at) as session:
        mends = [Mend("question", "project_name", "请写全称。")]
        return_for_correction(for_change.step(session, sent, "gc301"), mends, by=clerk, at=at)
    close()
    assert check().exit_code == 0
    change(home, "UPDATE correction_entries SET text = '别的'")
    assert broken(check()) == [f"{sent}: what step gc301 asked to mend in round 1 is not what the trail says"]
