"""How Alembic reaches the database: on the connection it is handed, or on the address in the environment."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, create_engine

import approvals.records  # noqa: F401  # knows every table
from approvals.records.base import Record
from config import from_environment
from portal.migrations import whole


def migrate(connection: Connection) -> None:
    # SQLite cannot alter a table in place: Alembic then makes it anew and copies.
    context.configure(
        connection=connection,
        target_metadata=Record.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


handed: Connection | None = context.config.attributes.get("connection")
if handed is not None:
    migrate(handed)
else:
    with whole(create_engine(from_environment().database)) as connection:
        migrate(connection)
