"""The rows of the trail as they lie in the database: text and nothing read into it, in order, a few at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Select, Text, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from approvals.records.base import Instant

BATCH = 1000
"""Rows held in memory at a time, of each table."""
MOMENT = "YYYY-MM-DD HH24:MI:SS.US BC"

Raw = Sequence[str | None]


class Garbled(Exception):
    """A value that this program never writes: a changed byte can make one."""


def stream(session: Session, columns: Sequence[InstrumentedAttribute[Any]], *order: Any) -> Iterator[Raw]:
    """Each column as text. A type would refuse a damaged value, and with it all rows behind it; here only the row that
    has it is found out.
    """
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    asked: Select[Any] = select(*(_text(column, on_sqlite) for column in columns)).order_by(*order)
    for row in session.execute(asked, execution_options={"yield_per": BATCH}):
        yield [each.decode("utf-8", "surrogateescape") if isinstance(each, bytes) else each for each in row]


def _text(column: InstrumentedAttribute[Any], on_sqlite: bool) -> ColumnElement[Any]:
    if on_sqlite:
        return cast(column, LargeBinary)  # SQLite keeps whatever bytes it is given, also such as are no text
    if isinstance(column.type, Instant):
        return func.replace(func.to_char(func.timezone("UTC", column), MOMENT), " AD", "")
    return cast(column, Text)


def whole(text: str | None) -> int:
    """A whole number as the database writes it."""
    number = int(text or "")
    if str(number) != text:
        raise Garbled(text)
    return number


def moment(text: str | None) -> datetime:
    """UTC to the microsecond, written in one way."""
    read = datetime.fromisoformat(text or "")
    if read.tzinfo is not None or read.isoformat(sep=" ", timespec="microseconds") != text:
        raise Garbled(text)
    return read.replace(tzinfo=UTC)


def mapping(text: str | None) -> dict[str, Any]:
    """JSON, byte for byte as SQLAlchemy writes it."""
    read = json.loads(text or "")
    if not isinstance(read, dict) or json.dumps(read) != text:
        raise Garbled(text)
    return read


def word(text: str | None) -> str:
    if text is None:
        raise Garbled
    return text
