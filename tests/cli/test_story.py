"""`rongyiban story` and `certificate verify`: every item's fullest application, and what its paper proves."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from approvals.clock.calendar import Calendar
from portal.cli import main
from portal.cli.base import today
from services.current import catalogue
from services.item import Handling

Run = Callable[..., Result]
BOTH = ("promised", "statutory")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The command line of an installation that never did anything."""

    def invoke(*arguments: str, **environment: str) -> Result:
        return CliRunner().invoke(main, arguments, env={"RONGYIBAN_HOME": str(tmp_path / "home"), **environment})

    return invoke


def told(run: Run, out: Path, item: str, *more: str, **environment: str) -> dict[str, Any]:
    result = run("story", item, "--out", str(out), "--json", *more, **environment)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def verified(run: Run, file: Path, *more: str, **environment: str) -> tuple[int, dict[str, Any]]:
    result = run("certificate", "verify", str(file), "--json", *more, **environment)
    return result.exit_code, json.loads(result.stdout)


def test_the_construction_permit_goes_through_eight_departments_and_its_paper_can_be_verified(
    run: Run, tmp_path: Path
) -> None:
    found = told(run, tmp_path / "out", "construction-permit", "--from", "2026-05-16")
    assert found["submitted"] == "2026-05-18", "a Saturday is put off to Monday"
    assert (found["status"], found["provisional"]) == ("issued", False)
    assert found["item"]["code"] == "GC303"
    assert {step["department"] for step in found["steps"]} == {"ZJ", "SW", "CG", "GA", "QX", "WJ", "GD", "YJ"}
    assert all(
        step["opened"] <= step["decided"] <= step["promised_due"] <= step["statutory_due"] for step in found["steps"]
    )
    assert found["accepted"] <= found["issued"] <= found["promised_due"] <= found["statutory_due"]
    (permit,) = [step for step in found["steps"] if step["kind"] == "decision" and step["item"] == "GC303"]
    assert (permit["promised_days"], permit["promised_unit"]) == ("2", "wd")
    assert (permit["statutory_days"], permit["statutory_unit"], permit["unit"]) == ("7", "cd", "cd")
    assert all((step[f"{of}_days"] is None) is (step[f"{of}_unit"] is None) for step in found["steps"] for of in BOTH)
    paper = Path(found["certificate"])
    assert found["files"] == [str(paper)]
    assert paper.parent == tmp_path / "out"
    assert paper.stem == found["certificate_number"]

    status, verdict = verified(run, paper)
    assert (status, verdict["verdict"], verdict["reason"]) == (2, "undecided", "no_database")
    assert verdict["register"] == "not_asked"
    status, verdict = verified(run, paper, "--signature-only")
    assert status == 0
    assert (verdict["verdict"], verdict["coverage"], verdict["number"]) == ("valid", "entire_file", paper.stem)

    assert run("db", "upgrade").exit_code == 0
    status, verdict = verified(run, paper)
    assert (status, verdict["verdict"], verdict["reason"]) == (1, "invalid", "not_registered")
    assert verdict["register"] == "not_found", "a story has a register of its own"
    status, verdict = verified(run, paper, "--signature-only")
    assert (status, verdict["verdict"], verdict["register"]) == (0, "valid", "not_asked")
    away = "postgresql+psycopg://nobody:hidden@127.0.0.1:1/nothing"
    status, verdict = verified(run, paper, RONGYIBAN_DATABASE_URL=away, RONGYIBAN_DEMONSTRATION="true")
    assert (status, verdict["verdict"], verdict["register"]) == (2, "undecided", "database_away")

    content = bytearray(paper.read_bytes())
    content[len(content) // 2] ^= 1
    altered = tmp_path / "altered.pdf"
    altered.write_bytes(content)
    status, verdict = verified(run, altered)
    assert (status, verdict["verdict"]) == (1, "invalid")
    altered.write_bytes(paper.read_bytes() + b"\n% appended\n")
    assert verified(run, altered)[0] == 1
    altered.write_bytes(b"no certificate at all")
    assert verified(run, altered)[0] == 1


@pytest.mark.parametrize(
    "item, start, submitted, provisional",
    [
        ("MS005", "2026-10-01", "2026-10-08", False),  # National Day
        ("birth-registration", "2027-03-01", "2027-03-01", True),  # no notice for 2027 yet
        ("MS027", "2026-05-09", "2026-05-09", False),  # a Saturday that is worked
    ],
)
def test_every_other_item_that_can_be_applied_for_ends_in_a_certificate(
    run: Run, tmp_path: Path, item: str, start: str, submitted: str, provisional: bool
) -> None:
    found = told(run, tmp_path / "out", item, "--from", start)
    assert item in (found["item"]["code"], found["item"]["slug"])
    assert (found["submitted"], found["provisional"], found["status"]) == (submitted, provisional, "issued")
    dated = [step for step in found["steps"] if step["promised_due"] or step["statutory_due"]]
    assert {step["provisional"] for step in dated} == {provisional}
    status, verdict = verified(run, Path(found["certificate"]), "--signature-only")
    has_come = date.fromisoformat(submitted) <= today()
    assert (status, verdict["number"]) == (0 if has_come else 2, found["certificate_number"]), "a day ahead is no proof"


def test_whoever_checks_on_site_stops_the_clock_from_leaving_until_they_are_back(run: Run, tmp_path: Path) -> None:
    found = told(run, tmp_path / "out", "MS005", "--from", "2026-05-06")
    (visit,) = [step for step in found["steps"] if step["kind"] == "on_site"]
    # Opened on Thursday; Saturday is worked, so that two working days after Friday it is Monday.
    assert visit["pauses"] == [
        {
            "reason": "on_site",
            "basis": "《行政许可法》第四十五条",
            "days": 2,
            "from": "2026-05-08",
            "to": "2026-05-11",
        }
    ]
    assert (visit["opened"], visit["decided"], visit["promised_due"]) == ("2026-05-07", "2026-05-11", "2026-05-12")
    assert [step["key"] for step in found["steps"] if step["pauses"]] == ["on_site"]
    text = run("story", "MS005", "--out", str(tmp_path / "out"), "--from", "2026-05-06").output
    assert "现场核查: not counted after 2026-05-08 up to 2026-05-11 (on_site, 《行政许可法》第四十五条)" in text


@pytest.mark.parametrize("item", ["GC303", "MS005", "MS027"])
def test_nobody_takes_longer_than_half_of_what_is_promised(run: Run, tmp_path: Path, item: str) -> None:
    found = told(run, tmp_path / "out", item, "--from", "2026-05-06")
    assert found["issued"] <= found["promised_due"]
    assert [step["key"] for step in found["steps"] if step["decided"] > step["promised_due"]] == []
    calendar = Calendar(catalogue().calendar.values())
    for step in found["steps"]:
        opened, decided = date.fromisoformat(step["opened"]), date.fromisoformat(step["decided"])
        away = 2 if step["kind"] == "on_site" else 0
        half = int(Decimal(step["promised_days"] or 0) / 2)
        assert calendar.working_days(opened, decided) - away <= max(half, step["kind"] == "on_site")


def test_a_story_touches_nothing_of_the_installation_but_its_authority(run: Run, tmp_path: Path) -> None:
    elsewhere = tmp_path / "own.sqlite3"
    environment = {
        "RONGYIBAN_DATABASE_URL": f"sqlite:///{elsewhere}",
        "RONGYIBAN_BROKER_URL": "amqp://nobody@127.0.0.1:1//",
        "RONGYIBAN_DEMONSTRATION": "true",
    }
    found = told(run, tmp_path / "out", "residence-permit", **environment)
    assert Path(found["certificate"]).is_file()
    assert not elsewhere.exists()
    kept = {place.name for place in (tmp_path / "home").rglob("*") if place.is_file()}
    assert kept == {"root.pem", "root.key", "signer.pem", "signer.key"}
    assert found["status"] == "issued"


def test_as_text_it_says_who_did_what_and_where_the_paper_is(run: Run, tmp_path: Path) -> None:
    result = run("story", "MS017", "--out", str(tmp_path / "out"), "--from", "2026-05-06")
    assert result.exit_code == 0
    (paper,) = (tmp_path / "out").iterdir()
    for words in ("生育登记", "submitted 2026-05-06", "department", str(paper)):
        assert words in result.output


def test_as_text_it_leaves_out_what_is_done_at_once_has_not(run: Run, tmp_path: Path) -> None:
    item = next(one for one in catalogue().items.values() if one.is_online and one.handling is Handling.INSTANT)
    told = run("story", item.code, "--out", str(tmp_path / "out"), "--from", "2026-05-06").output
    assert "submitted 2026-05-06, issued 2026-05-06" in told
    assert "None" not in told


@pytest.mark.parametrize(
    "arguments, status, words",
    [
        (("nothing-like-it",), 1, "nothing-like-it"),
        (("MS017", "--from", "2026-02-30"), 2, "2026-02-30"),
        (("MS017", "--from", "1999-01-04"), 2, "1999-01-04"),
        (("MS017", "--from", "9999-12-31"), 2, "9999-12-31"),
        ((), 2, "ITEM"),
    ],
)
def test_what_cannot_be_told_is_refused_in_words(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], status: int, words: str
) -> None:
    result = run("story", *arguments, "--out", str(tmp_path / "out"))
    assert result.exit_code == status
    assert words in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there_cannot_be_verified(run: Run, tmp_path: Path) -> None:
    result = run("certificate", "verify", str(tmp_path / "none.pdf"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "none.pdf" in result.stderr
