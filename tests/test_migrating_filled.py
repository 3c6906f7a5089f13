"""A database with applications in every state is migrated down and up again without losing a row, or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import Engine, MetaData, create_engine, text
from sqlalchemy.exc import DBAPIError

from approvals.records.base import Record
from config import Settings
from portal import create_app, migrations
from portal.cli import main
from portal.event_logs import recount
from portal.extensions import db
from portal.times import check, rebuild
from tests.fixtures.portal import MoveIn
from tests.fixtures.variety import Everything

FIRST = "0001_first_tables"
Rows = dict[str, list[dict[str, object]]]


@pytest.fixture
def home(everything: Everything, move_in: MoveIn) -> Path:
    return move_in(everything.home)


@pytest.fixture(params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, home: Path) -> Iterator[Flask]:
    """Its context is pushed: some migrations open sealed values."""
    address = request.getfixturevalue("empty_postgres_url") if request.param == "postgresql" else None
    application = create_app(Settings(home=home, demonstration=True, database_url=address, log_level="ERROR"))
    with application.app_context():
        if address is not None:
            migrations.upgrade(db.engine)
            carry_over(create_engine(f"sqlite:///{home / 'rongyiban.sqlite3'}"), db.engine)
        yield application
        db.session.remove()
        db.engine.dispose()


def carry_over(source: Engine, target: Engine) -> None:
    """Every row as it stands; whoever inserts after that is given numbers of its own."""
    with source.connect() as read, target.begin() as write:
        write.execute(text("SET session_replication_role = replica"))
        for table in Record.metadata.tables.values():
            if found := [dict(row._mapping) for row in read.execute(table.select())]:
                write.execute(table.insert(), found)
        write.execute(text("SET session_replication_role = origin"))
    source.dispose()


def rows(engine: Engine) -> Rows:
    """Of each table, as the database keeps them."""
    with engine.connect() as connection:
        kept = MetaData()
        kept.reflect(connection)
        return {
            name: [dict(row._mapping) for row in connection.execute(table.select())]
            for name, table in kept.tables.items()
            if name != "alembic_version"
        }


def lost(before: Rows, after: Rows) -> dict[str, list[str]]:
    """What stood in the columns and tables that both have, and stands there no more."""
    missing: dict[str, list[str]] = {}
    for name in before.keys() & after.keys():
        if before[name]:
            columns = [column for column in before[name][0] if not after[name] or column in after[name][0]]
            left = Counter(repr([row[column] for column in columns]) for row in before[name])
            left.subtract(repr([row[column] for column in columns]) for row in after[name])
            if gone := [row for row, count in left.items() if count > 0]:
                missing[name] = gone
    return missing


def test_whatever_stood_in_a_table_stands_there_after_going_down_and_up_again(filled: Flask) -> None:
    engine = db.engine
    before = rows(engine)
    assert sum(map(bool, before.values())) > 40
    migrations.downgrade(engine, FIRST)
    first = rows(engine)
    gone = lost(before, first)
    assert gone.keys() == {"objections", "sequences"}
    assert len(gone["objections"]) == 2, "to refusals, which the first tables cannot hold"
    assert "staff_events" in str(gone["sequences"]), "the numbers of a table that went"
    migrations.upgrade(engine)
    assert lost(first, rows(engine)) == {}
    assert migrations.differences(engine) == []
    rebuild(filled)  # as docs/operation.md says
    recount()
    assert check(filled)["wrong"] == []


def test_a_migration_that_fails_leaves_everything_as_it_was(filled: Flask) -> None:
    engine = db.engine
    migrations.downgrade(engine, "0010_life_of_certificates")
    with engine.begin() as connection:
        connection.execute(text("CREATE INDEX ix_applications_bundle_id ON letters (id)"))
    before = rows(engine)
    with pytest.raises(DBAPIError, match="already exists"):
        migrations.upgrade(engine)
    assert rows(engine) == before
    with engine.begin() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one().startswith("0010")
        connection.execute(text("DROP INDEX ix_applications_bundle_id"))
    migrations.upgrade(engine)
    assert lost(before, rows(engine)) == {}


def test_rows_that_name_others_which_do_not_exist_stop_a_migration_on_sqlite(home: Path) -> None:
    settings = Settings(home=home, demonstration=True, log_level="ERROR")
    with create_app(settings).app_context():
        migrations.downgrade(db.engine, "0028_feeds")
        stray = create_engine(db.engine.url)
        with stray.begin() as connection:
            connection.execute(text("UPDATE steps SET application_id = 9999 WHERE id = 1"))
        stray.dispose()
        db.engine.dispose()
    result = CliRunner().invoke(main, ["db", "upgrade"], env={"RONGYIBAN_HOME": str(home)})
    assert result.exit_code == 1
    assert "1 in steps of applications" in result.output
    assert "Traceback" not in result.output
    with create_app(settings).app_context():
        assert "opinion_drafts" in rows(db.engine)
        assert not migrations.is_current(db.engine)
        with pytest.raises(DBAPIError, match="FOREIGN KEY"), db.engine.begin() as connection:
            connection.execute(text("UPDATE steps SET application_id = 9998 WHERE id = 1"))
        db.engine.dispose()
