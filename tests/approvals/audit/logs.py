"""Event logs for tests, written by the real command and signed by the real one, and one who tampers with their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import JSON, DateTime, Engine, LargeBinary, Text, and_, cast, literal, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from approvals.audit import key as keys
from approvals.audit.append import append
from approvals.audit.chain import fingerprint
from approvals.audit.key import SigningKey
from approvals.audit.statement import Signed
from approvals.audit.verify import Break, Looked, verify
from approvals.clock.calendar import Calendar
from approvals.clock.moment import Moment
from approvals.commands.checkpoint import Made, checkpoint
from approvals.events import Event
from approvals.permissions import Actor
from approvals.records.application import Application
from approvals.records.base import Record
from approvals.vocabulary import ApplicationStatus, Role

START = datetime(2026, 5, 6, 1, 30, tzinfo=UTC)


@dataclass
class Log:
    """A trail in a transaction that is never committed: many can follow each other in one database."""

    session: Session
    key: SigningKey
    applications: list[Application] = field(default_factory=list)
    made: list[Signed] = field(default_factory=list)
    minutes: int = 0

    def application(self) -> Application:
        number = len(self.applications) + 1
        made = Application(
            id=number,  # not from a counter that outlives the transaction
            token=f"token-{number}",
            number=f"510100-20260506-ZJ-{number:06d}-X",
            item_code="GC303",
            revision_id=1,
            applicant_id=1,
            title="",
            status=ApplicationStatus.IN_REVIEW,
            draft={},
            draft_version=1,
            created_at=START,
            saved_at=START,
        )
        self.session.add(made)
        self.session.flush()
        self.applications.append(made)
        return made

    def event(self, index: int, kind: Event = Event.STEP_OPENED, account: int | None = None, **data: object) -> None:
        """Of the application at this index; those up to it are made where they are missing."""
        while len(self.applications) <= index:
            self.application()
        by = Actor(account, Role.SYSTEM if account is None else Role.CLERK)
        append(self.applications[index], kind, by=by, at=self.at().instant, **data)

    def checkpoint(self, **limits: int) -> Made:
        made = checkpoint(self.session, self.key, at=self.at(), **limits)
        self.session.expire_all()  # the next event reads its application anew, as after every commit
        if made.signed:
            self.made.append(made.signed)
        return made

    def at(self) -> Moment:
        self.minutes += 1
        return Moment(START + timedelta(minutes=self.minutes, microseconds=self.minutes), Calendar([]))

    def verify(self, known: Sequence[Signed] = ()) -> tuple[list[Break], Looked]:
        found: list[Break] = []
        self.session.expire_all()
        looked = verify(self.session, {self.key.public.id: self.key.public}, known, found.append)
        return found, looked

    # ── what only somebody with the database in his hands can do ──

    def sql(self, statement: str, **values: object) -> list[Any]:
        """Raw, past triggers and foreign keys."""
        result = self.session.connection().execute(text(statement), values)
        return list(result.all()) if result.returns_rows else []

    @property
    def on_sqlite(self) -> bool:
        return self.session.get_bind().dialect.name == "sqlite"

    def raw(self, table: str, column: str, place: Mapping[str, int]) -> bytes | str | None:
        """A value as it lies in the database: bytes on SQLite, which keeps whatever it is given, text on PostgreSQL."""
        found = Record.metadata.tables[table]
        where = and_(*(found.c[name] == value for name, value in place.items()))
        value = self.session.scalar(select(cast(found.c[column], LargeBinary if self.on_sqlite else Text)).where(where))
        return value if value is None or isinstance(value, bytes) else str(value)

    def put(self, table: str, column: str, place: Mapping[str, int], value: bytes | str | int) -> bool:
        """Write such a value; False where the database itself refuses it, or reads the same in it."""
        found = Record.metadata.tables[table]
        where = and_(*(found.c[name] == each for name, each in place.items()))
        stored: Any = value
        if not isinstance(value, int):
            kinds: dict[str, Any] = {} if self.on_sqlite else {"at": DateTime(timezone=True), "data": JSON()}
            if self.on_sqlite and isinstance(value, str):
                value = value.encode()
            stored = cast(literal(value, LargeBinary if self.on_sqlite else Text), kinds.get(column, Text()))
        before = self.raw(table, column, place)
        try:
            with self.session.begin_nested():
                self.session.execute(found.update().where(where).values({column: stored}))
        except (DBAPIError, UnicodeError):
            return False
        return column in place or self.raw(table, column, place) != before

    def length(self, application: int) -> int:
        return int(self.sql("SELECT trail_length FROM applications WHERE id = :id", id=application)[0][0])

    def covered(self, application: int) -> list[tuple[int, int]]:
        """What the checkpoints cover of it: (from, to), each included."""
        rows = self.sql(
            "SELECT since, length FROM checkpoint_heads WHERE application_id = :id ORDER BY length", id=application
        )
        return [(since + 1, length) for since, length in rows]

    def rechain(self, application: int, sequence: int) -> None:
        """Forge the kind of one event and compute all hashes behind it anew, the remembered head as well."""
        connection, table = self.session.connection(), Record.metadata.tables["events"]
        of = table.c.application_id == application
        rows = connection.execute(table.select().where(of).order_by(table.c.sequence)).all()
        head = rows[sequence - 1].previous
        for row in rows[sequence - 1 :]:
            values = {**row._mapping, "previous": head}
            if row.sequence == sequence:
                values["kind"] = "forged"
            values["hash"] = head = fingerprint(
                head,
                application=application,
                sequence=row.sequence,
                kind=values["kind"],
                at=row.at,
                by_account=row.by_account,
                by_role=row.by_role,
                data=row.data,
            )
            connection.execute(table.update().where(of, table.c.sequence == row.sequence).values(values))
        self.sql("UPDATE applications SET trail_head = :head WHERE id = :id", head=head, id=application)

    def cut(self, application: int, length: int) -> None:
        """Take away all events behind this many, and let the application remember no more."""
        self.sql("DELETE FROM events WHERE application_id = :id AND sequence > :length", id=application, length=length)
        head = self.sql(
            "SELECT hash FROM events WHERE application_id = :id AND sequence = :length", id=application, length=length
        )
        self.sql(
            "UPDATE applications SET trail_head = :head, trail_length = :length WHERE id = :id",
            head=head[0][0] if head else "",
            length=length,
            id=application,
        )


@contextmanager
def log_on(engine: Engine, key: SigningKey) -> Iterator[Log]:
    """An empty log; everything is rolled back behind it."""
    with engine.connect() as connection, Session(connection) as session:
        if engine.dialect.name == "postgresql":
            session.execute(text("SET LOCAL session_replication_role = replica"))
        yield Log(session, key)
        session.rollback()


def new_key(folder: Path) -> SigningKey:
    keys.ensure(folder)
    return keys.signing_key(folder)


def other_key() -> SigningKey:
    """Somebody else's."""
    secret = Ed25519PrivateKey.generate()
    return SigningKey(secret, keys._public(secret.public_key()))
