"""`rongyiban db` and the commands that ask the database: up, down, and clear words when it is away or behind."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.cli import main
from tests.approvals.certificates.test_hostile import many_tables

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def invoke(*arguments: str, **environment: str) -> Result:
        return CliRunner().invoke(main, arguments, env={"RONGYIBAN_HOME": str(tmp_path), **environment})

    return invoke


def test_up_to_the_newest_and_down_to_nothing(run: Run, tmp_path: Path) -> None:
    assert run("db", "upgrade").exit_code == 0
    with closing(sqlite3.connect(tmp_path / "rongyiban.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM applications").fetchone() == (0,)
    assert run("check").exit_code == 0
    assert run("db", "downgrade", "base").exit_code == 0
    assert run("check").exit_code == 1


@pytest.mark.parametrize("direction", ["upgrade", "downgrade"])
def test_a_revision_that_is_none_is_refused(run: Run, direction: str) -> None:
    result = run("db", direction, "nonsense")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "nonsense" in result.stderr


@pytest.mark.parametrize("command", ["check", "retry", "reseal", "calendar export 2026"])
def test_an_installation_without_tables_says_what_to_run(run: Run, command: str) -> None:
    result = run(*command.split())
    assert (result.exit_code, result.stdout) == (1, "")
    assert "run rongyiban db upgrade" in result.stderr


@pytest.mark.parametrize("command", ["check", "retry", "reseal"])
def test_a_database_that_is_away_is_named(run: Run, command: str) -> None:
    address = "postgresql+psycopg://nobody:hidden@127.0.0.1:1/nothing"
    result = run(command, RONGYIBAN_DATABASE_URL=address, RONGYIBAN_DEMONSTRATION="true")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "the database does not answer" in result.stderr
    assert "hidden" not in result.stderr


def test_papers_cannot_be_written_where_a_file_stands(run: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    result = run("story", "MS017", "--out", str(tmp_path / "taken" / "below"))
    assert result.exit_code == 1
    assert "cannot write into" in result.stderr


def test_what_is_too_large_for_a_certificate_is_none(run: Run, tmp_path: Path) -> None:
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.write(b"%PDF-1.7 ")
        file.truncate(3 * 1024**3)  # takes no room on the disk, but would in memory
    result = run("certificate", "verify", str(large), "--json")
    assert result.exit_code == 1
    assert '"too_large"' in result.stdout


def test_what_is_not_known_about_a_file_is_said_in_words(run: Run, tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_text("no PDF")
    result = run("certificate", "verify", str(tmp_path / "letter.pdf"))
    assert "signer: none\n" in result.stdout
    assert "None" not in result.stdout


def test_a_file_that_would_take_too_long_cannot_be_decided(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "hostile.pdf"
    file.write_bytes(many_tables(100_000))
    result = run("certificate", "verify", str(file), "--json")
    assert result.exit_code == 2
    assert '"too_costly"' in result.stdout
