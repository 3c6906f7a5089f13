"""Run the migrations in-process, and say whether they are in step with the models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, cast
from warnings import catch_warnings, filterwarnings

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import TextClause

from approvals.records.base import Record
from config import ROOT
from portal.database import writing

if TYPE_CHECKING:
    from sqlite3 import Connection as SqliteConnection

    from sqlalchemy import Connection, Engine


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = connection
    return config


class Dangling(Exception):
    """Rows would name others that do not exist; nothing was migrated."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    with whole(engine) as connection:
        command.upgrade(configuration(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    with whole(engine) as connection:
        command.downgrade(configuration(connection), revision)


@contextmanager
def whole(engine: Engine) -> Iterator[Connection]:
    """One transaction, so that a run happens altogether or not at all.

    SQLite alters a table by making it anew, and would take the old one's going for a deletion of rows that others name.
    So it does not watch over foreign keys meanwhile, which can only be said outside of a transaction, and looks through
    all of them at the end (https://www.sqlite.org/lang_altertable.html#otheralter).
    """
    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            yield connection
        return
    with engine.connect() as connection:
        driver = cast("SqliteConnection", connection.connection.driver_connection)
        (watched,) = driver.execute("PRAGMA foreign_keys").fetchone()
        driver.execute("PRAGMA foreign_keys=OFF")
        token = writing.set(True)
        try:
            with connection.begin():
                if not driver.in_transaction:  # an engine of our own has begun it, any other leaves that to the driver
                    driver.execute("BEGIN IMMEDIATE")
                yield connection
                _look_through(connection)
        finally:
            writing.reset(token)
            driver.execute(f"PRAGMA foreign_keys={watched}")


def _look_through(connection: Connection) -> None:
    found = Counter((row.table, row.parent) for row in connection.exec_driver_sql("PRAGMA foreign_key_check"))
    if found:
        names = ", ".join(f"{count} in {table} of {parent}" for (table, parent), count in sorted(found.items()))
        raise Dangling(f"rows name others that do not exist: {names}; nothing was migrated")


@cache
def newest() -> str | None:
    """The last migration there is."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def is_current(engine: Engine) -> bool:
    """Whether the database stands at the newest migration: cheap enough for every start."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest()


def differences(engine: Engine) -> list[str]:
    """What the models say and the migrated database does not, in words; empty = in step."""
    with engine.connect() as connection, catch_warnings():
        filterwarnings("ignore", ".*expression-based index")  # which nobody can read from SQLite
        options = {"compare_type": True, "include_object": _is_compared}
        context = MigrationContext.configure(connection, opts=options)
        return [str(difference) for difference in compare_metadata(context, Record.metadata)]


def _is_compared(_thing: object, name: str | None, kind: str, _is_reflected: bool, _other: object) -> bool:
    """An index of expressions comes back in the database's own words, or not at all."""
    return kind != "index" or name not in _of_expressions()


@cache
def _of_expressions() -> frozenset[str]:
    indexes = (index for table in Record.metadata.tables.values() for index in table.indexes)
    return frozenset(
        str(index.name) for index in indexes if any(isinstance(each, TextClause) for each in index.expressions)
    )
