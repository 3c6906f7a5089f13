"""Migrations go up, come down and go up again, end in step with the models, and keep the trail as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from approvals.records import secrecy
from approvals.records.assignment import Assignment
from approvals.records.base import Record
from approvals.records.checkpoint import Checkpoint, CheckpointHead
from approvals.records.commitment import Commitment, CommitmentWithdrawal
from approvals.records.event import EventRecord
from approvals.records.obligation import ObligationAct
from approvals.records.paper import PaperVerdictRecord, PaperVersion
from approvals.records.person_event import PersonEventRecord
from approvals.vocabulary import Act, Assigning, PaperVerdict
from portal import migrations
from portal.cli import main
from tests.databases import database

THEIRS = {"alembic_version"}


ENGINES = ("sqlite", "postgresql")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    if request.param == "postgresql":
        address: str = request.getfixturevalue("empty_postgres_url")
    else:
        address = f"sqlite:///{tmp_path / 'database.sqlite3'}"
    made = create_engine(address)
    yield made
    made.dispose()


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_up_down_and_up_again_ends_in_step_with_the_models(engine: Engine) -> None:
    assert not migrations.is_current(engine)
    for _ in range(2):
        migrations.upgrade(engine)
        assert migrations.is_current(engine)
        assert tables(engine) == {*Record.metadata.tables, *THEIRS}
        assert migrations.differences(engine) == []
        migrations.downgrade(engine, "base")
        assert tables(engine) == THEIRS
        assert not migrations.is_current(engine)
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            left = connection.execute(
                text("SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'")
            )
            assert left.all() == []


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    migrations.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO sequences (name, value) VALUES ('kept', 7)"))
    migrations.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT value FROM sequences WHERE name = 'kept'")).scalar_one() == 7


def test_papers_that_wait_are_known_by_their_application_after_migrating(engine: Engine) -> None:
    """Whoever upgrades while certificates are being made sees them all on the page of their making."""
    migrations.upgrade(engine, "0029_checklists")
    day, done = datetime(2026, 5, 8, tzinfo=UTC), datetime(2026, 5, 9, tzinfo=UTC)
    about = {"application": 7, "sequence": 3, "event": "granted"}
    with engine.begin() as connection:
        before = Table("outbox", MetaData(), autoload_with=connection)
        for kind, data, at in (("paper", about, None), ("paper", about, done), ("code", {"code": 7}, None)):
            told = {"kind": kind, "key": f"{kind}:{at}", "data": data, "created_at": day, "due_at": day}
            connection.execute(before.insert().values(**told, done_at=at, attempts=0))
    migrations.upgrade(engine)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT id, application_id FROM outbox ORDER BY id")).all()
    assert [row.application_id for row in found] == [7, None, None]


CHANGES = {
    "events": (
        "DELETE FROM events",
        "UPDATE events SET kind = 'accepted'",
        "UPDATE events SET data = '{}' WHERE sequence = 1",
        "UPDATE events SET sequence = sequence + 100",
        "DELETE FROM events WHERE sequence = 1",
    ),
    "checkpoints": (
        "DELETE FROM checkpoints",
        "UPDATE checkpoints SET events = 2",
        "UPDATE checkpoints SET sequence = sequence + 100",
        "DELETE FROM checkpoints WHERE sequence = 1",
    ),
    "checkpoint_heads": (
        "DELETE FROM checkpoint_heads",
        "UPDATE checkpoint_heads SET head = ''",
        "UPDATE checkpoint_heads SET application_id = 2",
        "DELETE FROM checkpoint_heads WHERE checkpoint = 1",
    ),
    "commitments": ("DELETE FROM commitments", "UPDATE commitments SET text = 'x'"),
    "commitment_withdrawals": (
        "DELETE FROM commitment_withdrawals",
        "UPDATE commitment_withdrawals SET by_account = 2",
    ),
    "obligation_acts": ("DELETE FROM obligation_acts", "UPDATE obligation_acts SET kind = 'fulfil'"),
    "assignments": ("DELETE FROM assignments", "UPDATE assignments SET to_account = 2"),
    "paper_versions": ("DELETE FROM paper_versions", "UPDATE paper_versions SET content = 'x'"),
    "paper_verdicts": ("DELETE FROM paper_verdicts", "UPDATE paper_verdicts SET verdict = 'decline'"),
    "person_events": ("DELETE FROM person_events", "UPDATE person_events SET kind = 'closed'"),
}
IN_THE_WORDS_OF = {
    ("postgresql", "events"): ("TRUNCATE events", "TRUNCATE applications CASCADE"),
    ("postgresql", "checkpoints"): ("TRUNCATE checkpoints CASCADE",),
    ("postgresql", "checkpoint_heads"): ("TRUNCATE checkpoint_heads", "TRUNCATE checkpoints CASCADE"),
    ("sqlite", "events"): (
        "REPLACE INTO events SELECT * FROM events",
        "REPLACE INTO events SELECT application_id, sequence, 'x', at, NULL, by_role, data, previous, hash FROM events",
    ),
    ("postgresql", "commitments"): ("TRUNCATE commitments CASCADE",),
    ("postgresql", "commitment_withdrawals"): ("TRUNCATE commitment_withdrawals",),
    ("postgresql", "obligation_acts"): ("TRUNCATE obligation_acts",),
    ("postgresql", "assignments"): ("TRUNCATE assignments",),
    ("sqlite", "assignments"): (
        "REPLACE INTO assignments SELECT * FROM assignments",
        "REPLACE INTO assignments SELECT 9, step_id, number, act, 2, 2, 2, note, at, NULL FROM assignments",
    ),
    ("postgresql", "paper_versions"): ("TRUNCATE paper_versions CASCADE",),
    ("postgresql", "paper_verdicts"): ("TRUNCATE paper_verdicts",),
    ("sqlite", "paper_versions"): ("REPLACE INTO paper_versions SELECT * FROM paper_versions",),
    ("sqlite", "paper_verdicts"): ("REPLACE INTO paper_verdicts SELECT * FROM paper_verdicts",),
    ("postgresql", "person_events"): ("TRUNCATE person_events CASCADE",),
    ("sqlite", "person_events"): ("REPLACE INTO person_events SELECT * FROM person_events",),
    ("sqlite", "commitments"): ("REPLACE INTO commitments SELECT * FROM commitments",),
    ("sqlite", "commitment_withdrawals"): (
        "REPLACE INTO commitment_withdrawals SELECT 9, commitment_id, 2, at FROM commitment_withdrawals",
    ),
    ("sqlite", "obligation_acts"): ("REPLACE INTO obligation_acts SELECT * FROM obligation_acts",),
    ("sqlite", "checkpoints"): ("REPLACE INTO checkpoints SELECT * FROM checkpoints",),
    ("sqlite", "checkpoint_heads"): (
        "REPLACE INTO checkpoint_heads SELECT * FROM checkpoint_heads",
        "REPLACE INTO checkpoint_heads SELECT 2, application_id, number, since, length, head FROM checkpoint_heads",
    ),
}
"""The last one names another row, but a length of the same application."""


@pytest.fixture(scope="module", params=ENGINES)
def with_trail(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A migrated database with something in every table that nobody may change; whoever could, would spoil the rest."""
    with ExitStack() as stack:
        if request.param == "postgresql":
            address = stack.enter_context(database())
        else:
            address = f"sqlite:///{tmp_path_factory.mktemp('trail') / 'database.sqlite3'}"
        made = create_engine(address)
        migrations.upgrade(made)
        lay_a_trail(made)
        yield made
        made.dispose()


