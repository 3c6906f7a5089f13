"""A city's worth of applications on PostgreSQL: stories told by the real commands, then copied as often as wished."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from multiprocessing import get_context
from operator import itemgetter
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Table, func, select
from sqlalchemy.engine import make_url

from approvals.audit.chain import canonical, instant
from approvals.certificates.identifier import LETTERS
from approvals.commands.count_live import recount
from approvals.commands.count_walk import count
from approvals.queries.calendar import calendar_in_force
from approvals.queries.progress import progress
from approvals.records.application import Application
from approvals.records.base import Record
from approvals.records.people import Account, Membership
from approvals.records.walk import Walk
from approvals.storage import Folder
from config import Settings
from portal import create_app
from portal.demonstration.acting import apply, moment, take, workable
from portal.demonstration.prepare import prepare
from portal.extensions import db
from portal.memory import settle_in
from portal.story import play
from portal.times import tally_all
from portal.unit_of_work import changing, reading
from portal.worker.delivery import sweep
from services.current import catalogue

TODAY = date(2026, 11, 27)
"""A Friday; nothing is dated later."""
EACH = 5
"""Applications of one person, and of one organisation."""
CHUNK = 500
WORKERS = 2
OWNERS = ("accounts", "organisations", "memberships")
SHARED = frozenset({"checkpoint_heads"})
"""What tells of several applications together: it is made from the copies, not copied."""


@dataclass(frozen=True, slots=True)
class Story:
    """One course of things. Of a thousand applications `share` are like it; without `steps` it is told to its end."""

    slug: str
    ago: int
    share: int
    steps: int | None = None


INSTANT = ("birth-registration", "driving-licence-renewal", "housing-fund-withdrawal")
PROMISED = ("residence-permit", "ordinary-passport")


def stories() -> tuple[Story, ...]:
    """Two years of what is asked for most, and what runs now; shares add up to a thousand."""
    months = tuple(range(30, 720, 60))
    told = [Story(slug, ago, 13) for slug in (*INSTANT, *PROMISED) for ago in months]
    told += [Story("construction-permit", ago, 2) for ago in months[1:]]
    told += [Story(slug, ago, 20, ago - 1) for slug in PROMISED for ago in (1, 2, 3)]
    told += [Story(slug, 1, 20, 0) for slug in INSTANT]
    told.append(Story("construction-permit", 12, 10, 6))
    return (*told, Story("residence-permit", 4, 1000 - sum(story.share for story in told), 1))


@contextmanager
def office(home: Path, url: str) -> Iterator[None]:
    """An installation on this database, and a context of its application."""
    app = create_app(Settings(home=home, demonstration=True, database_url=url, log_level="ERROR"))
    prepare(app)
    with app.app_context():
        settle_in()
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def populate(home: Path, url: str, applications: int) -> float:
    """Tell the stories and copy them until there are so many applications; how many a second were copied.

    A copy has rows, numbers, trail and applicant of its own; answers, files and writs are those of its story.
    """
    with office(home, url):
        models = [(_tell(home, story), story.share) for story in stories()]
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        chunks = _plan(connection, models, applications)
        began = time.perf_counter()
        with _bare(connection), get_context("spawn").Pool(WORKERS) as pool:
            pool.starmap(_copy, [(address, chunks[number::WORKERS]) for number in range(WORKERS)], chunksize=1)
        took = time.perf_counter() - began
        with office(home, url):
            _add_up(chunks)
        connection.execute("ANALYZE")
    return sum(chunk.count for chunk in chunks) / took


def _add_up(chunks: Sequence[Chunk]) -> None:
    """What is counted of the copies as their stories would have counted it."""
    copies: Counter[int] = Counter()
    for chunk in chunks:
        copies[chunk.model.application] += chunk.count
    with changing() as session:
        for walk in session.scalars(select(Walk).where(Walk.application_id.in_(copies))).all():
            count(session, walk, copies[walk.application_id])
        recount(session)
    tally_all()


def _tell(home: Path, story: Story) -> int:
    """The id of an application that went like that."""
    item, storage = catalogue().item(story.slug), Folder(home / "files")
    calendar = calendar_in_force(reading())
    day = calendar.on_or_after(TODAY - timedelta(days=story.ago))
    if story.steps is None:
        number = play(item, storage, day)
    else:
        number = apply(item, storage, moment(day, calendar))
        for turn in range(story.steps):
            waiting = workable(progress(reading(), number))
            if not waiting:
                raise RuntimeError(f"{story} has no step {turn + 1}")
            take(number, waiting[0], moment(day, calendar, 11, turn))
        sweep(moment(TODAY, calendar, 18))
    reading().rollback()
    return reading().execute(select(Application.id).where(Application.number == number)).scalar_one()


# ── what belongs to one application ───────────────────────────────────────────────────────────────────────────────


def family() -> list[Table]:
    """Every table with rows of one application, referred to before referring."""
    found = {Application.__tablename__}
    for table in Record.metadata.sorted_tables:
        if table.name not in SHARED and any(key.column.table.name in found for key in table.foreign_keys):
            found.add(table.name)
    return [table for table in Record.metadata.sorted_tables if table.name in found and isinstance(table, Table)]


@dataclass(frozen=True, slots=True)
class Serial:
    """A number that counts within its series: what stands before and behind the serial, and how wide it is."""

    series: str
    head: str
    width: int
    tail: str
    product: int | None = None
    """Of ISO 7064 MOD 37,36 up to the serial, where a check character follows."""
    behind: str = ""
    """What that character covers behind the serial."""

    def text(self, serial: int) -> str:
        digits = f"{serial:0{self.width}d}"
        check = "" if self.product is None else LETTERS[(37 - _product(digits + self.behind, self.product)) % 36]
        return f"{self.head}{digits}{self.tail}{check}"


def _product(text: str, product: int = 36) -> int:
    for letter in text:
        product = ((product + LETTERS.index(letter)) % 36 or 36) * 2 % 37
    return product


@dataclass
class Model:
    """One told application as text, cut where a copy differs."""

    share: int
    application: int
    applicant: int
    organisation: int | None
    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """By table: its rows, column by column, as COPY writes them."""
    serials: dict[str, Serial] = field(default_factory=dict)
    """By the text that stands in the story: application, certificate, identifier and writs."""

    @cached_property
    def sizes(self) -> dict[str, int]:
        """How many ids a copy takes in each table."""
        return {name: len(rows) for name, rows in self.rows.items() if rows and "id" in rows[0]}


@dataclass(frozen=True, slots=True)
class Chunk:
    """`count` copies of a model, and where their ids and numbers begin."""

    model: Model
    count: int
    ids: Mapping[str, int]
    numbers: Mapping[str, int]
    people: int
    organisations: int


def _plan(connection: psycopg.Connection[Any], told: Sequence[tuple[int, int]], applications: int) -> list[Chunk]:
    """Who copies what under which ids; sequences and generators of ids are moved on at once."""
    models = [_model(connection, application, share) for application, share in told]
    tables = {name for model in models for name in model.sizes} | set(OWNERS)
    free = {name: _one(connection, "SELECT coalesce(max(id), 0) + 1 FROM {}", name) for name in tables}
    numbers: dict[str, int] = {}
    chunks: list[Chunk] = []
    for model in models:
        left = round(applications * model.share / 1000)
        while left > 0:
            count = min(CHUNK, left)
            left -= count
            for serial in model.serials.values():
                numbers.setdefault(serial.series, _counted(connection, serial.series))
            chunks.append(Chunk(model, count, dict(free), dict(numbers), free["accounts"], free["organisations"]))
            for name, size in model.sizes.items():
                free[name] += size * count
            for series in {serial.series for serial in model.serials.values()}:
                numbers[series] += count
            owners = -(-count // EACH)
            free["accounts"] += owners
            if model.organisation is not None:
                free["organisations"] += owners
                free["memberships"] += owners
    for name, value in free.items():
        connection.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", (name, value))
    moved = (
        "INSERT INTO sequences (name, value) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
    )
    connection.cursor().executemany(moved, list(numbers.items()))
    return chunks


def _counted(connection: psycopg.Connection[Any], series: str) -> int:
    row = connection.execute("SELECT value FROM sequences WHERE name = %s", (series,)).fetchone()
    return row[0] if row else 0


def _one(connection: psycopg.Connection[Any], query: str, table: str) -> int:
    row = connection.execute(sql.SQL(query).format(sql.Identifier(table))).fetchone()
    assert row is not None
    return int(row[0])


def _model(connection: psycopg.Connection[Any], application: int, share: int) -> Model:
    kept: dict[str, set[str]] = {}
    rows: dict[str, list[dict[str, str]]] = {}
    for table in family():
        if table.name == "applications":
            wanted, owned = "id", {str(application)}
        else:
            keys = [
                (column.nullable, column.name, key.column.table.name)
                for column in table.columns
                for key in column.foreign_keys
                if key.column.table.name in kept
            ]
            _may_be_empty, wanted, parent = min(keys, key=itemgetter(0))
            owned = kept[parent]
        rows[table.name] = _rows(connection, table, wanted, owned) if owned else []
        kept[table.name] = {row["id"] for row in rows[table.name] if "id" in row}
    [own] = rows["applications"]
    organisation = None if own["organisation_id"] == r"\N" else int(own["organisation_id"])
    model = Model(share, application, int(own["applicant_id"]), organisation, rows)
    for name in OWNERS:
        table = Record.metadata.tables[name]
        wanted = "account_id" if name == "memberships" else "id"
        owned = {str(organisation if name == "organisations" else model.applicant)}
        model.rows[name] = _rows(connection, table, wanted, owned)[:1] if organisation or name == "accounts" else []
    model.serials = dict(_serials(model))
    return model


def _rows(connection: psycopg.Connection[Any], table: Table, column: str, values: set[str]) -> list[dict[str, str]]:
    names = [each.name for each in table.columns]
    query = sql.SQL("COPY (SELECT {} FROM {} WHERE {} IN ({}) ORDER BY {}) TO STDOUT").format(
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.Identifier(table.name),
        sql.Identifier(column),
        sql.SQL(", ").join(sql.Literal(int(value)) for value in sorted(values)),
        sql.SQL(", ").join(sql.Identifier(each.name) for each in table.primary_key),
    )
    with connection.cursor().copy(query) as copy:
        text = b"".join(bytes(part) for part in copy).decode()
    return [dict(zip(names, line.split("\t"), strict=True)) for line in text.splitlines()]


def _serials(model: Model) -> Iterator[tuple[str, Serial]]:
    """The numbers of a story, each with the counter it comes from."""
    number = model.rows["applications"][0]["number"]
    region, day, duty, serial, _check = number.split("-")
    head = f"{region}-{day}-{duty}-"
    yield (
        number,
        Serial(f"application:{day}:{duty}", head, len(serial), "-", _product(head.replace("-", ""))),
    )
    for row in model.rows["certificates"]:
        series, serial = row["number"][:-4], row["number"][-4:]
        yield row["number"], Serial(f"certificate:{series}", series, 4, "")
        head, _, tail = row["identifier"].rpartition(f"{serial}.")
        covered = head.split(".2.", 1)[1].partition("3005.2.")[2].replace(".", "")
        behind = tail.split(".")[0]
        yield (
            row["identifier"],
            Serial(f"certificate:{series}", head, 4, f".{behind}.", _product(covered), behind),
        )
    for row in model.rows["writs"]:
        found = re.fullmatch(r"(.*〔(\d{4})〕)(\d{4,})号", row["number"])
        assert found is not None
        series = f"writ:{row['kind']}:{row['department_code']}:{found[2]}"
        yield row["number"], Serial(series, found[1], 4, "号")


# ── copies ────────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _bare(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Without indexes that no constraint needs; they are built again afterwards, by both cores."""
    names = [*(table.name for table in family()), *OWNERS]
    found = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(%s)"
        " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
        (names,),
    ).fetchall()
    for name, _definition in found:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    try:
        yield
    finally:
        connection.execute("SET maintenance_work_mem = '512MB'")
        for _name, definition in found:
            connection.execute(definition)


