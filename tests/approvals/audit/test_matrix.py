"""Hundreds of tamperings, one by one, with the trail of a permit that was granted: each is found at its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import text

from approvals.audit import key as keys
from approvals.audit.verify import Break, What
from portal.extensions import db
from portal.trail import gather
from portal.unit_of_work import reading
from tests.approvals.audit.logs import Log, log_on
from tests.fixtures.heart import Office

EVENT_COLUMNS = ("kind", "at", "by_account", "by_role", "data", "previous", "hash")
CHECKPOINT_COLUMNS = ("at", "heads", "events", "root", "previous", "key", "signature")
HEAD_COLUMNS = ("application_id", "number", "since", "length", "head")
WHOLE = frozenset({"by_account", "heads", "events", "application_id", "since", "length"})

pytestmark = pytest.mark.soak

Begin = Callable[[], AbstractContextManager[Log]]
Change = tuple[dict[str, int], str, bytes | str | int]
"""Of which row, in which column, to what."""


@pytest.fixture(params=["office", "postgres_office"], ids=["sqlite", "postgres"])
def trail(request: pytest.FixtureRequest) -> Begin:
    """Begins a transaction in which everything may be changed, on two permits and three checkpoints."""
    office: Office = request.getfixturevalue(request.param)
    number, other = office.small(), office.small()
    gather()
    office.take(number, "accept")
    gather()
    office.take_all_but(number)
    office.take(number, "decide", "2026-05-11")
    office.take(other, "accept")
    gather()
    reading().rollback()
    key = keys.signing_key(office.app.extensions["settings"].keys)

    @contextmanager
    def begin() -> Iterator[Log]:
        with log_on(db.engine, key) as log:
            if log.on_sqlite:
                for (name,) in log.sql("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
                    log.session.execute(text(f"DROP TRIGGER {name}"))
            yield log

    return begin


def events(log: Log) -> list[tuple[int, int]]:
    rows = log.sql("SELECT application_id, sequence FROM events ORDER BY application_id, sequence")
    return [(application, sequence) for application, sequence in rows]


def changes(log: Log, table: str, columns: tuple[str, ...], places: list[dict[str, int]]) -> list[Change]:
    """One byte of each value, at its begin, at each third and at its end."""
    found: list[Change] = []
    for place in places:
        for column in columns:
            value = log.raw(table, column, place)
            if column in WHOLE:
                found.append((place, column, int(value or 0) + 1000))
            else:
                found += [(place, column, other) for other in others(value or "")]
    return found


def others(value: bytes | str) -> Iterator[bytes | str]:
    if not value:
        yield "x"
        return
    for index in sorted({*range(0, len(value), max(len(value) // 3, 1)), len(value) - 1}):
        if isinstance(value, bytes):
            yield value[:index] + (b"0" if value[index : index + 1] != b"0" else b"1") + value[index + 1 :]
        else:
            yield value[:index] + ("0" if value[index] != "0" else "1") + value[index + 1 :]


def names(found: list[Break], application: int, sequence: int) -> bool:
    """Whether exactly this event is among them."""
    return any(
        not each.is_checkpoint and each.application == application and each.sequence == sequence == each.until
        for each in found
    )


def test_each_byte_of_each_event(trail: Begin) -> None:
    with trail() as log:
        places = [{"application_id": application, "sequence": sequence} for application, sequence in events(log)]
        everything = changes(log, "events", EVENT_COLUMNS, places)
    tried = 0
    for place, column, value in everything:
        with trail() as log:
            if log.put("events", column, place, value):
                tried += 1
                found, _ = log.verify()
                assert names(found, place["application_id"], place["sequence"]), (
                    place,
                    column,
                    value,
                )
                assert {each.application for each in found} == {place["application_id"]}
    assert tried > 300


def test_each_event_removed_swapped_rechained_and_cut_off(trail: Begin) -> None:
    with trail() as log:
        everything = events(log)
        leaves = {application: log.covered(application) for application, _ in everything}
    for application, sequence in everything:
        with trail() as log:
            log.sql("DELETE FROM events WHERE application_id = :a AND sequence = :s", a=application, s=sequence)
            found, _ = log.verify()
            assert len(found) == 1
            assert names(found, application, sequence)
        with trail() as log:
            log.cut(application, sequence - 1)
            ((cut,), _) = log.verify()
            assert (cut.what, cut.application, cut.sequence) == (What.TAIL_CUT, application, sequence)
        with trail() as log:
            log.rechain(application, sequence)
            ((forged,), _) = log.verify()
            leaf = next((since, until) for since, until in leaves[application] if since <= sequence <= until)
            assert (forged.what, forged.application) == (What.RECHAINED, application)
            assert (forged.sequence, forged.until) == leaf
        for first in range(1, sequence):
            with trail() as log:
                for old, new in ((first, -1), (sequence, first), (-1, sequence)):
                    log.sql(
                        "UPDATE events SET sequence = :new WHERE application_id = :a AND sequence = :old",
                        a=application,
                        old=old,
                        new=new,
                    )
                found, _ = log.verify()
                assert names(found, application, first)
                assert names(found, application, sequence)


def test_each_checkpoint_and_each_head(trail: Begin) -> None:
    with trail() as log:
        places = [{"sequence": sequence} for sequence in (1, 2, 3)]
        heads = [
            {"checkpoint": checkpoint, "application_id": application}
            for checkpoint, application in log.sql("SELECT checkpoint, application_id FROM checkpoint_heads")
        ]
        everything = [
            *(("checkpoints", *change) for change in changes(log, "checkpoints", CHECKPOINT_COLUMNS, places)),
            *(("checkpoint_heads", *change) for change in changes(log, "checkpoint_heads", HEAD_COLUMNS, heads)),
        ]
    for table, place, column, value in everything:
        with trail() as log:
            if log.put(table, column, place, value):
                found, _ = log.verify()
                number = place.get("checkpoint") or place["sequence"]
                assert number in {each.sequence for each in found if each.is_checkpoint}, (table, place, column, value)
    for number in (1, 2, 3):
        with trail() as log:
            log.sql("DELETE FROM checkpoint_heads WHERE checkpoint = :n", n=number)
            log.sql("DELETE FROM checkpoints WHERE sequence = :n", n=number)
            found, _ = log.verify()
            gone = [each for each in found if each.is_checkpoint]
            assert [(each.what, each.sequence, each.until) for each in gone] == [(What.MISSING, number, number)]