@pytest.mark.parametrize("table", CHANGES)
def test_the_database_refuses_to_change_or_delete_what_the_trail_says(with_trail: Engine, table: str) -> None:
    with with_trail.connect() as connection:
        before = content(connection, table)
    assert before
    for change in (*CHANGES[table], *IN_THE_WORDS_OF[with_trail.dialect.name, table]):
        with pytest.raises(DBAPIError, match="are never changed or deleted"), with_trail.begin() as connection:
            connection.execute(text(change))
        with with_trail.connect() as connection:
            assert content(connection, table) == before


def lay_a_trail(engine: Engine) -> None:
    """Of an application that does not exist: only PostgreSQL minds, and is told not to."""
    with Session(engine) as session:
        if engine.dialect.name == "postgresql":
            session.execute(text("SET session_replication_role = replica"))
        at = datetime(2026, 5, 6, tzinfo=UTC)
        event = EventRecord(application_id=1, sequence=1, kind="submitted", at=at, by_account=1, by_role="citizen")
        event.data, event.previous, event.hash = {"a": 1}, "", "0" * 64
        checkpoint = Checkpoint(sequence=1, at=at, heads=1, events=1, root="", previous="", key="", signature="")
        head = CheckpointHead(checkpoint=1, application_id=1, number="N", since=0, length=1, head="0" * 64)
        signed = Commitment(
            id=1, application_id=1, step_key="", notice_version="1", language="zh", text="甲", by_account=1
        )
        signed.sha256, signed.signed_at = "0" * 64, at
        withdrawn = CommitmentWithdrawal(id=1, commitment_id=1, by_account=1, at=at)
        act = ObligationAct(id=1, obligation_id=1, kind=Act.REPORT, at=at)
        given = Assignment(id=1, step_id=1, number=1, act=Assigning.TAKE, to_account=1, by_account=1, at=at)
        person = PersonEventRecord(id=1, account_id=1, kind="registered", at=at, data={})
        paper = PaperVersion(id=1, department_code="ZJ", subject="GC303", number=1, content="", sha256="0" * 64)
        paper.reason, paper.written_by, paper.written_at = "甲", 1, at
        verdict = PaperVerdictRecord(id=1, version_id=1, verdict=PaperVerdict.PUBLISH, by_account=2, at=at)
        for row in (event, checkpoint, head, signed, withdrawn, act, given, person, paper, verdict):
            session.add(row)
            session.flush()
        if engine.dialect.name == "postgresql":
            session.execute(text("SET session_replication_role = origin"))
        session.commit()