def _copy(address: str, chunks: Sequence[Chunk]) -> None:
    """One worker's copies, a transaction for each chunk. Keys refer rightly by construction: nothing looks again."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET default_toast_compression = 'lz4'")
        for chunk in chunks:
            with connection.transaction():
                for table, text in _texts(chunk):
                    names = [column.name for column in Record.metadata.tables[table].columns]
                    query = sql.SQL("COPY {} ({}) FROM STDIN").format(
                        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
                    )
                    with connection.cursor().copy(query) as copy:
                        copy.write(text)


PLACE = re.compile(r"\x00(\w+)\x00")


class Mould:
    """A text with named places, filled in one pass."""

    def __init__(self, text: str) -> None:
        parts = PLACE.split(text)
        self.pattern = "%s".join(part.replace("%", "%%") for part in parts[::2])
        self.names = tuple(parts[1::2])

    def filled(self, values: Mapping[str, Any]) -> str:
        return self.pattern % tuple([values[name] for name in self.names])


def _texts(chunk: Chunk) -> Iterator[tuple[str, str]]:
    model = chunk.model
    moulds, events = _moulds(model)
    written: dict[str, list[str]] = {name: [] for name in moulds}
    written["events"] = []
    for n in range(chunk.count):
        owner = n // EACH
        values: dict[str, Any] = {
            "applicant": chunk.people + owner,
            "organisation": chunk.organisations + owner,
            "membership": chunk.ids["memberships"] + owner,
            "token": f"copy{chunk.ids['applications'] + n}",
        }
        for name, size in model.sizes.items():
            first = chunk.ids[name] + n * size
            for place in range(size):
                values[f"{name}_{place}"] = first + place
        for place, serial in enumerate(model.serials.values()):
            values[f"serial_{place}"] = serial.text(chunk.numbers[serial.series] + n + 1)
        head = ""
        lines = written["events"]
        for body, line in events:
            values["previous"] = head
            head = hashlib.sha256(body.filled(values).encode()).hexdigest()
            values["hash"] = head
            lines.append(line.filled(values))
        values["head"] = head
        for name, mould in moulds.items():
            if name not in OWNERS or n % EACH == 0:
                written[name].append(mould.filled(values))
    for name, lines in written.items():
        yield name, "".join(lines)


_MOULDS: dict[int, tuple[dict[str, Mould], list[tuple[Mould, Mould]]]] = {}


def _moulds(model: Model) -> tuple[dict[str, Mould], list[tuple[Mould, Mould]]]:
    """What a copy's rows look like, by table, and its events with what their hashes cover."""
    if model.application in _MOULDS:
        return _MOULDS[model.application]
    ids = {
        name: {row["id"]: f"\0{name}_{place}\0" for place, row in enumerate(rows)}
        for name, rows in model.rows.items()
        if name in model.sizes
    }
    own = {
        "accounts": {str(model.applicant): "\0applicant\0"},
        "organisations": {str(model.organisation): "\0organisation\0"},
        "memberships": {row["id"]: "\0membership\0" for row in model.rows["memberships"]},
    }
    moulds: dict[str, Mould] = {}
    for name, rows in model.rows.items():
        table = Record.metadata.tables[name]
        if not rows or name == "events":
            continue
        lines = []
        for row in rows:
            cells = []
            for column in table.columns:
                value = row[column.name]
                target = name if column.name == "id" else next((k.column.table.name for k in column.foreign_keys), "")
                value = {**ids, **own}.get(target, {}).get(value, value)
                cells.append(_own(model, name, column.name, value))
            lines.append("\t".join(cells) + "\n")
        moulds[name] = Mould("".join(lines))
    told = [_event(model, row) for row in model.rows["events"]]
    _MOULDS[model.application] = moulds, told
    return moulds, told


