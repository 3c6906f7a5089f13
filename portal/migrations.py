"""Run the migrations in-process, and say whether they are in step with the models."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from approvals.records.base import Record
from config import ROOT

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    with engine.connect() as connection:
        command.upgrade(configuration(connection), revision)
        connection.commit()


def downgrade(engine: Engine, revision: str) -> None:
    with engine.connect() as connection:
        command.downgrade(configuration(connection), revision)
        connection.commit()


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
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, Record.metadata)]
