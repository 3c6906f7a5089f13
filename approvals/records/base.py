"""The base of all tables and the column types they share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Insert, Integer, MetaData, String, Update, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, object_session, registry
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import DetachedInstanceError
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime")
        return None if value is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """In one step: most values read are none, and most statements read many."""
        parsed: Callable[[Any], Any] | None = self.impl_instance.result_processor(dialect, coltype)

        def process(value: Any) -> datetime | None:
            if value is None:
                return None
            read: datetime = value if parsed is None else parsed(value)
            return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)

        return process


Whole = BigInteger().with_variant(Integer, "sqlite")
"""64 bits everywhere; SQLite numbers rows by itself only where the type is INTEGER."""


def word(vocabulary: type[StrEnum]) -> Enum:
    """A column that holds one word of a vocabulary: plain text in the database, the enumeration in Python."""
    return Enum(vocabulary, native_enum=False, length=32, values_callable=lambda words: [str(each) for each in words])


ON_POSTGRES = "postgresql"
"""For indexes of expressions: SQLite could not tell of them to a migration that makes a table anew."""

Key = Annotated[int, mapped_column(Whole, primary_key=True)]
Code = Annotated[str, mapped_column(String(64))]
Digest = Annotated[str, mapped_column(String(64))]


NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Record(DeclarativeBase):
    """Owned by the heart; Flask-SQLAlchemy is given it as its model class and so shares its metadata."""

    registry = registry(metadata=MetaData(naming_convention=NAMES), type_annotation_map={datetime: Instant})


def write(record: Record, **values: object) -> None:
    """Write columns straight to the record's row and let the record know; what holds its value already is left.

    For the caches and facts that every command writes: a changed record would make the session go through all its
    relationships on flush, which costs more than all statements of a decision (docs/decisions/0006). A record that is
    new in its session is only set: its insert writes it.
    """
    changed = {name: value for name, value in values.items() if getattr(record, name) != value}
    if not changed:
        return
    session = session_of(record)
    if record in session.new:
        for name, value in changed.items():
            setattr(record, name, value)
        return
    gathered = session.info.get(GATHERED)
    if gathered is None:
        session.connection().execute(_update(type(record), tuple(changed)), {"row": record.id, **changed})  # type: ignore[attr-defined]
    else:
        gathered.written.setdefault((type(record), record.id), {}).update(changed)  # type: ignore[attr-defined]
    for name, value in changed.items():
        set_committed_value(record, name, value)


GATHERED = "statements gathered"


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What is to be sent: statements with all their values, and what is written to each row, by kind and id."""

    sent: dict[Insert, list[dict[str, Any]]] = field(default_factory=dict)
    written: dict[tuple[type[Record], int], dict[str, Any]] = field(default_factory=dict)


def send(session: Session, statement: Insert, values: dict[str, Any]) -> None:
    """Execute a statement whose result nobody waits for: now, or together with its like where they are gathered."""
    gathered: _Gathered | None = session.info.get(GATHERED)
    if gathered is None:
        session.connection().execute(statement, values)
    else:
        gathered.sent.setdefault(statement, []).append(values)


@contextmanager
def gathered(session: Session) -> Iterator[None]:
    """Within it, rows written by `send` and `write` go out once at its end, each statement with all its values.

    For commands over many applications at once. What is written to one row is put together first, so that the last
    value of each column wins whatever else was written with it; rows that change in the same columns go out together.
    """
    session.info[GATHERED] = kept = _Gathered()
    try:
        yield
    finally:
        del session.info[GATHERED]
    connection = session.connection()
    for statement, values in kept.sent.items():
        connection.execute(statement, values)
    alike: dict[Update, list[dict[str, Any]]] = {}
    for (kind, row), columns in kept.written.items():
        names = tuple(sorted(columns))
        alike.setdefault(_update(kind, names), []).append({"row": row, **columns})
    for update_, rows in alike.items():
        connection.execute(update_, rows)


@cache
def _update(kind: type[Record], names: tuple[str, ...]) -> Update:
    table = kind.__table__
    return update(table).where(table.c.id == bindparam("row")).values({name: bindparam(name) for name in names})  # type: ignore[arg-type]


def upsert(session: Session, kind: type[Record]) -> sqlite.Insert:
    """An insert that knows ON CONFLICT: SQLite and PostgreSQL say it alike, SQLAlchemy has it once for each."""
    insert: Callable[..., Any] = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    return insert(kind)  # type: ignore[no-any-return]


def write_all(session: Session, kind: type[Record], rows: Sequence[int], **values: object) -> None:
    """Write the same values to many rows, by id, none of which the session holds as an entity."""
    table = kind.__table__
    session.connection().execute(update(table).where(table.c.id.in_(rows)).values(**values))  # type: ignore[arg-type]


def session_of(record: Record) -> Session:
    """The session a record belongs to; a record that belongs to none cannot be changed."""
    session = object_session(record)
    if session is None:
        raise DetachedInstanceError(f"{type(record).__name__} belongs to no session")
    return session
