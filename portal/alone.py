"""One at a time: what two processes must never do at once to the same installation."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import func, select

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

TURN = 0x726F6E67
"""Names the lock in a PostgreSQL database; any number that nobody else uses there."""


@contextmanager
def alone(engine: Engine, home: Path) -> Iterator[None]:
    """Wait until nobody else is at it: on this machine by a locked file, on several by a lock of their database.

    Both go with the process that holds them, however it ends.
    """
    with (home / "alone.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if engine.dialect.name != "postgresql":
            yield
            return
        with engine.connect() as connection:
            connection.execute(select(func.pg_advisory_lock(TURN)))
            connection.commit()
            try:
                yield
            finally:
                connection.execute(select(func.pg_advisory_unlock(TURN)))
                connection.commit()