def content(connection: Connection, table: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(select(Record.metadata.tables[table]))]


def test_a_column_the_models_do_not_know_is_a_difference(engine: Engine) -> None:
    migrations.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE sequences ADD COLUMN stray INTEGER"))
    (difference,) = migrations.differences(engine)
    assert "stray" in difference


def test_the_command_line_says_that_migrations_and_models_are_in_step() -> None:
    result = CliRunner().invoke(main, ["db", "check"])
    assert (result.exit_code, result.output) == (0, "migrations and models are in step\n")


def test_saved_views_are_sealed_and_going_down_forgets_what_was_looked_for(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = secrecy.Keyring([Fernet.generate_key()], b"h" * 32)
    monkeypatch.setattr(secrecy, "_keyring", ring)
    migrations.upgrade(engine, "0043_late_reasons")
    views = {1: "who=free&q=510104199003072344", 2: "q=%E7%8E%8B%E5%B0%8F%E8%93%89"}
    with engine.begin() as connection:
        about = MetaData()
        about.reflect(connection, only=["accounts", "saved_views"])
        blank = {bool: False, datetime: datetime(2026, 5, 6, tzinfo=UTC), int: 1, str: "-"}
        needed = [column for column in about.tables["accounts"].columns if not column.nullable]
        told = {column.name: blank[column.type.python_type] for column in needed}
        connection.execute(about.tables["accounts"].insert().values(**told))
        for number, filters in views.items():
            row = {"id": number, "account_id": 1, "name": str(number), "filters": filters, "is_default": False}
            connection.execute(about.tables["saved_views"].insert().values(**row))
    kept = text("SELECT id, filters FROM saved_views ORDER BY id")
    migrations.upgrade(engine)
    with engine.connect() as connection:
        assert {number: ring.open(sealed) for number, sealed in connection.execute(kept)} == views
    migrations.downgrade(engine, "0043_late_reasons")
    with engine.connect() as connection:
        assert [filters for _, filters in connection.execute(kept)] == ["who=free", "show=all"]
