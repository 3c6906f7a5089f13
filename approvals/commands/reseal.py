"""Seal personal values anew under the newest encryption key, so that an old key can be thrown away."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.fernet import InvalidToken
from sqlalchemy import Column, Table, Text, and_, select, type_coerce, update
from sqlalchemy.orm import Session

from approvals.records.base import Record
from approvals.records.secrecy import Secret, SecretJson, keyring

BATCH = 200


class Unreadable(Exception):
    """A value that none of the keys opens: the key it was sealed with is missing from the settings."""


def sealed_columns() -> Iterator[tuple[Table, list[Column[str]]]]:
    """Every table that holds sealed values, and where; all of them are numbered by `id`."""
    for table in Record.metadata.sorted_tables:
        columns = [column for column in table.columns if isinstance(column.type, (Secret, SecretJson))]
        if columns:
            yield table, columns


def reseal(session: Session, table: Table, columns: list[Column[str]], after: int) -> tuple[int, int] | None:
    """One batch of rows behind the row `after`: its last row and how many values were sealed anew; None at the end.

    Running it again does no harm, and what somebody else writes meanwhile is left as it is: that is new already.
    """
    raw = [type_coerce(column, Text).label(column.name) for column in columns]
    rows = session.execute(select(table.c.id, *raw).where(table.c.id > after).order_by(table.c.id).limit(BATCH)).all()
    changed = 0
    for row_id, *values in rows:
        for column, old in zip(columns, values, strict=True):
            new = _resealed(old, f"{table.name}.{column.name} of row {row_id}") if old is not None else None
            if new is not None:
                unchanged = and_(table.c.id == row_id, type_coerce(column, Text) == old)
                session.execute(update(table).where(unchanged).values({column: type_coerce(new, Text)}))
                changed += 1
    return (rows[-1][0], changed) if rows else None


def _resealed(old: str, what: str) -> str | None:
    try:
        return None if keyring().is_newest(old) else keyring().reseal(old)
    except InvalidToken:
        raise Unreadable(f"no key opens {what}") from None
