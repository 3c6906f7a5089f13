"""docs/cli.md says what the command line does: every command, argument and option, and every key of its JSON."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from approvals.records.certificate import Certificate, Lift
from approvals.records.outbox import Parcel
from approvals.vocabulary import Role, SignatureLevel
from config import ROOT
from portal.calendars import close
from portal.cli import main
from portal.demonstration.accounts import listed
from portal.unit_of_work import changing, now, reading
from tests.factories import RESIDENCE, applied, enrolled, granted, issued, on
from tests.fixtures.crowd import served
from tests.fixtures.heart import Office

TEXT = (ROOT / "docs" / "cli.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## `rongyiban ([a-z -]+)`\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))


def commands(group: click.Group = main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


COMMANDS = dict(commands())


def first_column(section: str, header: str) -> list[str]:
    """The words in code in the first column of the table with this header; none when there is no such table."""
    table = re.search(rf"^\| {header} \|.*\n\| --- \|.*\n((?:\|.*\n)*)", section, re.MULTILINE)
    rows = table[1].splitlines() if table else []
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row.split("|")[1])]


def test_every_command_has_its_section_and_no_other() -> None:
    assert set(SECTIONS) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_argument_and_option_is_explained(name: str) -> None:
    parameters = COMMANDS[name].params
    options = [option.opts[0] for option in parameters if isinstance(option, click.Option)]
    arguments = [(found.name or "").upper() for found in parameters if isinstance(found, click.Argument)]
    assert first_column(SECTIONS[name], "Option") == options
    assert first_column(SECTIONS[name], "Argument") == arguments


def test_every_role_of_an_account_is_named() -> None:
    (words,) = re.findall(r"^\| `accounts\[\]\.role` \| (.*) \|$", SECTIONS["accounts"], re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", words)) == {row["role"] for row in listed()}
    assert {row["role"] for row in listed()} == {*map(str, Role), "business"} - {str(Role.SYSTEM)}


@pytest.mark.parametrize(
    "name",
    [
        "",
        *COMMANDS,
        "audit",
        "db",
        "calendar",
        "certificate",
        "item",
        "log",
        "papers",
        "signer",
        "simulate",
        "staff",
        "times",
    ],
)
def test_every_command_helps(name: str) -> None:
    for flag in ("--help", "-h"):
        result = CliRunner().invoke(main, [*name.split(), flag])
        assert result.exit_code == 0
        assert result.output.startswith("Usage: ")
    command = COMMANDS.get(name)
    assert command is None or all(option.help for option in command.params if isinstance(option, click.Option)), (
        "every option says what it is for"
    )


def test_an_unknown_command_or_option_is_wrong_use() -> None:
    for arguments in (["nothing"], ["due", "--nothing"], ["check", "too", "much"], ["serve", "--port", "99999"]):
        assert CliRunner().invoke(main, arguments).exit_code == 2


def paths(value: Any, path: str = "") -> set[str]:
    """The keys of a JSON value, as the document writes them: `item.code`, `steps[].key`, `files[]`."""
    if isinstance(value, dict):
        return {found for key, inner in value.items() for found in paths(inner, f"{path}.{key}" if path else key)}
    if isinstance(value, list):
        return {found for inner in value for found in paths(inner, f"{path}[]")} or {f"{path}[]"}
    return {path}


def written(folder: Path) -> Path:
    """A file with a seal of the office's."""
    file = folder / "seal.yaml"
    file.write_text("department: ZJ\nseal: {name: 成都市住建局, serial: '5101', line: 专用章}\n", encoding="utf-8")
    return file


