"""How the engine begins a transaction: SQLite in WAL mode, writers with BEGIN IMMEDIATE."""

from __future__ import annotations

from contextvars import ContextVar
from sqlite3 import Connection as SqliteConnection

from sqlalchemy import Connection, Engine, event

writing: ContextVar[bool] = ContextVar("writing", default=False)
"""Whether the transaction about to begin is going to write; set by the unit of work."""


def prepare(engine: Engine) -> None:
    """On SQLite a deferred BEGIN that later writes fails under contention ("database is locked"); IMMEDIATE waits its
    turn.

    On every database: what goes wrong is logged, and its message must not carry the values of the statement along.
    """
    engine.hide_parameters = True
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def connect(connection: SqliteConnection, _record: object) -> None:
        connection.isolation_level = None  # we send BEGIN ourselves
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=30000", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")