def _own(model: Model, table: str, column: str, value: str) -> str:
    """What else differs in a copy: names that are unique, and where its trail ends."""
    match table, column:
        case ("applications", "token") | ("accounts", "username") | ("organisations", "credit_code"):
            return "\0token\0"
        case ("accounts", "own_phone" | "own_email" | "own_identity"):
            return r"\N"
        case ("applications", "trail_head"):
            return "\0head\0"
        case ("applications", "trail_is_covered") | ("accounts", "is_demonstration"):
            return "f"
    return _numbered(model, value)


def _numbered(model: Model, text: str) -> str:
    for place, number in enumerate(model.serials):
        if text == number:
            return f"\0serial_{place}\0"
    return text


def _event(model: Model, row: Mapping[str, str]) -> tuple[Mould, Mould]:
    """What its hash is made of, and its row."""
    data = json.loads(row["data"].replace("\\\\", "\\"))
    marked = {key: _numbered(model, value) if isinstance(value, str) else value for key, value in data.items()}
    if "organisation" in marked:
        marked["organisation"] = "\0organisation\0"
    by = row["by_account"]
    author: Any = None if by == r"\N" else "\0applicant\0" if int(by) == model.applicant else int(by)
    body = {
        "application": "\0applications_0\0",
        "at": instant(datetime.fromisoformat(row["at"])),
        "by": [author, row["by_role"]],
        "data": marked,
        "kind": row["kind"],
        "previous": "\0previous\0",
        "sequence": int(row["sequence"]),
    }
    cells = {
        **row,
        "application_id": "\0applications_0\0",
        "by_account": by if author is None else str(author),
        "data": _whole(json.dumps(marked)).replace("\\", "\\\\"),
        "previous": "\0previous\0",
        "hash": "\0hash\0",
    }
    return Mould(_whole(canonical(body).decode())), Mould("\t".join(cells.values()) + "\n")


def _whole(text: str) -> str:
    """Places of whole numbers stand in JSON without quotes."""
    text = text.replace("\\u0000", "\0")
    return re.sub('"\0(applicant|organisation|applications_0)\0"', "\0\\1\0", text)


def some_applicants(limit: int) -> list[str]:
    """User names of people whose applications are copies and who act for themselves alone, of many stories."""
    own = Account.username.like("copy%"), ~select(Membership.id).where(Membership.account_id == Account.id).exists()
    found = select(Account.username).where(*own).order_by(func.md5(Account.username)).limit(limit)
    return list(reading().scalars(found))
