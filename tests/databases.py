"""PostgreSQL databases for tests: made on the local server, dropped afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from tests.outside import require_service

numbers = count(1)


@contextmanager
def database(copy_of: str | None = None) -> Iterator[str]:
    """A database of its own, dropped at the end even while connections are open: an empty one, or a copy of another,
    which always has the same name.
    """
    server = make_url(require_service("postgres"))
    # template0 and not template1: what someone added to the server's template must not colour a test.
    template = make_url(copy_of).database or "" if copy_of else "template0"
    name = f"{template}_copy" if copy_of else f"rongyiban_test_{os.getpid()}_{next(numbers)}"
    with psycopg.connect(maintenance(server), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'").format(*map(sql.Identifier, (name, template)))
        )
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(maintenance(server), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def maintenance(server: URL) -> str:
    """The same server's always present database, in the words of libpq."""
    return server.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