def test_the_keys_of_all_json_are_those_of_the_document(prepared: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(prepared, tmp_path / "home"))
    with served(home) as app:
        number = Office(app).small()
        enrolled("manager")
        close(app, date(2026, 7, 6), date(2026, 7, 7), "防汛停工")

    def run(*arguments: str, status: int = 0) -> Result:
        result = CliRunner().invoke(main, [*arguments, "--json"], env={"RONGYIBAN_HOME": str(home)})
        assert result.exit_code == status, result.output
        assert result.stderr == ""
        return result

    story = run("story", "MS005", "--out", str(tmp_path), "--from", "2026-05-06")
    paper = json.loads(story.stdout)["certificate"]
    with served(home):
        issued(RESIDENCE, on(date(2026, 6, 5)))
        due = reading().scalars(select(Certificate)).one()
        with changing(at=now()) as session:
            session.add(Lift(certificate_id=due.id, wanted=SignatureLevel.B_LTA, due_at=now().instant))
            department = due.department_code
        granted(applied(RESIDENCE), deliver=False)
        with changing(at=now()) as session:
            session.execute(
                update(Parcel).where(Parcel.kind == "paper", Parcel.done_at.is_(None)).values(error="NoKey")
            )
    answers = {
        "accounts": run("accounts"),
        "story": story,
        "due": run("due", "--from", "2026-05-06", "--days", "3"),
        "certificate verify": run("certificate", "verify", paper, status=1),
        "certificate levels": run("certificate", "levels"),
        "certificate making": run("certificate", "making", status=1),
        "certificate lift": run("certificate", "lift", status=1),
        "signer list": run("signer", "list"),
        "signer revoke": run("signer", "revoke", department, "1"),
        "signer rotate": run("signer", "rotate", department),
        "staff add": run("staff", "add", "fang.jing", "clerk", "--name", "方静", "--department", "ZJ"),
        "staff list": run("staff", "list"),
        "staff role": run("staff", "role", "fang.jing", "auditor"),
        "staff invite": run("staff", "invite", "fang.jing"),
        "staff reset-second-factor": run("staff", "reset-second-factor", "manager"),
        "staff disable": run("staff", "disable", "fang.jing"),
        "staff enable": run("staff", "enable", "fang.jing"),
        "check": run("check"),
        "simulate construction": run("simulate", "construction", "--projects", "3"),
        "times check": run("times", "check"),
        "times rebuild": run("times", "rebuild"),
        "audit checkpoint": run("audit", "checkpoint"),
        "audit proof": run("audit", "proof", number),
        "audit key": run("audit", "key"),
        "calendar closures": run("calendar", "closures"),
        "papers import": run("papers", "import", str(written(tmp_path))),
        "papers export": run("papers", "export", "--out", str(tmp_path / "papers")),
        "retry": run("retry"),
        "reseal": run("reseal"),
    }
    with closing(sqlite3.connect(home / "rongyiban.sqlite3")) as database, database:
        database.execute("UPDATE applications SET trail_length = trail_length + 1")
    answers["audit verify"] = run("audit", "verify", status=1)
    printing = {name for name, command in COMMANDS.items() if any(found.name == "as_json" for found in command.params)}
    assert set(answers) == printing
    for name, result in answers.items():
        assert paths(json.loads(result.stdout)) == set(first_column(SECTIONS[name], "Key")), name


def test_accounts_are_shown_in_a_demonstration_alone() -> None:
    rows = json.loads(CliRunner().invoke(main, ["accounts", "--json"]).stdout)["accounts"]
    assert {row["role"] for row in rows} == {
        "citizen",
        "business",
        "clerk",
        "lead",
        "head",
        "government",
        "counter",
        "supervisor",
        "manager",
        "auditor",
        "administrator",
    }
    by_name = {row["username"]: row for row in rows}
    assert "住房和城乡建设局" in by_name["clerk-zj"]["department"]
    assert by_name["wangxiaorong"]["department"] is None
    assert len(by_name) == len(rows)
    text = CliRunner().invoke(main, ["accounts"]).output
    assert all(row["username"] in text and row["password"] in text for row in rows)

    own = {
        "RONGYIBAN_DEMONSTRATION": "false",
        "RONGYIBAN_SECRET_KEY": "s" * 40,
        "RONGYIBAN_HASH_KEY": "h" * 40,
        "RONGYIBAN_ENCRYPTION_KEYS": json.dumps(["A" * 43 + "="]),
        "RONGYIBAN_DATABASE_URL": "postgresql+psycopg://rongyiban@db/rongyiban",
        "RONGYIBAN_PUBLIC_URL": "https://permits.example.org",
    }
    refused = CliRunner().invoke(main, ["accounts", "--json"], env=own)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "demonstration mode is off" in refused.stderr
